/** The document of a grant: what is understood, and that anything else shows nothing. */
import assert from "node:assert/strict";
import { parseGrantDocument } from "../../lib/grants/grant_document.ts";
import { narrowingMembers } from "../../lib/people/narrowing_members.ts";
import { tableColumns } from "../../lib/tool/tables/table_columns.ts";
import { recordsEntry } from "../_support/narrowed.ts";

const columns = tableColumns();
const parse = (parts: Record<string, unknown>) =>
  parseGrantDocument(JSON.stringify(recordsEntry(parts)), columns);
const JOURNAL = { collection: "journal/journalEntries", access: ["read"] };
const rule = (parts: Record<string, unknown>) => parse({ rules: [{ ...JOURNAL, ...parts }] });
const where = (...conditions: unknown[]) => rule({ where: conditions });
const SINCE = { field: "entryDate", op: "gte", value: "-P30D" };
const TAGGED = { via: "notes/noteTags", on: "noteId", field: "tagId", op: "any", value: ["t"] };

Deno.test("a whole document is understood, to its last member", () => {
  const document = parse({
    until: 1_800_000_000,
    rules: [
      { collection: "*", access: ["read", "write", "destructive"], blind: true },
      {
        ...JOURNAL,
        spaces: ["personal"],
        where: [SINCE, { field: "tags", op: "any", value: ["work"] }],
        fields: ["mood", "title"],
      },
      {
        collection: "notes/notes",
        access: ["read"],
        where: [TAGGED, { field: "updatedAt", op: "lt", value: "P0D" }],
      },
      {
        collection: "todo/tasks",
        access: [],
        where: [
          {
            via: "timeblocks/timeBlocks",
            key: "scheduledBlockId",
            field: "startDate",
            op: "lt",
            value: "2026-03-01",
          },
          { field: "priority", op: "in", value: ["high"] },
          { field: "order", op: "gte", value: 3 },
          { field: "isCompleted", op: "eq", value: false },
          { field: "createdAt", op: "gte", value: "2026-03-01T10:00:00Z" },
        ],
      },
    ],
  });
  assert.equal(document?.rules.length, 4);
});

const UNFIT: Record<string, unknown> = {
  "another type": parse({ type: "openid" }),
  "another version": parse({ v: 2 }),
  "version 0, which stands for a choice that cannot be read": parse({ v: 0 }),
  "a member nobody knows": parse({ deny: true }),
  "no end named": parse({ until: undefined }),
  "an end that is no number": parse({ until: "2027" }),
  "a zone that does not exist": parse({ tz: "Europe/Atlantis" }),
  "a rule with a member nobody knows": rule({ except: [] }),
  "a collection that does not exist": rule({ collection: "journal/pages" }),
  "a collection named like a member of every object": rule({ collection: "constructor" }),
  "two rules for one collection": parse({ rules: [JOURNAL, JOURNAL] }),
  "two rules for all others": parse({ rules: [1, 2].map(() => ({ collection: "*", access: [] })) }),
  "a condition for all others": parse({ rules: [{ collection: "*", access: ["read"], where: [] }] }),
  "spaces for all others": parse({ rules: [{ collection: "*", access: ["read"], spaces: [] }] }),
  "fields for all others": parse({ rules: [{ collection: "*", access: ["read"], fields: [] }] }),
  "an access nobody knows": rule({ access: ["admin"] }),
  "blind without write": rule({ blind: true }),
  "a field that the table has not": rule({ fields: ["password"] }),
  "an operator nobody knows": where({ field: "mood", op: "like", value: "x" }),
  "a condition with a member nobody knows": where({ ...SINCE, not: true }),
  "a condition on a field that does not exist": where({ ...SINCE, field: "day" }),
  "a condition on a sealed field": where({ field: "title", op: "eq", value: "x" }),
  "a condition on an id": where({ field: "id", op: "eq", value: "x" }),
  "a bound that is no time": where({ ...SINCE, value: "yesterday" }),
  "a day that no month has": where({ ...SINCE, value: "2026-02-30" }),
  "an instant that no month has": where({ ...SINCE, value: "2026-02-30T10:00:00Z" }),
  "days to come": where({ ...SINCE, value: "P3D" }),
  "a bound that is a list": where({ ...SINCE, value: ["-P30D"] }),
  "a single value where a list is asked for": where({ field: "tags", op: "any", value: "work" }),
  "a list where a single value is asked for": where({ field: "mood", op: "eq", value: ["x"] }),
  "a value that is an object": where({ field: "mood", op: "in", value: [{}] }),
  "a null to compare with": where({ field: "mood", op: "eq", value: null }),
  "a link over a table that does not exist": where({ ...TAGGED, via: "notes/links" }),
  "a link over a field that does not exist": where({ ...TAGGED, on: "note" }),
  "a link that tests a sealed field": where({
    ...TAGGED,
    via: "timeblocks/timeBlocks",
    on: "sourceId",
    field: "title",
  }),
  "a link both ways": where({ ...TAGGED, key: "mood" }),
  "a link no way": where({ via: "notes/noteTags", field: "tagId", op: "any", value: [] }),
  "a link by a sealed key": where({ ...TAGGED, on: undefined, key: "title" }),
  "more than 200 rules": parse({
    rules: Array.from({ length: 201 }, (_, index) => ({ collection: `a/${index}`, access: [] })),
  }),
  "more than 20 conditions": where(...Array.from({ length: 21 }, () => SINCE)),
  "more than 100 values": where({ field: "tags", op: "any", value: Array.from({ length: 101 }, String) }),
};

for (const [what, document] of Object.entries(UNFIT)) {
  Deno.test(`a document is not understood at all for ${what}`, () => assert.equal(document, null));
}

Deno.test("text that is no JSON is no document, and neither is the empty text", () => {
  for (const text of ["", "{", "null", "[]"]) assert.equal(parseGrantDocument(text, columns), null);
});

Deno.test("the one entry of introspection is the document; details that cannot be read leave an empty one", () => {
  const entry = recordsEntry({});
  const of = (details: unknown) => narrowingMembers({ authorization_details: details }).recordsDocument;
  assert.equal(of([entry]), JSON.stringify(entry));
  const large = recordsEntry({ rules: ["x".repeat(64 * 1024)] });
  for (
    const unfit of [null, "", {}, [], [entry, entry], [{ type: "openid" }], ["x"], [null], [[entry]], [large]]
  ) {
    assert.equal(of(unfit), "");
  }
  assert.deepEqual(narrowingMembers({}), {});
});

Deno.test("a budget that cannot be read is none, and whatever is said of the ledger is strict", () => {
  const budget = (read_budget: unknown) => narrowingMembers({ read_budget }).readBudget;
  assert.deepEqual([budget(250), budget(0), budget("250"), budget(-1), budget(0.5)], [250, 0, 0, 0, 0]);
  assert.deepEqual(narrowingMembers({ read_budget: null, ledger: null }), {});
  assert.equal(narrowingMembers({ ledger: "strict" }).ledger, "strict");
  assert.equal(narrowingMembers({ ledger: 1 }).ledger, "strict");
});
