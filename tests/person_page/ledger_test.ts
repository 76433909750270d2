// What the pages are told of the ledger: by rows that an honest gateway wrote, and by rows that somebody planted.
import assert from "node:assert/strict";
import { z } from "zod";
import { hashRow, ledgerRowOf, rowId } from "../../lib/ledger/ledger_row.ts";
import { createMasterKeys } from "../../lib/sealing/master_key.ts";
import { sealText } from "../../lib/own_records/envelope.ts";
import { hide } from "../../lib/kit/secret.ts";
import { parseExport } from "../../scripts/ledger/export_file.ts";
import { verifyLedger } from "../../scripts/ledger/verify_ledger.ts";
import { GATEWAY_ACTIONS } from "../../sign_in/gateway/actions.ts";
import { goZeroKnowledge, rotateKey } from "../_support/device.ts";
import { signIn } from "../_support/test_backend.ts";
import { makeTeam } from "../_support/team.ts";
import { type Apps, createApps, openVault, signedIn } from "../history/_activity.ts";
import { askSeen, exported, grantsOf, noted, pushRows, seen, startChain } from "./_ledger_rows.ts";

/** The gateways of these tests write nothing themselves. */
const OFF = { LEDGER: "off" };
const DAY_MS = 24 * 60 * 60_000;
const UUIDS = Array.from({ length: 250 }, () => crypto.randomUUID());

Deno.test("ledger: a call is told with its app, its tool in words, how many records of what, which fields, in which space", async () => {
  await using world = await createApps(OFF);
  const family = await makeTeam(world, world.own);
  const chain = await startChain(world, "a");
  const app = await chain.pseudonymOf(world.claude.key);
  const at = world.clock.now;
  const [row] = await chain.note([
    noted({
      at: at - 3_000,
      grant: "grant-1",
      app,
      read: [
        { c: "notes/notes", s: `_personal:${world.own.id}`, f: ["title", "isPinned"], ids: UUIDS },
        { c: "journal/journalEntries", s: family, f: ["entryDate"], ids: ["entry-1"] },
      ],
      looked: [{ c: "notes/notes", count: 300 }],
    }),
    noted({
      at: at - 2_000,
      wrote: [{ c: "notes/notes", id: "n", op: "insert", at: "" }],
      read: [],
      tool: "notes.create",
    }),
    noted({ at: at - 1_000, app: "f".repeat(32), grant: "grant-9", tool: "gone.tool", outcome: "refused" }),
  ]);
  assert.ok(row);
  const { entries, head, ...rest } = await seen(world);
  assert.deepEqual(head, { chain: "a".padEnd(32, "0"), seq: 0, hash: hashRow(row) });
  assert.deepEqual(rest, {
    hasMore: false,
    oldest: new Date(at - 3_000).toISOString(),
    documents: {},
    gaps: 0,
    unreadable: 0,
    broken: 0,
    state: "off",
  });
  assert.deepEqual(
    entries.map(({ app, isOwn, tool, toolTitle, module, moduleLabel, outcome, wrote }) => [
      app,
      isOwn,
      tool,
      toolTitle,
      module,
      moduleLabel,
      outcome,
      wrote,
    ]),
    [
      [null, false, "gone.tool", null, "gone", "gone", "refused", 0],
      [null, true, "notes.create", "Create a note", "notes", "Notes", "done", 1],
      [world.claude.key, false, "notes.search", "Search notes", "notes", "Notes", "done", 0],
    ],
  );
  assert.deepEqual(entries[2]?.looked, [{ collection: "notes/notes", record: "note", count: 300 }]);
  assert.deepEqual(entries[2]?.read, [
    {
      collection: "notes/notes",
      record: "note",
      space: { id: world.own.personalSpace, name: "anna", kind: "personal" },
      fields: ["title", "is pinned"],
      count: 250,
      ids: UUIDS.slice(0, 20),
    },
    {
      collection: "journal/journalEntries",
      record: "journal entry",
      space: { id: family, name: entries[2]?.read[1]?.space.name, kind: "shared" },
      fields: ["entry date"],
      count: 1,
      ids: ["entry-1"],
    },
  ]);
});

