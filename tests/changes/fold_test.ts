import assert from "node:assert/strict";
import { applyChange } from "../../lib/changes/fold.ts";
import { createFoldedTable } from "../../lib/changes/folded/folded_table.ts";
import { liveRecords } from "../../lib/changes/live_records.ts";
import { at, insert, personal, shared, unknownSpace, update } from "../records/_harness.ts";
import { parse, removal, rows } from "./_fold.ts";

const anna = personal("anna", "org-anna");

const team = shared("team");

Deno.test("an update after an insert wins by its stamp, an older one loses, an equal one wins by arrival", () => {
  const log = [
    insert("t", "1", { a: 1, createdAt: at(5) }),
    update("t", "1", at(4), { a: 2 }),
    update("t", "1", at(5), { b: 1 }),
  ];
  assert.deepEqual(rows(parse(...log), anna), { "1": { a: 1, b: 1, createdAt: at(5) } });
  assert.deepEqual(rows(parse(...log, update("t", "1", at(5), { a: 3 })), anna)["1"]?.a, 3);
});

Deno.test("an insert counts by updatedAt, then createdAt, and without both as the oldest", () => {
  const older = update("t", "1", at(5), { a: "update" });
  const folded = (data: Record<string, unknown>) =>
    rows(parse(older, insert("t", "1", { a: "insert", ...data })), anna);
  assert.equal(folded({ createdAt: at(1), updatedAt: at(6) })["1"]?.a, "insert");
  assert.equal(folded({ createdAt: at(6), updatedAt: null })["1"]?.a, "insert");
  assert.equal(folded({ createdAt: at(4) })["1"]?.a, "update");
  assert.equal(folded({})["1"]?.a, "update");
  assert.equal(folded({ createdAt: 7, updatedAt: {} })["1"]?.a, "update");
});

Deno.test("a record was created at the time that stands there, and at none where no time stands", () => {
  const createdAt = (stored: unknown) => {
    const log = createFoldedTable();
    for (const change of parse(insert("t", "1", { createdAt: stored }))) applyChange(log, change);
    const [view] = liveRecords(log, anna);
    assert.ok(view);
    return view.createdAt;
  };
  for (const time of [at(1), "2026-05-20T10:00:00Z", "2026-05-20T12:00:00.123456789+02:00"]) {
    assert.equal(createdAt(time), time);
  }
  for (const none of ["", "1", "Tue", "2026", "2026-05-20", "May 20, 2026", 1_779_271_200_000, {}, null]) {
    assert.equal(createdAt(none), null, String(none));
  }
});

Deno.test("updates without an insert show nothing until the insert comes", () => {
  assert.deepEqual(rows(parse(update("t", "1", at(1), { a: 1 })), anna), {});
  assert.equal(rows(parse(update("t", "1", at(1), { a: 1 }), insert("t", "1", { b: 2 })), anna)["1"]?.a, 1);
});

Deno.test("a soft delete hides, an older insert again does not bring back, an update of deletedAt does", () => {
  const log = [insert("t", "1", { a: 1, createdAt: at(1) }), removal("1", at(2))];
  assert.deepEqual(rows(parse(...log), anna), {});
  assert.deepEqual(rows(parse(...log, insert("t", "1", { a: 1, createdAt: at(9) })), anna), {});
  assert.deepEqual(rows(parse(...log, update("t", "1", at(1), { deletedAt: null })), anna), {});
  assert.equal(rows(parse(...log, update("t", "1", at(3), { deletedAt: null })), anna)["1"]?.a, 1);
  // An older delete that arrives after the un-delete changes nothing.
  assert.equal(
    rows(parse(...log, update("t", "1", at(3), { deletedAt: null }), removal("1", at(2))), anna)["1"]?.a,
    1,
  );
  // Edits do not revive.
  assert.deepEqual(rows(parse(...log, update("t", "1", at(9), { a: 2 })), anna), {});
  // A deletedAt inside the fields is a delete as well.
  assert.deepEqual(
    rows(parse(insert("t", "1", {}), update("t", "1", at(2), { deletedAt: at(2) })), anna),
    {},
  );
});

