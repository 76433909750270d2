import assert from "node:assert/strict";
import { NOTES, pullAll, push, pushesOf, readPush, stampAt } from "../_support/device.ts";
import { UNDO_BATCH_CHANGES } from "../../lib/kit/limits.ts";
import { createUndoWorld, everything, preview, undo } from "./_pages.ts";

const CLAIMED = { kind: "ai", principalId: "mcp:Helper", displayName: "Helper", rationale: "notes.update" };
const NAMED = { app: null, name: "Helper", since: "2026-01-01T00:00:00.000Z" };
const EACH = 2_500;

Deno.test("ten thousand changes are undone over HTTP: made, changed and deleted records, in batches, and nothing else", async () => {
  await using world = await createUndoWorld();
  const anna = await world.person("anna");
  const { personalSpace: spaceId } = anna;
  const send = async (make: (number: number, at: string) => Record<string, unknown>, by: object) => {
    for (let start = 0; start < EACH; start += 500) {
      const at = stampAt(world);
      const numbers = Array.from({ length: 500 }, (_, place) => start + place);
      await push(world, anna, NOTES, numbers.map((number) => ({ spaceId, ...by, ...make(number, at) })));
    }
  };
  const whole = (id: string, at: string) => ({
    id,
    op: "insert",
    data: {
      id,
      spaceId,
      authorId: anna.id,
      title: `title of ${id}`,
      content: "x",
      createdAt: at,
      updatedAt: at,
    },
  });
  const helper = { actor: CLAIMED, origin: "agent" };
  await send((number, at) => whole(`own ${number}`, at), {});
  await send((number, at) => ({
    id: `own ${number}`,
    op: "update",
    fields: { title: { value: `spoilt ${number}`, at }, color: { value: "red", at } },
  }), helper);
  await send((number, at) => whole(`made ${number}`, at), helper);
  await send((number, at) => ({ id: `own ${number}`, op: "delete", deletedAt: at }), helper);
  const before = (await pullAll(world, anna, NOTES)).length;
  assert.equal(before, 4 * EACH);
  world.clock.now += 10_000;
  const start = pushesOf(world).length;
  const { shown, written } = await undo(world, anna, everything(NAMED, ["notes"]));
  assert.equal(shown.rowCount, 2 * EACH);
  assert.equal(shown.rows.length, 50);
  assert.equal(shown.conflictCount, 0);
  assert.equal(written, 2 * EACH);
  const sizes = pushesOf(world).slice(start).map((one) => readPush(one).changes.length);
  assert.ok(sizes.every((size) => size <= UNDO_BATCH_CHANGES), String(sizes));
  const undos = (await pullAll(world, anna, NOTES)).slice(before);
  assert.equal(undos.length, 2 * EACH);
  for (const { id, op, fields } of undos) {
    if (id.startsWith("made ")) assert.equal(op, "delete");
    else {
      const { title, color, deletedAt } = fields ?? {};
      assert.deepEqual([title?.value, color?.value, deletedAt?.value], [`title of ${id}`, null, null]);
    }
  }
  assert.equal((await preview(world, anna, everything(NAMED, ["notes"]))).rowCount, 0);
});