Deno.test("ledger: filtered by app, own token, module and time; an app that is not the person's finds nothing", async () => {
  await using world = await createApps(OFF);
  const chain = await startChain(world, "a");
  const [claude, other] = await Promise.all([
    chain.pseudonymOf(world.claude.key),
    chain.pseudonymOf(world.other.key),
  ]);
  const at = world.clock.now;
  await chain.note([
    noted({ at: at - 4_000, grant: "1", app: claude }),
    noted({ at: at - 3_000, grant: "2", app: other, tool: "todo.list" }),
    noted({ at: at - 2_000 }),
    noted({ at: at - 1_000, grant: "1", app: claude, tool: "journal.list" }),
  ]);
  const tools = async (changes: Parameters<typeof seen>[1]) =>
    (await seen(world, changes)).entries.map(({ tool }) => tool);
  assert.deepEqual(await tools({ app: world.claude.key }), ["journal.list", "notes.search"]);
  assert.deepEqual(await tools({ app: world.other.key, apps: [] }), ["todo.list"]);
  assert.deepEqual(await tools({ app: "" }), ["notes.search"]);
  assert.deepEqual(await tools({ app: "somebody else's" }), []);
  assert.deepEqual(await tools({ module: "notes" }), ["notes.search", "notes.search"]);
  assert.deepEqual(await tools({ module: "notes", app: world.claude.key }), ["notes.search"]);
  const time = (ms: number) => new Date(ms).toISOString();
  assert.deepEqual(await tools({ since: time(at - 3_000), until: time(at - 1_000) }), [
    "notes.search",
    "todo.list",
  ]);
});

Deno.test("ledger: older pages follow without a call twice or none, also of one instant; a call in many rows is one", async () => {
  await using world = await createApps(OFF);
  const chain = await startChain(world, "a");
  const start = world.clock.now - 1_000_000;
  const all: string[] = [];
  // Every seventh call is of the same instant as the one before, so that some page ends between two of them.
  for (let i = 0, at = start; i < 330; i++) {
    if (i % 7 !== 0) at += 1_000;
    const call = noted({ at });
    all.push(call.call);
    await chain.note([call]);
  }
  const ids = Array.from({ length: 2_000 }, () => crypto.randomUUID());
  const long = noted({ at: world.clock.now, read: [{ c: "notes/notes", s: "", f: ["title"], ids }] });
  const rows = await chain.note([long]);
  assert.ok(rows.length > 1, "the call takes several rows");
  const found: string[] = [];
  let page = await seen(world);
  assert.deepEqual(page.entries[0]?.read.map(({ count, ids }) => [count, ids.length]), [[2_000, 20]]);
  found.push(...page.entries.map(({ call }) => call));
  while (page.hasMore) {
    assert.ok(page.entries.length <= 50 && page.oldest !== null);
    page = await seen(world, { until: page.oldest });
    found.push(...page.entries.map(({ call }) => call));
  }
  assert.deepEqual(found.toSorted(), [...all, long.call].toSorted());
});

