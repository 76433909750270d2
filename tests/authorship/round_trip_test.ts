/** A signature outlives the sync service: whatever it does to spelling, order and members, what was signed is what is verified. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import type { RecordChange } from "../../lib/changes/push_changes.ts";
import type { PushActor } from "../../lib/changes/sync_messages.ts";
import { readRecorded } from "../probe/read_recorded.ts";
import { pullAll, push } from "../_support/device.ts";
import { callerFor } from "../_support/request_context.ts";
import { createWorld } from "../_support/world.ts";
import { contentOfPull, contentOfPush } from "../../lib/authorship/signed_text.ts";
import { canonicalJson } from "../../lib/kit/canonical_json.ts";
import { anyChange, throughService } from "./_changes.ts";
import { authorshipWith, readChange } from "./_log.ts";

const RAW = Uint8Array.from({ length: 32 }, (_, index) => index).toBase64();
const TABLE = { app: "bag", name: "things" };
const ACTOR = {
  tool: "things.update",
  clientName: "Claude <&> 😀",
  callId: "0123456789abcdef0123456789abcdef",
};
const signal = new AbortController().signal;

async function signerOf(subject: string) {
  const authorship = await authorshipWith(RAW);
  const caller = callerFor(subject, "t");
  const verifier = await authorship.verifierFor(caller, signal);
  return {
    sign: (change: RecordChange) => authorship.sign({ caller, actor: ACTOR, signal }, TABLE, change),
    kindOf: (entry: Record<string, unknown>) =>
      verifier.writerOf(TABLE.app, TABLE.name, readChange(entry)).kind,
  };
}

Deno.test("a signed change is verified as Go, PostgreSQL and 64 bits give it back, and not as one of another record", async () => {
  const { sign, kindOf } = await signerOf("anna");
  await fc.assert(
    fc.asyncProperty(anyChange, async (change) => {
      const entry = throughService(TABLE.name, change, await sign(change));
      assert.equal(kindOf(entry), "own", JSON.stringify(entry));
      const altered = { ...entry, id: `${change.id}x` };
      assert.equal(kindOf(altered), "unverified");
    }),
    { numRuns: 500 },
  );
});

Deno.test("a signed change is verified as the embedded service gives it back", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { sign, kindOf } = await signerOf(anna.id);
  const where = { app: TABLE.app, table: TABLE.name };
  await fc.assert(
    fc.asyncProperty(fc.array(anyChange, { minLength: 1, maxLength: 40 }), async (changes) => {
      const signed: (RecordChange & { actor: PushActor; origin: "agent" })[] = [];
      for (const change of changes) signed.push({ ...change, actor: await sign(change), origin: "agent" });
      const { length } = await pullAll(world, anna, where);
      await push(world, anna, where, signed);
      const stored = (await pullAll(world, anna, where)).slice(length);
      assert.equal(stored.length, changes.length);
      for (const entry of stored) assert.equal(kindOf(entry), "own", JSON.stringify(entry));
    }),
    { numRuns: 15 },
  );
});

const Sent = z.object({
  id: z.string(),
  op: z.enum(["insert", "update", "delete"]),
  spaceId: z.string().exactOptional(),
  data: z.record(z.string(), z.unknown()).exactOptional(),
  fields: z.record(
    z.string(),
    // The service keeps no `updatedAt`, and an empty stamp where there was no other.
    z.object({ value: z.unknown(), at: z.string().default("") })
      .transform(({ value, at }) => ({ value, at, updatedAt: at })),
  ).exactOptional(),
  deletedAt: z.string().exactOptional(),
});
const Pushed = z.object({ changes: z.array(Sent) });
const Pulled = z.looseObject({ serverChanges: z.array(z.looseObject({ id: z.string(), op: z.string() })) });

Deno.test("of what the real service was sent and gave back, the same is signed", async () => {
  const recorded = await readRecorded(new URL("../probe/recorded.json", import.meta.url));
  const texts = new Set<string>();
  let compared = 0;
  for (const { request, response } of recorded) {
    const pushed = Pushed.safeParse(request.body);
    // Also of a push that was refused: the changes before the bad one are stored.
    for (const change of pushed.success ? pushed.data.changes : []) {
      texts.add(canonicalJson(contentOfPush(change)));
    }
    const pulled = Pulled.safeParse(response.body);
    for (const entry of pulled.success ? pulled.data.serverChanges : []) {
      const text = canonicalJson(contentOfPull(readChange(entry)));
      assert.ok(texts.has(text), text);
      compared += 1;
    }
  }
  assert.ok(compared >= 10, String(compared));
});