Deno.test("a hard delete forgets everything before it, and a later insert starts anew", () => {
  const log = [insert("t", "1", { a: 1, b: 1, createdAt: at(8) }), removal("1")];
  assert.deepEqual(rows(parse(...log), anna), {});
  assert.deepEqual(rows(parse(...log, insert("t", "1", { a: 2, createdAt: at(3) })), anna), {
    "1": { a: 2, createdAt: at(3) },
  });
  assert.deepEqual(rows(parse(...log, update("t", "1", at(9), { a: 2 })), anna), {});
});

Deno.test("a hard delete counts under every alias of the space, and equal stamps go by arrival across aliases", () => {
  const log = [
    insert("t", "1", { a: 1, createdAt: at(1) }, "org-anna"),
    update("t", "1", at(9), { a: "before", b: "before" }, "_personal:anna"),
    removal("1", undefined, "org-anna"),
    insert("t", "1", { a: 2, createdAt: at(2) }, "org-anna"),
  ];
  assert.deepEqual(rows(parse(...log), anna), { "1": { a: 2, createdAt: at(2) } });
  const [first, second] = [
    update("t", "1", at(3), { a: "x" }),
    update("t", "1", at(3), { a: "y" }, "_personal:anna"),
  ];
  assert.equal(rows(parse(...log, first, second), anna)["1"]?.a, "y");
  assert.equal(rows(parse(...log, second, first), anna)["1"]?.a, "x");
});

Deno.test("the aliases of a personal space are one record: org id, sentinel, null, none", () => {
  const log = parse(
    insert("t", "1", { a: "org", createdAt: at(1) }, "org-anna"),
    update("t", "1", at(2), { a: "sentinel" }, "_personal:anna"),
    insert("t", "2", { a: "sentinel", createdAt: at(1) }, "_personal:anna"),
    update("t", "2", at(2), { b: "none" }),
    insert("t", "3", { a: "none", createdAt: at(1) }),
    insert("t", "4", { a: "null", createdAt: at(1) }, null),
    insert("t", "5", { a: "in data", spaceId: "org-anna", createdAt: at(1) }),
    insert("t", "6", { a: "gone", createdAt: at(1) }, "org-anna"),
    removal("6", undefined, "_personal:anna"),
    insert("t", "7", { a: "theirs", createdAt: at(1) }, "_personal:ben"),
    insert("t", "8", { a: "team", createdAt: at(1) }, "team"),
  );
  const shown = rows(log, anna);
  assert.deepEqual(Object.keys(shown), ["1", "2", "3", "4", "5"]);
  assert.equal(shown["1"]?.a, "sentinel");
  assert.equal(shown["2"]?.b, "none");
  assert.deepEqual(Object.keys(rows(log, team)), ["8"]);
  assert.deepEqual(Object.keys(rows(log, unknownSpace("anna", "team"))), ["2", "3", "4", "8"]);
});

Deno.test("attack: a change stamped with a foreign or shared space never alters a record of another space", () => {
  const own = [
    insert("t", "1", { a: "mine", createdAt: at(1) }, "org-anna"),
    update("t", "1", at(2), { b: "mine" }, "org-anna"),
  ];
  const before = rows(parse(...own), anna);
  const planted = [
    update("t", "1", "9999-12-31T23:59:59.999Z", { a: "planted", authorId: "eve", deletedAt: at(9) }, "team"),
    insert("t", "1", { a: "planted", createdAt: "9999-01-01T00:00:00.000Z" }, "team"),
    removal("1", at(9), "team"),
    removal("1", undefined, "team"),
    update("t", "1", at(9), { a: "planted" }, "_personal:eve"),
    // The space inside data or fields decides only where the change itself names none.
    { ...insert("t", "1", { a: "planted", spaceId: "org-anna", createdAt: at(9) }), spaceId: "team" },
  ];
  assert.deepEqual(rows(parse(...own, ...planted), anna), before);
  assert.deepEqual(rows(parse(...planted, ...own), anna), before);
});