Deno.test("ledger: what an app could have read is in words, also where it was told long before the window", async () => {
  await using world = await createApps(OFF);
  const chain = await startChain(world, "a");
  const app = await chain.pseudonymOf(world.claude.key);
  const document = {
    type: "mana_records",
    v: 1,
    tz: "Europe/Berlin",
    until: 1_900_000_000,
    rules: [
      {
        collection: "journal/journalEntries",
        access: ["read"],
        spaces: ["personal"],
        where: [
          { field: "entryDate", op: "gte", value: "-P30D" },
          { field: "tags", op: "any", value: ["work", "<b>"] },
          { via: "notes/noteTags", on: "noteId", field: "tagId", op: "none", value: [crypto.randomUUID()] },
        ],
        fields: ["entryDate", "mood"],
      },
      { collection: "*", access: ["read", "write"] },
    ],
  };
  const scope = "journal:read notes:read";
  const narrowed = { scope, document: JSON.stringify(document) };
  const grants = grantsOf({ scope, document: null }, narrowed, { scope, document: "" });
  const [alone = "", within = "", broken = ""] = grants.keys();
  await chain.note([], { grants });
  await later(world, 40 * DAY_MS);
  const again = await startChain(world, "b");
  const at = world.clock.now - 1_000;
  const of = (allowed: string, after: number) => noted({ at: at + after, grant: "g", app, allowed });
  await again.note([of(alone, 1), of(within, 2), of(broken, 3), of("e".repeat(64), 4)]);
  const { entries, documents } = await seen(world);
  assert.deepEqual(entries.map(({ allowed }) => allowed), ["e".repeat(64), broken, within, alone]);
  const scopes = ["journal:read", "notes:read"];
  assert.deepEqual(documents, {
    [alone]: { scopes, rules: null, isUnreadable: false, until: null },
    [broken]: { scopes, rules: null, isUnreadable: true, until: null },
    [within]: {
      scopes,
      isUnreadable: false,
      until: "2030-03-17T17:46:40.000Z",
      rules: [
        {
          collection: "journal/journalEntries",
          record: "journal entry",
          access: ["read"],
          isBlind: false,
          spaces: [{ id: world.own.personalSpace, name: "anna", kind: "personal" }],
          where: [
            "entry date: from 30 days before the day of the call on",
            "tags: one of work, <b>",
            "tag of a note: none of 1 chosen one",
          ],
          fields: ["entry date", "mood"],
        },
        {
          collection: "*",
          record: "",
          access: ["read", "write"],
          isBlind: false,
          spaces: null,
          where: [],
          fields: null,
        },
      ],
    },
  });
});

Deno.test("ledger: gaps are counted in the days that are looked at", async () => {
  await using world = await createApps(OFF);
  const chain = await startChain(world, "a");
  await chain.note([noted({ at: world.clock.now })], { gap: 3 });
  await later(world, 1.5 * DAY_MS);
  await chain.note([], { gap: 4 });
  assert.equal((await seen(world)).gaps, 7);
  const since = new Date(world.clock.now - DAY_MS).toISOString();
  assert.equal((await seen(world, { since })).gaps, 4);
});

Deno.test("ledger: a planted row is never shown, and is told: another key, another place, another form, another space", async () => {
  await using world = await createApps(OFF);
  const chain = await startChain(world, "a");
  const at = world.clock.now;
  const mine = noted({ at });
  const [first] = await chain.note([mine]);
  assert.ok(first);
  const count = async () => {
    const { entries, unreadable, broken } = await seen(world);
    const told = entries.map(({ call, read }) => [call, read[0]?.count]);
    assert.deepEqual(told, [[mine.call, 2]], "only what is proved, and once");
    return [unreadable, broken];
  };
  assert.deepEqual(await count(), [0, 0]);
  // The same row once more: an answer was lost.
  await pushRows(world, [first]);
  assert.deepEqual(await count(), [0, 0]);
  const forged = await rowOfOtherKey(world, first.chain.replace("a", "b"), at);
  await pushRows(world, [forged]);
  assert.deepEqual(await count(), [1, 0]);
  // A body that was good in its own row.
  const moved = { ...first, chain: first.chain.replace("a", "c") };
  await pushRows(world, [moved]);
  assert.deepEqual(await count(), [2, 0]);
  await pushRows(world, [{ ...first, chain: "not a chain" }]);
  assert.deepEqual(await count(), [3, 0]);
  const fields = { body: { value: forged.body, at: first.createdAt, updatedAt: first.createdAt } };
  await pushRows(world, [first], { op: "update", data: undefined, fields });
  assert.deepEqual(await count(), [4, 0]);
  await pushRows(world, [first], { op: "delete", data: undefined });
  assert.deepEqual(await count(), [5, 0]);
  // In a space of several people, whose members receive it. It is none of the person's own.
  const family = await makeTeam(world, world.own);
  await pushRows(world, [{ ...forged, chain: forged.chain.replace("b", "d") }], { spaceId: family });
  assert.deepEqual(await count(), [5, 0]);
  // Times in clear are anybody's: a row that claims another one is told all the same.
  await pushRows(world, [{ ...forged, seq: 7, createdAt: "2019-01-01T00:00:00.000Z" }]);
  assert.deepEqual(await count(), [6, 1]);
});

