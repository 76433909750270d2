// The format of the ledger: rows, hashes, lists of ids, bodies. What is expected is computed here by other means than in lib/ledger/.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { canonicalJson } from "../../lib/kit/canonical_json.ts";
import { allowedParts, hashAllowed, joinAllowed } from "../../lib/ledger/allowed.ts";
import { cutBodies, type LedgerBatch, MAX_BODY_CHARS, type NotedCall } from "../../lib/ledger/cut_bodies.ts";
import { merkleRoot, packIds, unpackIds } from "../../lib/ledger/id_list.ts";
import { parseBody } from "../../lib/ledger/ledger_body.ts";
import { hashRow, isNextRow, ledgerRowOf, NO_ROW, rowId } from "../../lib/ledger/ledger_row.ts";

const CHAIN = "00112233445566778899aabbccddeeff";
const sha256 = (...parts: (string | Uint8Array)[]) => {
  const sum = createHash("sha256");
  for (const part of parts) sum.update(part);
  return sum.digest("hex");
};

Deno.test("a row's hash is of its chain, number, the row before and the body as stored; the vectors hold", () => {
  const first = {
    chain: CHAIN,
    seq: 0,
    prev: NO_ROW,
    body: "mcp:1:first",
    createdAt: "2026-03-01T12:00:00.000Z",
  };
  // printf 'mana-mcp ledger v1\0…\0000…0\0mcp:1:first' | sha256sum
  assert.equal(hashRow(first), "f1b0028b1db8a099c4b38b1db47f73c988e89be74000136e3926d44189d6579c");
  const second = { ...first, seq: 1, prev: hashRow(first), body: "mcp:1:second" };
  assert.equal(hashRow(second), "1124f737d750d7ea1b7407b2e64aee4085dfb6282bfad43460c333611e2cb5a6");
  assert.equal(
    hashRow({ ...first, seq: 4_294_967_295 }),
    sha256("mana-mcp ledger v1\0", CHAIN, "\0", "4294967295", "\0", "0".repeat(64), "\0mcp:1:first"),
  );
  assert.ok(isNextRow(null, first));
  assert.ok(isNextRow(first, second));
  assert.ok(!isNextRow(null, second));
  assert.ok(!isNextRow(first, { ...second, seq: 2 }));
  assert.ok(!isNextRow({ ...first, body: "mcp:1:forged" }, second));
  assert.ok(!isNextRow({ ...first, chain: CHAIN.replace("0", "1") }, second));
  // When it was created is the service's word and not in the hash.
  assert.ok(isNextRow({ ...first, createdAt: "2020-01-01T00:00:00.000Z" }, second));
});

Deno.test("a row is read out of an insert of its own id, and out of nothing else", () => {
  const data = {
    id: `${CHAIN}-0000001f`,
    spaceId: "_personal:anna",
    authorId: "anna",
    visibility: "private",
    createdAt: "2026-03-01T12:00:00.000Z",
    updatedAt: "2026-03-01T12:00:00.000Z",
    v: 1,
    chain: CHAIN,
    seq: 31,
    prev: "ab".repeat(32),
    body: "mcp:1:body",
  };
  const insert = { op: "insert", id: data.id, data } as const;
  assert.deepEqual(ledgerRowOf(insert), {
    chain: CHAIN,
    seq: 31,
    prev: "ab".repeat(32),
    body: "mcp:1:body",
    createdAt: data.createdAt,
  });
  assert.equal(rowId(CHAIN, 4_294_967_295), `${CHAIN}-ffffffff`);
  for (
    const change of [
      { ...insert, op: "update" as const },
      { ...insert, data: null },
      { ...insert, id: `${CHAIN}-00000020` },
      { ...insert, id: `${CHAIN}-0000001F`, data: { ...data, id: `${CHAIN}-0000001F` } },
      ...[{ v: 2 }, { seq: 30 }, { seq: "31" }, { seq: 31.5 }, { chain: "x" }, { prev: "" }, { body: null }]
        .map((other) => ({ ...insert, data: { ...data, ...other } })),
    ]
  ) assert.equal(ledgerRowOf(change), null, JSON.stringify(change));
});

