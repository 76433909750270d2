import assert from "node:assert/strict";
import { undoChanges } from "../../lib/undo/undo_changes.ts";
import type { JudgedChange } from "../../lib/undo/judged_change.ts";
import { undoRecord } from "../../lib/undo/undo_record.ts";
import { at, insert, personal, shared, update } from "../records/_harness.ts";
import { removal } from "../changes/_fold.ts";
import { type Entry, entry, undone } from "./_undo.ts";

const anna = personal("anna", "org-anna");
const AT = Date.parse(at(100));
const isOfApp = ({ by }: Entry) => by === "app";
const made = entry("phone", insert("t", "1", { a: "first", createdAt: at(0) }, "org-anna"));
const set = (by: string, seconds: number, values: Record<string, unknown>) =>
  entry(by, update("t", "1", at(seconds), values, "org-anna"));
const fieldsOf = (raw: readonly Record<string, unknown>[]) =>
  Object.fromEntries(
    Object.entries(raw[0]?.fields ?? {}).map((
      [name, { value, at }]: [string, { value: unknown; at: string }],
    ) => [
      name,
      [value, at],
    ]),
  );

Deno.test("a value is put back with the undo's own time, or just after a stamp of a clock that runs ahead", () => {
  const { raw } = undone(
    [made, set("app", 10, { a: "x" }), set("app", 500, { b: "y" })],
    isOfApp,
    anna,
    AT,
    "1",
  );
  assert.deepEqual(fieldsOf(raw), {
    a: ["first", at(100)],
    b: [null, at(500.001)],
    updatedAt: [at(100), at(100)],
  });
  assert.equal(raw[0]?.spaceId, "org-anna");
});

Deno.test("of an object, members that somebody else wrote later stay; a key with a dot in it is put back with its object", () => {
  const whole = entry(
    "phone",
    insert("t", "1", { o: { x: 1, y: 2, z: { "k.k": 3 } }, createdAt: at(0) }, "org-anna"),
  );
  const log = [
    whole,
    set("app", 1, { o: { x: 10, y: 20, z: { "k.k": 30 } } }),
    set("laptop", 2, { "o.y": 200 }),
  ];
  const { undo, raw } = undone(log, isOfApp, anna, AT, "1");
  const { updatedAt: _, ...fields } = fieldsOf(raw);
  assert.deepEqual(fields, { "o.x": [1, at(100)], "o.z": [{ "k.k": 3 }, at(100)] });
  assert.deepEqual(undo?.conflicts.map(({ path }) => path), ["o.y"]);
});

Deno.test("a write after the undo's time is undone only where its stamp had to win over a clock that runs ahead", () => {
  const judge = (one: Entry): JudgedChange => ({
    change: one.change,
    isChosen: one.by === "app" ? "late" : false,
    isUndo: false,
    call: null,
  });
  const undo = (...log: Entry[]) => undoRecord(log.map(judge), anna, at(100));
  const late = entry("app", update("t", "1", at(300.001), { a: "x" }, "org-anna"));
  assert.equal(undo(made, set("phone", 300, { a: "ahead" }), late)?.values[0]?.value, "ahead");
  assert.equal(
    undo(made, set("phone", 300, { a: "ahead" }), late, late)?.values[0]?.value,
    "ahead",
    "delivered twice",
  );
  assert.equal(undo(made, late), null, "written after the preview");
});

Deno.test("what is deleted for good cannot come back, a record that is not in the log neither; a deleted one that the app made stays so", () => {
  const hard = { ...removal("1"), spaceId: "org-anna" };
  const obstacle = (...log: Entry[]) => undone(log, isOfApp, anna, AT, "1").undo?.obstacle;
  assert.equal(obstacle(made, entry("app", hard)), "hard-deleted");
  assert.equal(obstacle(set("app", 1, { a: "x" })), "not-in-log");
  assert.equal(obstacle(made, set("app", 1, { a: "x" }), entry("phone", hard)), undefined);
  const own = entry("app", insert("t", "1", { a: "x", createdAt: at(0) }, "org-anna"));
  const deleted = entry("phone", { ...removal("1", at(5)), spaceId: "org-anna" });
  assert.equal(undone([own, deleted], isOfApp, anna, AT, "1").undo, null);
});

Deno.test("a record that was restored and gone on with is not deleted again", () => {
  const gone = entry("phone", { ...removal("1", at(1)), spaceId: "org-anna" });
  const restored = set("app", 2, { deletedAt: null });
  const again = undone([made, gone, restored], isOfApp, anna, AT, "1");
  assert.deepEqual(again.raw.map(({ op, deletedAt }) => [op, deletedAt]), [["delete", at(100)]]);
  const { undo, raw } = undone(
    [made, gone, restored, set("phone", 3, { b: "mine" })],
    isOfApp,
    anna,
    AT,
    "1",
  );
  assert.deepEqual(raw, []);
  assert.deepEqual(undo?.conflicts.map(({ path }) => path), ["b"]);
});

Deno.test("a sum is counted anew in the personal space alone: in a shared one another member may have added to it", () => {
  const team = shared("team");
  for (const [space, id, isCounted] of [[anna, "org-anna", true], [team, "team", false]] as const) {
    const log = [
      entry("phone", insert("t", "1", { n: 3, createdAt: at(0) }, id)),
      entry("app", update("t", "1", at(1), { n: 5 }, id)),
      entry("phone", update("t", "1", at(2), { n: 6 }, id)),
    ].map((one): JudgedChange => ({
      change: one.change,
      isChosen: isOfApp(one),
      isUndo: false,
      call: one.by,
    }));
    const undo = undoRecord(log, space, at(100), new Set(["n"]));
    assert.deepEqual(
      undo?.counters.map(({ count, added }) => [count, [...added]]),
      isCounted ? [[6, [["app", 2]]]] : [],
    );
    assert.deepEqual(undo?.conflicts.map(({ path }) => path), isCounted ? [] : ["n"]);
  }
});

Deno.test("a stamp that no time can follow is used again: on equal stamps the later arrival wins", () => {
  const last = "9999-12-31T23:59:59.999Z";
  const log = [made, entry("app", update("t", "1", last, { a: "x" }, "org-anna"))];
  const { undo } = undone(log, isOfApp, anna, AT, "1");
  assert.ok(undo);
  assert.equal(undoChanges(undo, AT)[0]?.fields?.a?.at, last);
});
