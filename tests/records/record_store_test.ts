import assert from "node:assert/strict";
import { z } from "zod";
import { describeRefusal } from "../../lib/kit/errors.ts";
import { refusingRecords } from "../../lib/records/record_store.ts";
import { defineTable } from "../../lib/records/define_table.ts";
import { CALL, createHarness, habits, KEY_A, notes, refusalOf } from "./_harness.ts";
import { note, sealWith } from "./_sealed_notes.ts";

const METHODS = {
  read: ["count", "get", "getPortion", "list", "lookThrough", "lookThroughDeleted", "scan", "search"],
  write: [
    "count",
    "get",
    "getPortion",
    "insert",
    "list",
    "lookThrough",
    "lookThroughDeleted",
    "newId",
    "scan",
    "search",
    "update",
    "writeTogether",
  ],
  destructive: [
    "count",
    "delete",
    "get",
    "getPortion",
    "insert",
    "list",
    "lookThrough",
    "lookThroughDeleted",
    "newId",
    "scan",
    "search",
    "update",
    "writeTogether",
  ],
} as const;

Deno.test("each refusal of the sync service reaches the caller, for reads and writes", async () => {
  const table: readonly [number, string, RegExp][] = [
    [401, "upstream-token-refused", /refused your token: sign in again/],
    [402, "sync-inactive", /subscription is inactive/],
    [400, "upstream-failed", /sync service is not available/],
  ];
  for (const [status, reason, words] of table) {
    const h = createHarness();
    h.services.intercept = () => new Response("pq: secret", { status });
    const works = [h.read().list(habits), h.read().count(habits), h.write().insert(habits, { title: "x" })];
    for (const work of works) {
      const refusal = await refusalOf(work);
      assert.equal(refusal.reason, reason);
      assert.match(describeRefusal(refusal).message, words);
      assert.doesNotMatch(describeRefusal(refusal).message, /secret/);
    }
  }
});

Deno.test("a caller that has gone gets nothing done", async () => {
  const h = createHarness();
  h.services.write("anna", "notes", [await note("1", "x")]);
  const gone = { signal: AbortSignal.abort() };
  assert.deepEqual(await refusalOf(h.read(gone).list(notes)), { reason: "cancelled" });
  assert.deepEqual(await refusalOf(h.write(gone).insert(habits, { title: "x" })), { reason: "cancelled" });
  assert.deepEqual(await refusalOf(h.write(gone).update(notes, "1", () => ({ title: "y" }))), {
    reason: "cancelled",
  });
  assert.equal(h.services.pushes().length, 0);
});

Deno.test("the name a client gave itself is kept clean and short", async () => {
  const h = createHarness();
  const named = async (clientName: string) => {
    await h.write({ actor: { tool: "t", clientName, callId: CALL } }).insert(habits, { title: "x" });
    return h.services.rows.at(-1)?.change.actor?.displayName;
  };
  assert.equal(await named("Claude\0\n\u009b"), "own token (Claude)");
  assert.equal(await named(" \t"), "own token (unknown)");
  assert.equal(await named("😀".repeat(100)), `own token (${"😀".repeat(32)})`);
  assert.equal(await named("a\ud800"), "own token (a\ufffd)");
});

Deno.test("rows and fields called __proto__ change no prototype on the way to the tool", async () => {
  const bag = defineTable({
    app: "bag",
    name: "bag",
    record: "bag",
    row: z.object({ metadata: z.record(z.string(), z.unknown()).nullable().default(null) }),
    encrypted: ["metadata"],
  });
  const h = createHarness();
  const sealed = await sealWith(KEY_A, JSON.parse('{"__proto__":{"isAdmin":true},"a":1}'));
  h.services.write("anna", "bag", [
    JSON.parse(
      `{"table":"bag","id":"__proto__","op":"insert","data":{"__proto__":{"isAdmin":true},"metadata":"${sealed}"}}`,
    ),
  ]);
  const record = await h.read().get(bag, "__proto__");
  assert.equal(Reflect.get(record, "isAdmin"), undefined);
  assert.equal(Reflect.get(Object(record.metadata), "isAdmin"), undefined);
  assert.equal(record.metadata?.a, 1);
  assert.equal(Reflect.get({}, "isAdmin"), undefined);
});

for (const access of ["read", "write", "destructive"] as const) {
  Deno.test(`what a ${access} tool holds is frozen and leads to nothing but its methods`, () => {
    const h = createHarness();
    const opened = h.store.open(h.scope(access));
    const refusing = refusingRecords({ reason: "space-not-member" }, access);
    for (const records of [opened, refusing]) {
      assert.deepEqual(Reflect.ownKeys(records).toSorted(), METHODS[access]);
      assert.equal(Reflect.getPrototypeOf(records), null);
      assert.ok(Object.isFrozen(records));
      assert.throws(() => Object.assign(records, { insert: () => {} }), TypeError);
      const standard = new Set<unknown>([
        Function.prototype,
        Object.getPrototypeOf(async () => {}),
        Object.prototype,
      ]);
      for (const method of Object.values(records)) {
        assert.ok(Object.isFrozen(method));
        // Own members are only what the language gives every function: no field to hang anything on.
        for (const key of Reflect.ownKeys(method)) assert.ok(key === "length" || key === "name", String(key));
        assert.ok(standard.has(Reflect.getPrototypeOf(method)));
        assert.throws(() => Reflect.construct(method, []), TypeError);
      }
    }
  });
}

Deno.test("refusingRecords() refuses every method with the reason given", async () => {
  const records = refusingRecords({ reason: "space-not-member" }, "destructive");
  const works = [
    records.list(habits),
    records.search(habits, { query: "x", heading: "title", body: "title" }),
    records.get(habits, "1"),
    records.getPortion(habits, "1", "title", 0),
    records.count(habits),
    records.insert(habits, { title: "x" }),
    records.update(habits, "1", () => null),
    records.delete(habits, "1"),
  ];
  for (const work of works) assert.deepEqual(await refusalOf(work), { reason: "space-not-member" });
});

Deno.test("defineTable() throws a TypeError for a sealed field that is none and for names of the repository", () => {
  const row = z.object({ title: z.string() });
  const define = (given: object) => () =>
    defineTable({ app: "a", name: "b", record: "c", row, encrypted: [], ...given });
  assert.throws(define({ encrypted: ["titel"] }), {
    name: "TypeError",
    message: /encrypted field titel is not in the row/,
  });
  for (const name of ["id", "spaceId", "deletedAt", "unreadable", "visibility"]) {
    assert.throws(define({ row: z.object({ [name]: z.string() }) }), {
      name: "TypeError",
      message: /repository's own/,
    });
  }
});
