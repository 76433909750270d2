/** The document that is made of what a person chose: whole documents word for word, and that the gateway understands every one. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { parseGrantDocument } from "../../lib/grants/grant_document.ts";
import { tableColumns } from "../../lib/tool/tables/table_columns.ts";
import { GRANTABLE } from "../../sign_in/oauth/grants/grantable_modules.ts";
import {
  type Narrowing,
  narrowingWithin,
  parseNarrowing,
  readNarrowing,
  writeNarrowing,
} from "../../sign_in/oauth/grants/narrowing.ts";
import {
  type DocumentSource,
  recordsDocument,
  UNREADABLE,
} from "../../sign_in/oauth/grants/records_document.ts";
import { createScopeList, type Permission } from "../../sign_in/oauth/grants/scopes.ts";
import { DOCUMENT_BYTES } from "../../sign_in/kit/limits.ts";

const { permissions: ALL } = createScopeList(GRANTABLE.modules);
const EVERYTHING = ["read", "write", "destructive"];

/** The document of a choice, parsed as the gateway does; `mods` are the narrowed modules. */
function documentOf(mods: Narrowing["modules"], grant: Partial<DocumentSource> & { allow?: string } = {}) {
  const { allow = "journal:read", ...rest } = grant;
  const permissions = ALL.filter((permission) => allow.split(" ").includes(permission));
  assert.equal(permissions.length, allow.split(" ").length, allow);
  const entry = recordsDocument(GRANTABLE.modules, {
    permissions,
    narrowing: { v: 1, modules: mods },
    zoneinfo: "Europe/Berlin",
    expiresAt: undefined,
    ...rest,
  });
  if (entry !== undefined) demandUnderstood(entry);
  return entry;
}

function demandUnderstood(entry: object) {
  assert.ok(parseGrantDocument(JSON.stringify(entry), tableColumns()) !== null, JSON.stringify(entry));
}

/** The rule of a table. */
function ruleOf(entry: ReturnType<typeof documentOf>, collection: string) {
  assert.ok(entry?.v === 1);
  const rules = entry.rules.filter((rule) => rule.collection === collection);
  assert.ok(rules.length < 2, "one rule a table");
  return rules[0];
}

Deno.test("document: the journal entries tagged work, of the last month, days and moods only", () => {
  const choice = { journal: { since: "P30D", tags: ["work"], spaces: ["personal-1"], fields: "days" } };
  assert.deepEqual(documentOf(choice, { expiresAt: 1_800_000_000_999 }), {
    type: "mana_records",
    v: 1,
    tz: "Europe/Berlin",
    until: 1_800_000_000,
    rules: [
      { collection: "*", access: EVERYTHING },
      {
        collection: "journal/journalEntries",
        access: ["read"],
        spaces: ["personal-1"],
        where: [
          { field: "entryDate", op: "gte", value: "-P30D" },
          { field: "tags", op: "any", value: ["work"] },
        ],
        fields: ["entryDate", "mood", "isPinned", "isArchived", "isFavorite", "wordCount"],
      },
      {
        collection: "links/links",
        access: EVERYTHING,
        where: [
          { field: "sourceApp", op: "none", value: ["journal"] },
          { field: "targetApp", op: "none", value: ["journal"] },
        ],
      },
    ],
  });
});

Deno.test("document: notes by their tag rows, and by when they were changed, since they have no day", () => {
  const entry = documentOf({ notes: { since: "P1W", tags: ["t-1"] } }, { allow: "notes:read notes:write" });
  assert.deepEqual(ruleOf(entry, "notes/notes"), {
    collection: "notes/notes",
    access: ["read", "write"],
    where: [
      { field: "updatedAt", op: "gte", value: "-P1W" },
      { via: "notes/noteTags", on: "noteId", field: "tagId", op: "any", value: ["t-1"] },
    ],
  });
  assert.deepEqual(ruleOf(entry, "notes/noteTags"), {
    collection: "notes/noteTags",
    access: ["read", "write"],
  });
});

