/** Changed records in words: what a person reads before they decide, and what nobody can hide from them. */
import assert from "node:assert/strict";
import { createRowShower, type ShownRow, type StoredRow } from "../../lib/history/shown_row.ts";
import { createTableNames } from "../../lib/history/table_names.ts";
import { visibleCharacters } from "../../lib/history/visible_characters.ts";
import { ZeroKnowledgeUserError } from "../../lib/kit/errors.ts";
import { createCipher } from "../../lib/sealing/cipher.ts";
import { callerFor } from "../_support/request_context.ts";
import { MODULES } from "../../tools/modules.ts";

const cipher = createCipher();
const names = createTableNames(MODULES);
const caller = callerFor("anna", "anna-1");
const key = await newKey();

Deno.test("a changed record is shown by its title, and each field before and after in plain text", async () => {
  const row = await show({
    table: "notes",
    op: "update",
    before: { id: "n1", title: await seal("Shopping"), content: await seal("Milk"), isPinned: false },
    after: {
      content: await seal("Milk and bread"),
      isPinned: true,
      updatedAt: "2026-05-20T09:00:00.000Z",
    },
  });
  assert.deepEqual(row, {
    app: "notes",
    table: "notes",
    id: "n1",
    record: "note",
    title: "Shopping",
    op: "update",
    fields: [
      { name: "content", before: "Milk", after: "Milk and bread" },
      { name: "is pinned", before: "no", after: "yes" },
    ],
    fieldCount: 2,
  });
});

Deno.test("a field that is written again as it was is no change", async () => {
  const row = await show({
    table: "notes",
    op: "update",
    before: { title: await seal("Same"), color: null },
    after: { title: await seal("Same"), color: "red" },
  });
  assert.deepEqual(row.fields, [{ name: "color", before: null, after: "red" }]);
  assert.equal(row.fieldCount, 1);
});

Deno.test("a deletion shows what the record held, a new record what it will hold", async () => {
  const held = { title: await seal("Old"), content: "in clear", isPinned: false, color: null };
  const deleted = await show({ table: "notes", op: "delete", before: held, after: {} });
  assert.deepEqual([deleted.title, deleted.fields], ["Old", [
    { name: "title", before: "Old", after: null },
    { name: "content", before: "in clear", after: null },
  ]]);
  const made = await show({ table: "notes", op: "insert", before: null, after: held });
  assert.deepEqual(made.fields.map(({ before, after }) => [before, after]), [[null, "Old"], [
    null,
    "in clear",
  ]]);
});

Deno.test("a value under a path is held against the value at that path", async () => {
  const row = await show({
    app: "habits",
    table: "habits",
    op: "update",
    before: { title: "Run", schedule: { days: [1], time: "07:00" } },
    after: { "schedule.time": "09:00" },
  });
  assert.deepEqual(row.fields, [{ name: "schedule.time", before: "07:00", after: "09:00" }]);
});

Deno.test("what does not open is sealed and never shown as letters; neither is text that only looks sealed", async () => {
  const foreign = await cipher.seal(await newKey(), "secret");
  const row = await show({
    table: "notes",
    op: "update",
    before: { title: foreign, content: foreign },
    after: { content: "enc:9:what is this" },
  });
  assert.equal(row.title, null);
  assert.deepEqual(row.fields, [{ name: "content", before: null, after: null, isSealed: true }]);
});

Deno.test("a person whose key no server may use sees everything else", async () => {
  const shower = createRowShower({
    cipher,
    names,
    keyring: {
      key: () => Promise.reject(new ZeroKnowledgeUserError()),
      renew: () => Promise.resolve(null),
    },
  });
  const [row] = await shower.show(
    caller,
    [stored({
      table: "notes",
      op: "update",
      before: { title: await seal("Hidden"), isPinned: false },
      after: { title: await seal("New"), isPinned: true },
    })],
    new AbortController().signal,
  );
  assert.deepEqual(row?.fields, [
    { name: "title", before: null, after: null, isSealed: true },
    { name: "is pinned", before: "no", after: "yes" },
  ]);
});

Deno.test("a change behind the end of what is shown of a long text is shown all the same", async () => {
  const long = "a ".repeat(100_000);
  const row = await show({
    table: "notes",
    op: "update",
    before: { content: `${long}pay Anna` },
    after: { content: `${long}pay Mallory` },
  });
  const [field] = row.fields;
  assert.match(field?.before ?? "", /^….*pay Anna$/);
  assert.match(field?.after ?? "", /^….*pay Mallory$/);
});

Deno.test("controls, bidirectional marks and other invisible characters are written out; line ends and emoji stay", () => {
  assert.equal(visibleCharacters("a\u202eb\u0007c\u200bd", 100), "a‹U+202E›b‹U+0007›c‹U+200B›d");
  assert.equal(visibleCharacters("\u{e0041}\u2066x\ud800", 100), "‹U+E0041›‹U+2066›x‹U+D800›");
  assert.equal(visibleCharacters("one\r\ntwo\tthree", 100), "one\ntwo\tthree");
  assert.equal(visibleCharacters("👩‍🚀 ❤️ سلام", 100), "👩‍🚀 ❤️ سلام");
  assert.equal(visibleCharacters("x".repeat(10), 4), "xxxx…");
});

Deno.test("a contact is called by both names; a record without any title has none", async () => {
  const both = { firstName: await seal("Anna"), lastName: await seal("Koch") };
  const contact = await show({ app: "contacts", table: "contacts", op: "delete", before: both, after: {} });
  assert.deepEqual([contact.record, contact.title], ["contact", "Anna Koch"]);
  const log = await show({ app: "habits", table: "habitLogs", op: "insert", before: null, after: {} });
  assert.deepEqual([log.record, log.title], ["habit entry", null]);
});

Deno.test("each table in which tools write has a word, a table that nobody knows is called after its name", () => {
  assert.deepEqual(
    MODULES.filter(({ tools, writes = [] }) =>
      tools.some(({ access }) => access !== "read") !== writes.length > 0
    )
      .map(({ name }) => name),
    [],
  );
  assert.equal(names.of("todo", "tasks").module, "todo");
  assert.equal(names.of("ai", "aiMissions").module, "missions");
  assert.equal(names.of("timeblocks", "timeBlocks").module, null);
  assert.deepEqual(names.writtenBy("habits").map(({ app, name }) => `${app}/${name}`), [
    "habits/habits",
    "habits/habitLogs",
    "timeblocks/timeBlocks",
  ]);
  assert.deepEqual(names.writtenBy("nobody"), []);
  assert.equal(names.of("x", "worldClocks").record, "world clock");
  assert.equal(names.of("x", "diaries").record, "diary");
  assert.equal(names.of("x", "__proto__").record, "__proto__");
});

interface Given {
  readonly app?: string;
  readonly table: string;
  readonly op: StoredRow["op"];
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>>;
}

function stored({ app = "notes", table, op, before, after }: Given): StoredRow {
  return {
    app,
    table,
    id: "n1",
    op,
    before: before === null ? null : new Map(Object.entries(before)),
    after: new Map(Object.entries(after)),
  };
}

async function show(given: Given): Promise<ShownRow> {
  const keyring = { key: () => Promise.resolve(key), renew: () => Promise.resolve(null) };
  const [row] = await createRowShower({ cipher, names, keyring })
    .show(caller, [stored(given)], new AbortController().signal);
  assert.ok(row);
  return row;
}

function newKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

async function seal(text: string): Promise<string> {
  return await cipher.seal(await key, text);
}