const uuid = (number: number) => `0198a000-0000-7000-8000-${number.toString(16).padStart(12, "0")}`;
const uuids = (count: number) => Array.from({ length: count }, (_, number) => uuid(number));

Deno.test("ids are 16 bytes each where all are UUIDs, and themselves otherwise", () => {
  assert.deepEqual(packIds([]), { ids: "" });
  assert.deepEqual(packIds([uuid(1), uuid(258)]), {
    ids: "AZigAAAAcACAAAAAAAAAAQGYoAAAAHAAgAAAAAAAAQI",
  });
  for (const odd of ["habit-1", uuid(10).toUpperCase(), uuid(1).replaceAll("-", ""), ""]) {
    assert.deepEqual(packIds([uuid(1), odd]), { ids: [uuid(1), odd] });
    assert.deepEqual(unpackIds(packIds([uuid(1), odd])), [uuid(1), odd]);
  }
  assert.equal(unpackIds({ ids: "AZigAAAAcACAAAAAAAAA" }), null);
  assert.equal(unpackIds({ ids: "AZigAAAAcACAAAAAAAAAAR" }), null, "spare bits");
});

Deno.test("more than 200 ids are a root, a number and a list, and the root holds the list", () => {
  assert.deepEqual(Object.keys(packIds(uuids(200))), ["ids"]);
  const packed = packIds(uuids(201));
  assert.ok("list" in packed);
  assert.equal(packed.count, 201);
  const bytes = Uint8Array.fromBase64(packed.list, { alphabet: "base64url" });
  assert.equal(bytes.toHex(), uuids(201).join("").replaceAll("-", ""));
  assert.deepEqual(unpackIds(packed), uuids(201));
  const words = [...uuids(200), "ä ☃"];
  assert.deepEqual(unpackIds(packIds(words)), words);
  assert.equal(unpackIds({ ...packed, count: 202 }), null);
  assert.equal(unpackIds({ ...packed, root: merkleRoot(uuids(200)) }), null);
  assert.equal(unpackIds({ ...packed, list: packed.list.slice(4) }), null);
});

Deno.test("the root is that of RFC 9162", () => {
  const leaf = (id: string) => createHash("sha256").update("\0").update(id).digest();
  const node = (a: Uint8Array, b: Uint8Array) =>
    createHash("sha256").update("\x01").update(a).update(b).digest();
  const hex = (bytes: Uint8Array) => bytes.toHex();
  assert.equal(merkleRoot([]), sha256(""));
  assert.equal(merkleRoot(["a"]), hex(leaf("a")));
  assert.equal(merkleRoot(["a", "b"]), hex(node(leaf("a"), leaf("b"))));
  const four = node(node(leaf("a"), leaf("b")), node(leaf("c"), leaf("d")));
  assert.equal(merkleRoot(["a", "b", "c", "d"]), hex(four));
  assert.equal(merkleRoot(["a", "b", "c", "d", "é"]), hex(node(four, leaf("é"))));
  assert.equal(
    merkleRoot(["a", "b", "c", "d", "e", "f", "g"]),
    hex(node(four, node(node(leaf("e"), leaf("f")), leaf("g")))),
  );
});

Deno.test("what a grant allowed is named by its hash, and a long document comes in parts that are put together again", () => {
  const short = { scope: "journal:read notes:read", document: null };
  assert.equal(hashAllowed(short), sha256('mana-mcp allowed v1\0["journal:read notes:read",null]'));
  assert.notEqual(hashAllowed(short), hashAllowed({ ...short, document: "" }));
  assert.deepEqual(allowedParts(short), [short]);
  assert.deepEqual(joinAllowed(hashAllowed(short), [short]), short);
  assert.equal(joinAllowed(hashAllowed(short), [{ ...short, document: "" }]), null);
  const long = { scope: "journal:read", document: JSON.stringify({ rules: ['"☃😀'.repeat(4_000)] }) };
  const parts = allowedParts(long);
  assert.ok(parts.length > 2);
  assert.deepEqual(joinAllowed(hashAllowed(long), parts.toReversed()), long);
  assert.equal(joinAllowed(hashAllowed(long), parts.slice(1)), null);
  assert.equal(joinAllowed(hashAllowed(long), []), null);
});