Deno.test("document: what a habit log is of stands in its time block; other dated tables of a module are cut as well", () => {
  assert.deepEqual(
    ruleOf(documentOf({ habits: { since: "P7D" } }, { allow: "habits:read" }), "habits/habitLogs")?.where,
    [
      { via: "timeblocks/timeBlocks", key: "timeBlockId", field: "startDate", op: "gte", value: "-P7D" },
    ],
  );
  const body = documentOf({ body: { since: "2026-01-01" } }, { allow: "body:read" });
  const days = (table: string) => ruleOf(body, table)?.where?.map(({ field }) => field);
  assert.deepEqual(days("body/bodyWorkouts"), ["startedAt"]);
  assert.deepEqual(days("body/bodyMeasurements"), ["date"]);
  assert.deepEqual(days("body/bodyChecks"), ["date"]);
  assert.equal(days("body/bodySets"), undefined, "a set follows its workout");
});

Deno.test("document: who may add and not read adds what it does not see; ticked, also who may read", () => {
  const adding = ruleOf(
    documentOf({ journal: { since: "P1D" } }, { allow: "journal:write" }),
    "journal/journalEntries",
  );
  assert.deepEqual([adding?.access, adding?.blind], [["write"], true]);
  const both = "journal:read journal:write";
  const plain = ruleOf(documentOf({ journal: { since: "P1D" } }, { allow: both }), "journal/journalEntries");
  assert.deepEqual([plain?.access, plain?.blind], [["read", "write"], undefined]);
  const ticked = documentOf({ journal: { since: "P1D", blind: true } }, { allow: both });
  assert.equal(ruleOf(ticked, "journal/journalEntries")?.blind, true);
  const reading = documentOf({ journal: { blind: true } }, { allow: "journal:read" });
  assert.equal(ruleOf(reading, "journal/journalEntries")?.blind, undefined);
});

Deno.test("document: another module writes in a narrowed one's tables as before, and reads no more of them than it may", () => {
  const tagging = documentOf({ contacts: { fields: "names" } }, {
    allow: "contacts:read tags:read tags:write",
  });
  assert.deepEqual(ruleOf(tagging, "contacts/contacts")?.access, ["read", "write"]);
  const blindly = documentOf({ contacts: { tags: ["t"] } }, { allow: "contacts:write tags:read tags:write" });
  assert.deepEqual(ruleOf(blindly, "contacts/contacts")?.access, ["write"]);
  const invoices = documentOf({ finance: { since: "P1M" } }, {
    allow: "finance:read invoices:read invoices:write",
  });
  assert.deepEqual(ruleOf(invoices, "finance/transactions")?.access, ["read", "write"]);
  assert.equal(ruleOf(invoices, "invoices/invoices"), undefined, "under *");
});

Deno.test("document: of time blocks an app reads what every narrowed module lets through", () => {
  const allow = "habits:read todo:read calendar:read calendar:write";
  const fields = (mods: Narrowing["modules"]) => ruleOf(documentOf(mods, { allow }), "timeblocks/timeBlocks");
  assert.equal(fields({ todo: { since: "P7D" } }), undefined, "blocks follow the record that they are of");
  const titled = fields({ todo: { fields: "titles" } });
  assert.ok(titled?.fields?.includes("title") && !titled.fields.includes("description"));
  const both = fields({
    todo: { fields: "titles" },
    habits: { fields: "marks" },
    calendar: { fields: "times" },
  });
  assert.ok(both?.fields?.includes("startDate") === true && !both.fields.includes("title"));
  assert.equal(both?.where, undefined);
  assert.equal(both?.blind, true, "the calendar adds blocks with their titles");
  const reading = documentOf({ todo: { fields: "days" } }, { allow: "todo:read" });
  assert.equal(ruleOf(reading, "timeblocks/timeBlocks")?.blind, undefined);
});