Deno.test("updates without a space reach a shared record of that id, unless they belong to a record of one's own", () => {
  const theirs = insert("t", "1", { a: 1, createdAt: at(1) }, "team");
  const spaceless = update("t", "1", at(2), { a: 2 });
  assert.equal(rows(parse(theirs, spaceless), team)["1"]?.a, 2);
  assert.equal(rows(parse(theirs, removal("1", at(3))), team)["1"], undefined);
  for (const own of [insert("t", "1", { a: 0 }), insert("t", "1", { a: 0 }, "_personal:anna")]) {
    assert.equal(rows(parse(own, theirs, spaceless), team)["1"]?.a, 1);
    // Also after the record of one's own is gone.
    assert.equal(rows(parse(own, theirs, spaceless, removal("1")), team)["1"]?.a, 1);
  }
  // An insert under another shared space, which anybody can plant, changes nothing.
  assert.equal(rows(parse(theirs, insert("t", "1", { a: 9 }, "club"), spaceless), team)["1"]?.a, 2);
});

Deno.test("id, spaceId, authorId and userId are set by the insert only; bookkeeping never becomes a field", () => {
  const log = createFoldedTable();
  const changes = parse(
    insert("t", "1", { authorId: "anna", __fieldMeta: { a: 1 }, _updatedAtIndex: "x" }, "org-anna"),
    update("t", "1", at(9), { id: "2", authorId: "eve", userId: "eve", __lastActor: {}, a: 1 }, "org-anna"),
  );
  for (const change of changes) applyChange(log, change);
  const [view] = liveRecords(log, anna);
  assert.equal(view?.cell("authorId")?.value, "anna");
  assert.equal(view?.cell("id")?.value, "1");
  for (const name of ["userId", "__fieldMeta", "_updatedAtIndex", "__lastActor"]) {
    assert.equal(view?.cell(name), undefined, name);
  }
});

Deno.test("records and fields called __proto__, constructor and toString are names like any other", () => {
  const raw = JSON.parse(
    `[{"table":"t","id":"__proto__","op":"insert","data":{"__proto__":{"polluted":1},"constructor":2,"a":3}},
      {"table":"t","id":"toString","op":"update","fields":{"__proto__":{"value":1,"at":"x"}}}]`,
  );
  const log = createFoldedTable();
  for (const change of parse(...raw)) applyChange(log, change);
  const [view, ...rest] = liveRecords(log, anna);
  assert.deepEqual(rest, []);
  assert.equal(view?.id, "__proto__");
  assert.deepEqual(view?.cell("__proto__")?.value, { polluted: 1 });
  assert.equal(view?.cell("constructor")?.value, 2);
  assert.equal(view?.cell("hasOwnProperty"), undefined);
  assert.equal(Reflect.get({}, "polluted"), undefined);
});

Deno.test("stored values are frozen, so that a filter cannot change what the next call reads", () => {
  const log = createFoldedTable();
  for (const change of parse(insert("t", "1", { a: { deep: [1] } }))) applyChange(log, change);
  const value = liveRecords(log, anna)[0]?.cell("a")?.value;
  assert.ok(Object.isFrozen(value));
  assert.throws(() => Reflect.get(Object(value), "deep").push(2), TypeError);
});

Deno.test("the estimate of memory follows what is held", () => {
  const log = createFoldedTable();
  const sizes = parse(
    insert("t", "1", { a: "x".repeat(1000), createdAt: at(1) }),
    insert("t", "1", { a: "x".repeat(1000), createdAt: at(1) }),
    update("t", "1", at(2), { a: "y" }),
    update("t", "1", at(2), { a: "y" }),
    update("t", "1", at(1), { a: "x".repeat(1000) }),
    removal("1"),
    removal("1"),
  ).map((change) => (applyChange(log, change), log.bytes));
  const [first = 0, again, changed = 0, changedAgain, lost, dropped = 0, droppedAgain] = sizes;
  assert.ok(first > 1500 && first < 2500, String(first));
  assert.equal(again, first);
  assert.ok(changed < first - 500 && changed > dropped, String(changed));
  assert.equal(changedAgain, changed);
  assert.equal(lost, changed);
  assert.ok(dropped < 1000, String(dropped));
  assert.equal(droppedAgain, dropped);
});