const call = (given: Partial<NotedCall> = {}): NotedCall => ({
  at: 1_772_366_400_000,
  grant: "grant-1",
  app: "c0".repeat(16),
  allowed: "d1".repeat(32),
  tool: "journal.list",
  call: "e2".repeat(16),
  args: "f3".repeat(16),
  read: [],
  looked: [],
  wrote: [],
  outcome: "done",
  ...given,
});

const batch = (given: Partial<LedgerBatch> = {}): LedgerBatch => ({
  at: 1_772_366_400_250,
  entries: [],
  seen: new Map(),
  grants: new Map(),
  window: new Map(),
  gap: 0,
  isEnd: false,
  ...given,
});

const bodyOf = (text: string) => {
  const body = parseBody(text);
  assert.ok(body, text.slice(0, 300));
  assert.ok(text === canonicalJson(JSON.parse(text)), "canonical");
  assert.ok(text.length <= MAX_BODY_CHARS, String(text.length));
  return body;
};

Deno.test("a body says what was handed out, letter by letter", () => {
  const noted = call({
    read: [{ c: "journal/journalEntries", s: "space-1", f: ["title", "mood"], ids: [uuid(1)] }],
    looked: [{ c: "notes/notes", count: 7 }],
    wrote: [{ at: "2026-03-01T12:00:00.000Z", c: "notes/notes", id: uuid(2), op: "insert" }],
  });
  const texts = cutBodies(batch({
    entries: [noted],
    seen: new Map([["ff".repeat(16), [3, "aa".repeat(32)]], [CHAIN, [0, "bb".repeat(32)]]]),
    grants: new Map([["d1".repeat(32), { scope: "journal:read", document: null }]]),
    window: new Map([["grant-1", {
      hours: [[492324, 1, 2, 30]],
      others: 0,
      private: [["space-1", 1_772_368_200_000]],
    }]]),
    gap: 2,
    isEnd: true,
  }));
  assert.deepEqual(texts, [
    `{"at":1772366400250,"end":true,"entries":[{"allowed":"${"d1".repeat(32)}","app":"${"c0".repeat(16)}",` +
    `"args":"${"f3".repeat(16)}","at":1772366400000,"call":"${"e2".repeat(16)}","grant":"grant-1",` +
    `"looked":[{"c":"notes/notes","count":7}],"outcome":"done","read":[{"c":"journal/journalEntries",` +
    `"f":["title","mood"],"ids":"AZigAAAAcACAAAAAAAAAAQ","s":"space-1"}],"tool":"journal.list","wrote":[` +
    `{"at":"2026-03-01T12:00:00.000Z","c":"notes/notes","id":"${uuid(2)}","op":"insert"}]}],"gap":2,` +
    `"grants":{"${"d1".repeat(32)}":{"document":null,"scope":"journal:read"}},` +
    `"seen":{"${CHAIN}":[0,"${"bb".repeat(32)}"],"${"ff".repeat(16)}":[3,"${"aa".repeat(32)}"]},` +
    `"window":{"grant-1":{"hours":[[492324,1,2,30]],"others":0,"private":[["space-1",1772368200000]]}}}`,
  ]);
  bodyOf(texts[0] ?? "");
});

Deno.test("a batch that is too long for a row is cut: nothing is lost, gap in the first, window and end in the last", () => {
  const entries = Array.from({ length: 60 }, (_, number) =>
    call({
      call: number.toString(16).padStart(32, "0"),
      read: [{
        c: "notes/notes",
        s: "space-1",
        f: ["title", "content"],
        ids: uuids(40).map((id) => id.slice(0, -3) + number.toString().padStart(3, "0")),
      }],
    }));
  const bodies = cutBodies(batch({
    entries,
    window: new Map([["grant ä!", { hours: [], others: 1, private: [] }]]),
    gap: 5,
    isEnd: true,
  })).map(bodyOf);
  assert.ok(bodies.length > 3);
  assert.deepEqual(bodies.map(({ gap }) => gap ?? 0), [5, ...bodies.slice(1).map(() => 0)]);
  assert.deepEqual(bodies.map(({ end }) => end === true), [...bodies.slice(1).map(() => false), true]);
  assert.deepEqual(bodies.map(({ window }) => Object.keys(window).length), [
    ...bodies.slice(1).map(() => 0),
    1,
  ]);
  assert.deepEqual(
    bodies.flatMap((body) => body.entries).map((entry) => entry.call),
    entries.map((entry) => entry.call),
  );
});