Deno.test("ledger: a row that was taken out, altered or put in another order is told on the page", async () => {
  await using world = await createApps(OFF);
  const chain = await startChain(world, "a");
  await chain.note([noted({ at: world.clock.now })]);
  await chain.next("{}");
  const lost = await chain.next(JSON.stringify({ at: 0, entries: [], seen: {}, grants: {}, window: {} }));
  await pushRows(world, [{ ...lost, seq: 2, prev: hashRow(lost) }]);
  const { broken, unreadable } = await seen(world);
  assert.deepEqual([broken, unreadable], [1, 1]);
});

Deno.test("ledger: an older page does not read what came long after it", async () => {
  await using world = await createApps(OFF);
  const chain = await startChain(world, "a");
  const call = noted({ at: world.clock.now });
  await chain.note([call]);
  const until = new Date(world.clock.now + 1).toISOString();
  await later(world, 5 * DAY_MS);
  const one = await rowOfOtherKey(world, "b".padEnd(32, "0"), world.clock.now);
  await pushRows(world, Array.from({ length: 2_100 }, (_, seq) => ({ ...one, seq })));
  let portions = 0;
  world.intercept = ({ url }) => void (portions += Number(url.includes("/sync/mcp/pull?collection=ledger")));
  const { entries, unreadable, head } = await seen(world, { until });
  assert.deepEqual([entries.map((entry) => entry.call), unreadable, portions], [[call.call], 0, 2]);
  assert.equal(head, null, "what is newest was not read");
});

Deno.test("ledger: after the key was replaced older rows are told, not shown; without any key nothing is", async () => {
  await using world = await createApps(OFF);
  const chain = await startChain(world, "a");
  await chain.note([noted({ at: world.clock.now })]);
  assert.equal((await seen(world)).entries.length, 1);
  await rotateKey(world, world.own);
  await later(world, DAY_MS / 24);
  const anew = await startChain(world, "b");
  const call = noted({ at: world.clock.now });
  await anew.note([call]);
  const { entries, unreadable, broken } = await seen(world);
  assert.deepEqual([entries.map(({ call }) => call), unreadable, broken], [[call.call], 1, 0]);
  await goZeroKnowledge(world, world.own);
  await later(world, DAY_MS / 24);
  const { state, ...rest } = await seen(world);
  assert.deepEqual([state, rest.entries, rest.unreadable], ["no-key", [], 0]);
});

