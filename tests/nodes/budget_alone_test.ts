/** Several gateways without a store: each hands out its share of what an app may read. */
import assert from "node:assert/strict";
import { INTROSPECTION_CACHE_MS } from "../../lib/kit/limits.ts";
import { done, refusal } from "../approvals/_approvals.ts";
import { tellOfGrant } from "../_support/connected.ts";
import { createFamily, type Family } from "./_family.ts";

/** Anna with so many notes more than her diary. */
async function withNotes(env: Record<string, string>, count: number): Promise<Family> {
  const family = await createFamily(env);
  for (let index = 1; index < count; index++) {
    await done(family.one.call("notes_create", { title: `note ${index}`, content: "words" }));
  }
  return family;
}

Deno.test("two gateways that cannot ask each other hand out half of the budget each, and say how much that is", async () => {
  const { world, one, other } = await withNotes({ NODES: "2" }, 8);
  await using _ = world;
  allow(world, 6);
  const first = await done(one.call("notes_search", { query: "" }));
  assert.equal(notesOf(first), 3);
  const cursor = first.nextCursor;
  assert.match(await refusal(one.call("notes_search", { query: "", cursor })), /3 different records/);
  // The other gateway has read in the ledger what this one handed out, and counts it as if it were its own: never more than the whole.
  const second = await refusal(other.call("notes_search", { query: "" }));
  assert.match(second, /3 different records/);
});

Deno.test("a share is at least one record, and none where the person allowed none", async () => {
  const { world, one, other } = await withNotes({ NODES: "8" }, 3);
  await using _ = world;
  allow(world, 2);
  assert.equal(notesOf(await done(one.call("notes_search", { query: "" }))), 1);
  allow(world, 0);
  await refusal(other.call("notes_search", { query: "" }));
});

/** From now on, also where something else was believed a moment ago. */
function allow(world: Family["world"], readBudget: number): void {
  tellOfGrant(world, { read_budget: readBudget });
  world.clock.now += INTROSPECTION_CACHE_MS;
}

function notesOf(output: Record<string, unknown>): number {
  assert.ok(Array.isArray(output.notes), JSON.stringify(output));
  return output.notes.length;
}
