// Unfinished writes of one gateway, told to the others: a client makes the same call again, and with several gateways it comes to
// another one, which would write everything a second time. Ids, stamps and names of fields alone, sealed (lib/nodes/node_messages.ts).
import { z } from "zod";
import type { Clock } from "../../kit/clock.ts";
import { createMessageShare } from "../../nodes/message_share.ts";
import type { NodeKeys } from "../../nodes/node_keys.ts";
import type { NodeMessages } from "../../nodes/node_messages.ts";
import type { ToldWrites, UnfinishedWrite } from "./unfinished_writes.ts";

/** Creates them over the messages between gateways. */
export function createToldWrites(deps: {
  readonly nodeKeys: NodeKeys;
  readonly nodeMessages: NodeMessages;
  readonly clock: Pick<Clock, "elapsed">;
}): ToldWrites {
  const { nodeMessages } = deps;
  const share = createMessageShare(deps.clock);
  return Object.freeze({
    key: deps.nodeKeys.derive("unfinished-write")[0].bytes,
    tell(person: string, call: string, write: UnfinishedWrite | null): void {
      if (!share(person)) return;
      const told = write === null ? null : {
        at: write.at,
        ids: [...write.ids],
        updates: [...write.updates].map(([record, stamps]) => [record, [...stamps]]),
      };
      nodeMessages.send("unfinished-write", { person, call, write: told });
    },
    listen(hear: (person: string, call: string, write: UnfinishedWrite | null) => void): void {
      nodeMessages.on("unfinished-write", parseTold, ({ person, call, write }) => {
        if (write === null) return hear(person, call, null);
        const updates = write.updates.map(([record, stamps]) => [record, new Map(stamps)] as const);
        hear(person, call, { at: write.at, ids: new Map(write.ids), updates: new Map(updates) });
      });
    },
  });
}

const Text = z.string().max(2_000);
const Told = z.strictObject({
  person: Text,
  call: Text,
  write: z.strictObject({
    at: z.number(),
    ids: z.array(z.tuple([Text, z.array(Text)])),
    updates: z.array(z.tuple([Text, z.array(z.tuple([Text, Text]))])),
  }).nullable(),
});
const parseTold = (body: unknown) => Told.safeParse(body).data ?? null;