Deno.test("ledger: somebody else is told nothing of it, and what is asked in another form is refused", async () => {
  await using world = await createApps(OFF);
  const chain = await startChain(world, "a");
  await chain.note([noted({ at: world.clock.now })]);
  await world.personWithBrowser("ben");
  const ben = await signIn(world, "ben@mana.test");
  await openVault(world, ben);
  const asBen = Object.assign(Object.create(world), { own: Object.assign(ben, { personalSpace: "" }) });
  const { entries, state } = await seen(asBen);
  assert.deepEqual([entries, state], [[], "off"]);
  assert.deepEqual((await exported(asBen)).map((lines) => lines.length), [1], "whose it is, and no row");
  const now = new Date(world.clock.now).toISOString();
  for (
    const wrong of [
      { since: now, until: now },
      { since: "yesterday" },
      { app: "x".repeat(1_025) },
      { module: "x".repeat(65) },
      { apps: Array.from({ length: 201 }, String) },
      { more: true },
    ]
  ) {
    const asked = await askSeen(world, wrong);
    assert.deepEqual(asked, { ok: false, fault: "refused", code: "input" }, JSON.stringify(wrong));
  }
  for (const after of ["", "now", "x".repeat(2_049), `${now}`]) {
    const asked = await world.backend.pages?.show(signedIn(world.own), GATEWAY_ACTIONS.ledgerExport, {
      after,
    });
    assert.deepEqual(asked, { ok: false, fault: "refused", code: "input" }, after);
  }
  world.intercept = ({ url }) =>
    url.includes("/sync/mcp") ? new Response("down", { status: 503 }) : undefined;
  assert.deepEqual(await askSeen(world), { ok: false, fault: "refused", code: "sync-down" });
});

Deno.test("ledger: the download has every row once, in its order, with the ids written out, and marks what does not open", async () => {
  await using world = await createApps(OFF);
  const chain = await startChain(world, "a");
  const at = world.clock.now;
  const read = [{ c: "notes/notes", s: "", f: ["title"], ids: UUIDS }];
  const [first] = await chain.note([noted({ at, read })]);
  assert.ok(first);
  const rows = [];
  for (let i = 0; i < 1_250; i++) rows.push(await rowOfOtherKey(world, "b".padEnd(32, "0"), at, i));
  await pushRows(world, rows);
  await pushRows(world, [{ ...first, chain: "no chain" }]);
  const pieces = await exported(world);
  assert.ok(pieces.every((lines) => lines.length <= 201));
  const [head = "", ...texts] = pieces.flat();
  assert.deepEqual(JSON.parse(head), { ledger: 1, person: world.own.id, sync: "as the gateway reads it" });
  const lines = texts.map((line) => Line.parse(JSON.parse(line)));
  assert.deepEqual(
    lines.map(({ id }) => id),
    [rowId(first.chain, 0), ...rows.map(({ chain, seq }) => rowId(chain, seq)), rowId("no chain", 0)],
  );
  assert.deepEqual(lines[0]?.opened?.entries[0]?.read, read);
  assert.ok(lines.slice(1).every(({ opened }) => opened === null));
  const file = parseExport([head, ...texts].join("\n"));
  assert.ok(file, "the verifier takes the file");
  assert.deepEqual(file.changes.map((change) => ledgerRowOf(change)), [first, ...rows, null]);
  const verified = await verifyLedger({
    changes: file.changes,
    subject: file.whose.person,
    key: null,
    pins: null,
  });
  assert.equal(verified.rowCount, 1 + rows.length);
});

const Line = z.looseObject({
  id: z.string(),
  opened: z.looseObject({ entries: z.array(z.looseObject({ read: z.unknown() })) }).nullable(),
});

/** A row that looks right to whoever has no key: sealed with a key that is none of the person's. */
async function rowOfOtherKey({ own, clock }: Apps, chain: string, at: number, seq = 0) {
  const keys = createMasterKeys();
  const master = await keys.import(hide(new Uint8Array(32).toBase64()));
  assert.ok(master);
  const key = await keys.sealingKey(master, "mana-mcp/ledger/v1");
  const place = { subject: own.id, table: "ledger", recordId: rowId(chain, seq), field: "body" };
  const text = JSON.stringify({ at, entries: [noted({ at })], seen: {}, grants: {}, window: {} });
  const createdAt = new Date(clock.now).toISOString();
  return { chain, seq, prev: "0".repeat(64), body: await sealText(key, place, text), createdAt };
}

/** Lets time pass, after which the person has another token. */
async function later(world: Apps, ms: number): Promise<void> {
  world.clock.now += ms;
  const { token } = await signIn(world, "anna@mana.test");
  Object.assign(world.own, { token });
}