Deno.test("document: links to a module of which the app sees some records only are left out", () => {
  const fieldsOnly = documentOf({ notes: { fields: "titles" } }, { allow: "notes:read links:read" });
  assert.equal(ruleOf(fieldsOnly, "links/links"), undefined);
  const some = documentOf(
    { notes: { tags: ["t"] }, todo: { spaces: ["s"] }, journal: { fields: "days" } },
    { allow: "notes:read todo:read journal:write links:read" },
  );
  assert.deepEqual(ruleOf(some, "links/links")?.where?.[0], {
    field: "sourceApp",
    op: "none",
    value: ["todo", "notes", "journal"],
  });
});

Deno.test("document: nothing narrowed, or only what is not allowed, is no document", () => {
  assert.equal(documentOf({}), undefined);
  assert.equal(documentOf({ notes: { fields: "titles" } }), undefined);
  assert.equal(recordsDocument(GRANTABLE.modules, { ...GRANT, narrowing: undefined }), undefined);
});

const GRANT: DocumentSource = {
  permissions: ALL,
  narrowing: undefined,
  zoneinfo: undefined,
  expiresAt: undefined,
};

Deno.test("document: a choice that cannot be said closes the grant", () => {
  for (
    const modules of [
      { journal: { fields: "nonsense" } },
      { journal: { fields: "marks" } },
      { mail: { tags: ["work"] } },
      { articles: { since: "P1D" } },
    ]
  ) {
    const entry = recordsDocument(GRANTABLE.modules, { ...GRANT, narrowing: { v: 1, modules } });
    assert.equal(entry, UNREADABLE, JSON.stringify(modules));
    assert.equal(
      parseGrantDocument(JSON.stringify(entry), tableColumns()),
      null,
      "the gateway shows nothing",
    );
  }
  assert.equal(recordsDocument(GRANTABLE.modules, { ...GRANT, narrowing: "unreadable" }), UNREADABLE);
});

Deno.test("document: without a zone its days are those of UTC", () => {
  const entry = recordsDocument(GRANTABLE.modules, {
    ...GRANT,
    narrowing: { v: 1, modules: { mood: { since: "P1Y" } } },
  });
  assert.ok(entry?.v === 1);
  assert.deepEqual([entry.tz, entry.until], ["UTC", null]);
  demandUnderstood(entry);
});

/** Choices as the pages can make them, of modules that have some. */
const anyChoice = fc.subarray(GRANTABLE.modules.filter(({ narrowing }) => narrowing !== undefined))
  .chain((modules) =>
    fc.record(Object.fromEntries(modules.map(({ name, narrowing }) => [
      name,
      fc.record({
        since: fc.constantFrom("P30D", "P1W", "P12M", "P9999Y", "2026-02-28"),
        ...(narrowing?.tags === undefined ? {} : {
          tags: fc.array(fc.string({ minLength: 1, maxLength: 200 }), { minLength: 1, maxLength: 5 }),
        }),
        spaces: fc.array(fc.stringMatching(/^[\w-]{1,64}$/), { minLength: 1, maxLength: 4 }),
        ...(narrowing?.fieldChoices.length === 0 ? {} : {
          fields: fc.constantFrom(...(narrowing?.fieldChoices ?? []).map((one) => one.name)),
        }),
        blind: fc.constant(true as const),
      }, { requiredKeys: [] }),
    ])))
  );

