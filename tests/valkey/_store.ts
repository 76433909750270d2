// The shared store of a test over a real server, and real time.
import { createClient } from "@redis/client";
import { createClock } from "../../lib/kit/clock.ts";
import { hideStrictly } from "../../lib/kit/secret.ts";
import type { SharedStore } from "../../lib/nodes/shared_store.ts";
import { createValkeyStore } from "../../lib/nodes/valkey_store.ts";
import { createLog } from "../../lib/observe/log.ts";

/** Real time: a real server has no other. */
export const clock = createClock({ calendar: Date.now, elapsed: () => performance.now() });

/** A store and its log. */
export interface OpenStore extends AsyncDisposable {
  readonly store: SharedStore;
  readonly lines: string[];
}

/** Opens the store as the process does. */
export function openStore(url: string): OpenStore {
  const lines: string[] = [];
  const store = createValkeyStore({
    valkey: { url: hideStrictly(url), host: new URL(url).host },
    clock,
    log: createLog({ level: "debug", clock, write: (line) => void lines.push(line) }),
  });
  return { store, lines, [Symbol.asyncDispose]: () => store.close() };
}

/** Resolves when each store is in that state. */
export async function until(state: "up" | "degraded", ...stores: readonly SharedStore[]): Promise<void> {
  for (const store of stores) while (store.state() !== state) await clock.wait(5);
}

/** What a test asks the server itself. */
export async function askServer<Answer>(
  url: string,
  ask: (send: (...command: string[]) => Promise<unknown>) => Promise<Answer>,
): Promise<Answer> {
  const client = createClient({ url });
  client.on("error", () => {});
  await client.connect();
  try {
    return await ask((...command) => client.sendCommand(command));
  } finally {
    client.destroy();
  }
}
