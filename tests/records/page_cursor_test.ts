import assert from "node:assert/strict";
import fc from "fast-check";
import { describeRefusal } from "../../lib/kit/errors.ts";
import { MAX_CURSOR_CHARS } from "../../lib/kit/limits.ts";
import { MAX_RECORD_ID_CHARS } from "../../lib/changes/change.ts";
import { createPageCursors, type CursorBinding } from "../../lib/records/page_cursor.ts";
import { MAX_SORT_CHARS } from "../../lib/records/sort_order.ts";
import { refusalOf } from "./_harness.ts";

/** A key as NODE_SECRET gives it. */
const keyOf = (fill: number) => ({ kid: `${fill}`, bytes: new Uint8Array(32).fill(fill) });
const cursors = createPageCursors([keyOf(3)]);
const binding: CursorBinding = {
  person: '["https://auth.test","anna"]',
  tool: "todo.list",
  space: "org-anna",
  table: "todo/tasks",
  args: { includeCompleted: false },
};
const position = { values: [5, "2026-05-20T08:00:00.000Z"], id: "t1" };

/** The refusal of a cursor under a binding. */
const refused = (cursor: string, under: CursorBinding = binding) =>
  refusalOf((async () => await cursors.open(under, cursor))());

Deno.test("a cursor gives back the place it was made of, under its own binding", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.string({ unit: "binary", maxLength: MAX_SORT_CHARS }), fc.integer()), {
        maxLength: 4,
      }),
      fc.string({ unit: "binary", minLength: 1, maxLength: 256 }),
      async (values, id) => {
        const whole = { values, id: id.slice(0, 256) };
        const cursor = await cursors.make(binding, whole);
        assert.match(cursor, /^[A-Za-z0-9_-]+$/);
        assert.ok(cursor.length <= MAX_CURSOR_CHARS);
        assert.deepEqual(await cursors.open(binding, cursor), whole);
      },
    ),
  );
});

Deno.test("the longest cursor there can be is still taken", async () => {
  const worst = {
    values: Array(3).fill("\u0001".repeat(MAX_SORT_CHARS)),
    id: "\u0001".repeat(MAX_RECORD_ID_CHARS),
  };
  const cursor = await cursors.make(binding, worst);
  assert.ok(cursor.length <= MAX_CURSOR_CHARS, String(cursor.length));
  assert.deepEqual(await cursors.open(binding, cursor), worst);
});

Deno.test("limit and cursor do not bind, nor does an argument that was not given, nor the order of arguments", async () => {
  const made = await cursors.make({ ...binding, args: { b: 1, a: [2], limit: 5 } }, position);
  const args = { a: [2], cursor: made, limit: 50, b: 1, c: undefined };
  assert.deepEqual(await cursors.open({ ...binding, args }, made), position);
});

Deno.test("another person, tool, space, table or argument: refused in words to act on", async () => {
  const cursor = await cursors.make(binding, position);
  const others: readonly Partial<CursorBinding>[] = [
    { person: '["https://auth.test","ben"]' },
    { tool: "todo.search" },
    { space: "team" },
    { table: "todo/lists" },
    { args: { includeCompleted: true } },
    { args: {} },
    { args: { includeCompleted: false, query: "" } },
  ];
  for (const other of others) {
    assert.deepEqual(await refused(cursor, { ...binding, ...other }), { reason: "cursor-invalid" });
  }
  assert.deepEqual(describeRefusal({ reason: "cursor-invalid" }), {
    status: 400,
    message:
      "The cursor is not one for this call: other arguments, another space, or the gateway was restarted. Start again without cursor.",
  });
});

Deno.test("a cursor of a process with another key is refused: before a restart, of another gateway", async () => {
  const foreign = await createPageCursors([keyOf(4)]).make(binding, position);
  assert.deepEqual(await refused(foreign), { reason: "cursor-invalid" });
  assert.deepEqual(
    await createPageCursors([keyOf(3)]).open(binding, await cursors.make(binding, position)),
    position,
  );
});

Deno.test("a cursor is opened under each key that a node has, and made under the first", () => {
  const both = createPageCursors([keyOf(4), keyOf(3)]);
  assert.deepEqual(both.open(binding, cursors.make(binding, position)), position);
  assert.equal(both.make(binding, position), createPageCursors([keyOf(4)]).make(binding, position));
});

Deno.test("any character changed, added or taken away: refused", async () => {
  const cursor = await cursors.make(binding, position);
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.constantFrom(..."Aaz09_-"), async (place, character) => {
      const at = place % cursor.length;
      if (cursor[at] === character) return;
      const changed = cursor.slice(0, at) + character + cursor.slice(at + 1);
      assert.deepEqual(await refused(changed), { reason: "cursor-invalid" });
      assert.deepEqual(await refused(cursor.slice(0, at)), { reason: "cursor-invalid" });
    }),
  );
  for (
    const text of [
      "",
      "x",
      "null",
      `${cursor}A`,
      `${cursor}=`,
      ` ${cursor}`,
      `${cursor}\0`,
      "é",
      "A".repeat(5_000),
    ]
  ) {
    assert.deepEqual(await refused(text), { reason: "cursor-invalid" }, text.slice(0, 20));
  }
});

Deno.test("a place cannot be moved into the signed head or out of it", async () => {
  // The same bytes in a row, split elsewhere between binding and place.
  const one = await cursors.make({ ...binding, args: { q: "a" } }, { values: [], id: "b" });
  assert.deepEqual(await refused(one, { ...binding, args: { q: "a\0" } }), { reason: "cursor-invalid" });
});