Deno.test("a call that fits into no row has several entries that add up, whatever the ids are", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 3_000 }), fc.boolean()), { maxLength: 4 }),
      fc.integer({ min: 0, max: 300 }),
      (reads, writes) => {
        const read = reads.map(([count, areUuids], index) => ({
          c: `app/table${index}`,
          s: "space",
          f: ["title"],
          ids: areUuids ? uuids(count) : uuids(count).map((id) => `\u0001ä${id}`),
        }));
        const wrote = uuids(writes).map((id) => ({ at: "", c: "app/table", id, op: "update" as const }));
        const looked = [{ c: "app/table", count: 3 }];
        const bodies = cutBodies(batch({ entries: [call({ read, wrote, looked })] })).map(bodyOf);
        const entries = bodies.flatMap((body) => body.entries);
        for (const { c, ids } of read) {
          const told = entries.flatMap((entry) => entry.read.filter((part) => part.c === c));
          assert.deepEqual(told.flatMap((part) => unpackIds(part)), ids);
        }
        assert.deepEqual(entries.flatMap((entry) => entry.wrote), wrote);
        assert.deepEqual(entries.flatMap((entry) => entry.looked ?? []), looked);
        return Promise.resolve();
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("the same list again is told by its number, in its own row alone, and comes back whole", async () => {
  const lists = [uuids(40), uuids(90), uuids(40).map((id) => `x${id}`), []];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.tuple(fc.nat(lists.length - 1), fc.nat(1)), { maxLength: 3 }), { maxLength: 60 }),
      (calls) => {
        const entries = calls.map((parts) =>
          call({
            read: parts.map(([list, table]) => ({
              c: `app/table${table}`,
              s: "space",
              f: ["title"],
              ids: [...lists[list] ?? []],
            })),
          })
        );
        const texts = cutBodies(batch({ entries }));
        const read = texts.map(bodyOf).flatMap((body) => body.entries).map((entry) =>
          entry.read.map(({ c, ...part }) => [c, unpackIds(part)])
        );
        assert.deepEqual(read, entries.map((entry) => entry.read.map(({ c, ids }) => [c, [...ids]])));
        return Promise.resolve();
      },
    ),
    { numRuns: 60 },
  );
  const same = call({ read: [{ c: "app/table", s: "space", f: ["title"], ids: lists[1] ?? [] }] });
  const [text = ""] = cutBodies(batch({ entries: [same, same, same] }));
  assert.equal(text.match(/"as":0/g)?.length, 2);
  for (const wrong of ['"as":1', '"as":-1', '"as":"0"', '"as":0,"c":"app/table"']) {
    assert.equal(parseBody(text.replace('"as":0', wrong)), null, wrong);
  }
});

Deno.test("a document as long as may be goes into rows before the entry that names it", () => {
  const long = { scope: "journal:read", document: JSON.stringify({ rules: ['"\u0001'.repeat(20_000)] }) };
  const bodies = cutBodies(batch({
    grants: new Map([[hashAllowed(long), long]]),
    entries: [call({ allowed: hashAllowed(long) })],
  })).map(bodyOf);
  const parts = bodies.flatMap(({ grants }) => Object.values(grants));
  assert.deepEqual(joinAllowed(hashAllowed(long), parts), long);
  assert.equal(bodies.at(-1)?.entries.length, 1);
});

Deno.test("no other JSON is taken for a body", () => {
  const [text = ""] = cutBodies(batch({ entries: [call()] }));
  const body: object = JSON.parse(text);
  for (
    const other of [
      "",
      "[]",
      "{}",
      JSON.stringify({ ...body, more: 1 }),
      JSON.stringify({ ...body, end: false }),
      JSON.stringify({ ...body, at: "now" }),
      JSON.stringify({ ...body, seen: { x: [1, "aa".repeat(32)] } }),
      text.replace('"outcome":"done"', '"outcome":"fine"'),
      text.replace('"read":[]', '"read":[{"c":"notes","f":[],"ids":"","s":""}]'),
    ]
  ) assert.equal(parseBody(other), null, other.slice(0, 200));
});