Deno.test("document: whatever is chosen, the gateway understands it, or it is too large and closed", () => {
  const columns = tableColumns();
  fc.assert(
    fc.property(anyChoice, fc.subarray([...ALL]), (modules, permissions) => {
      const narrowing = parseNarrowing({ v: 1, modules });
      if (narrowing === undefined) return; // more than is stored
      const entry = recordsDocument(GRANTABLE.modules, { ...GRANT, permissions, narrowing });
      if (entry === undefined) return;
      const text = JSON.stringify(entry);
      if (entry.v === 0) assert.fail("what can be stored can be said");
      assert.ok(text.length < DOCUMENT_BYTES);
      assert.ok(parseGrantDocument(text, columns) !== null, text);
      for (const { collection, access } of entry.rules) {
        const [app = ""] = collection.split("/");
        const owner = GRANTABLE.modules.find(({ narrowing: by }) => by?.collection.startsWith(`${app}/`));
        if (owner !== undefined && access.includes("read")) {
          assert.ok(permissions.includes(`${owner.name}:read`), "nobody reads more than was allowed");
        }
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("document: the largest choice that is stored fits", () => {
  const id = (n: number) => `${"0".repeat(28)}-${String(n).padStart(7, "0")}`;
  const modules = Object.fromEntries(
    GRANTABLE.modules.flatMap(({ name, narrowing }) =>
      narrowing === undefined ? [] : [[name, {
        since: "P9999D",
        ...(narrowing.fieldChoices[0] === undefined ? {} : { fields: narrowing.fieldChoices[0].name }),
        ...(["body", "guides", "inventory"].includes(name)
          ? { spaces: Array.from({ length: 60 }, (_, n) => id(n)) }
          : {}),
        blind: true as const,
      }]]
    ),
  );
  const narrowing = parseNarrowing({ v: 1, modules });
  assert.ok(narrowing !== undefined);
  const entry = recordsDocument(GRANTABLE.modules, { ...GRANT, narrowing });
  assert.equal(entry?.v, 1);
});

Deno.test("choice: what is stored is closed and bounded", () => {
  const journal = (choice: unknown) => parseNarrowing({ v: 1, modules: { journal: choice } });
  for (
    const choice of [
      { since: "P0D" },
      { since: "-P3D" },
      { since: "2026-02-30" },
      { since: "yesterday" },
      { tags: [] },
      { tags: [""] },
      { tags: Array.from({ length: 101 }, String) },
      { tags: ["x".repeat(201)] },
      { spaces: [] },
      { spaces: ["a space"] },
      { spaces: Array.from({ length: 61 }, String) },
      { fields: "" },
      { fields: "Titles" },
      { blind: false },
      { until: "P3D" },
      null,
    ]
  ) assert.equal(journal(choice), undefined, JSON.stringify(choice));
  assert.ok(
    journal({ since: "P30D", tags: ["work"], spaces: ["s"], fields: "titles", blind: true }) !== undefined,
  );
  for (
    const text of [
      "",
      "{",
      "null",
      "[]",
      '{"v":0}',
      '{"v":2,"modules":{}}',
      '{"v":1}',
      '{"v":1,"modules":{},"x":1}',
    ]
  ) {
    assert.equal(readNarrowing(text), "unreadable", text);
  }
  assert.equal(readNarrowing(null), undefined);
  const many = Object.fromEntries(
    Array.from({ length: 5 }, (_, n) => [`m${n}`, { spaces: Array.from({ length: 50 }, String) }]),
  );
  assert.equal(
    parseNarrowing({ v: 1, modules: many }),
    undefined,
    "more spaces than a document has room for",
  );
  const long = { since: "P1D", tags: Array.from({ length: 100 }, (_, n) => `${n}`.padEnd(190, "x")) };
  assert.equal(journal(long), undefined, "longer than 16 KiB");
});

Deno.test("choice: what narrows nothing is stored as nothing, and what is not allowed any more is dropped", () => {
  assert.equal(writeNarrowing({ v: 1, modules: { journal: {} } }), null);
  assert.equal(readNarrowing(writeNarrowing("unreadable")), "unreadable");
  const permissions: Permission[] = ["journal:read", "notes:write"];
  const narrowing: Narrowing = {
    v: 1,
    modules: {
      journal: { since: "P1D", blind: true },
      notes: { blind: true },
      todo: { since: "P1D" },
      mood: { blind: true },
    },
  };
  assert.deepEqual(narrowingWithin(narrowing, permissions), {
    v: 1,
    modules: { journal: { since: "P1D" }, notes: { blind: true } },
  });
  assert.equal(narrowingWithin(narrowing, ["drink:read"]), undefined);
  assert.equal(narrowingWithin("unreadable", permissions), "unreadable");
  assert.throws(() => writeNarrowing({ v: 1, modules: { journal: { since: "soon" } } }), TypeError);
});
