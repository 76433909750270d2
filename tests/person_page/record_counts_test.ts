/** How many records a choice would show: counted by the gateway's own rules, over plaintext alone, without opening anything. */
import assert from "node:assert/strict";
import { COLLECTIONS_PER_QUESTION } from "../../lib/kit/limits.ts";
import { type CountQuestion, GATEWAY_ACTIONS } from "../../sign_in/gateway/actions.ts";
import { JOURNAL, NOTES, pushInsert, pushUpdate, TASKS } from "../_support/device.ts";
import { makeTeam } from "../_support/team.ts";
import { act, type Apps, createApps, signedIn } from "../history/_activity.ts";

const JOURNAL_ENTRIES = "journal/journalEntries";
const NOTES_NOTES = "notes/notes";
const LABELS = { app: "notes", table: "noteTags" };

Deno.test("counts: by days, words and links, over all spaces of the person or some; private records of others and deleted ones do not count", async () => {
  await using world = await createScene();
  const { own, team } = world;
  assert.deepEqual(await counts(world, {}), [[JOURNAL_ENTRIES, 4, 4], [NOTES_NOTES, 2, 2]]);
  const narrowed = {
    rules: [
      { collection: "*", access: ["read"] },
      {
        collection: JOURNAL_ENTRIES,
        access: ["read"],
        where: [
          { field: "entryDate", op: "gte", value: "-P7D" },
          { field: "tags", op: "any", value: ["work"] },
        ],
      },
      {
        collection: NOTES_NOTES,
        access: ["read"],
        where: [{ via: "notes/noteTags", on: "noteId", field: "tagId", op: "any", value: ["tag-1"] }],
      },
    ],
  };
  assert.deepEqual(await counts(world, narrowed), [[JOURNAL_ENTRIES, 2, 4], [NOTES_NOTES, 1, 2]]);
  assert.deepEqual(await counts(world, narrowed, [team]), [[JOURNAL_ENTRIES, 1, 1], [NOTES_NOTES, 0, 0]]);
  assert.deepEqual(await counts(world, narrowed, [own.personalSpace, "not-hers"]), [
    [JOURNAL_ENTRIES, 1, 3],
    [NOTES_NOTES, 1, 2],
  ]);
  const personal = { rules: [{ collection: JOURNAL_ENTRIES, access: ["read"], spaces: ["personal"] }] };
  assert.deepEqual(await counts(world, personal), [[JOURNAL_ENTRIES, 3, 4], [NOTES_NOTES, 0, 2]]);
  // What nobody may read counts as not shown, and so does everything once the document is over.
  const write = { rules: [{ collection: JOURNAL_ENTRIES, access: ["write"], blind: true }] };
  assert.deepEqual(await counts(world, write), [[JOURNAL_ENTRIES, 0, 4], [NOTES_NOTES, 0, 2]]);
  const over = Math.floor(world.clock.now / 1000);
  assert.deepEqual(await counts(world, { until: over }), [[JOURNAL_ENTRIES, 0, 4], [NOTES_NOTES, 0, 2]]);
});

Deno.test("counts: the day is the day of the document's zone", async () => {
  await using world = await createApps();
  const today = new Date(world.clock.now).toISOString().slice(0, 10); // noon in UTC: already tomorrow at UTC+14
  const rule = (op: string) => [{
    collection: JOURNAL_ENTRIES,
    access: ["read"],
    where: [{ field: "entryDate", op, value: "P0D" }],
  }];
  await act(world, world.own, "journal.add", { content: "x", entryDate: today });
  const shown = async (tz: string) => (await counts(world, { tz, rules: rule("gte") }))[0]?.[1];
  assert.deepEqual([await shown("UTC"), await shown("Pacific/Kiritimati")], [1, 0]);
});

Deno.test("counts: nothing is opened and no key is asked for, whatever the document looks at", async () => {
  await using world = await createScene();
  const { subtle } = crypto;
  const { decrypt } = subtle;
  const opened: unknown[] = [];
  const vault = () => world.upstreamCalls.filter(({ url }) => url.includes("encryption-vault")).length;
  const before = vault();
  subtle.decrypt = (...given) => {
    opened.push(given);
    return decrypt.apply(subtle, given);
  };
  try {
    const fields = { collection: JOURNAL_ENTRIES, access: ["read"], fields: ["title", "content"] };
    assert.deepEqual((await counts(world, { rules: [fields] }))[0], [JOURNAL_ENTRIES, 4, 4]);
    assert.deepEqual(opened, []);
    assert.equal(vault(), before);
    // The spy sees what is opened: the names of tags are.
    await act(world, world.own, "tags.save", { name: "Work" });
    await world.backend.pages?.show(signedIn(world.own), GATEWAY_ACTIONS.recordsTags, { collections: [] });
    assert.ok(opened.length > 0);
  } finally {
    subtle.decrypt = decrypt;
  }
});

Deno.test("counts: a table that cannot be read, or one that decides about it, is told as missing", async () => {
  await using world = await createScene();
  const linked = {
    rules: [{
      collection: NOTES_NOTES,
      access: ["read"],
      where: [{ via: "notes/noteTags", on: "noteId", field: "tagId", op: "any", value: ["tag-1"] }],
    }],
  };
  world.intercept = ({ url }) => url.includes("noteTags") ? new Response("", { status: 503 }) : undefined;
  assert.deepEqual(await ask(world, linked), {
    ok: true,
    answer: { counts: [{ collection: JOURNAL_ENTRIES, shown: 0, all: 4 }], missing: [NOTES_NOTES] },
  });
  world.clock.now += 60_000; // what was read a moment ago is not read again
  world.intercept = ({ url }) => url.includes("/sync/") ? new Response("", { status: 503 }) : undefined;
  assert.deepEqual(await ask(world, {}), { ok: false, fault: "refused", code: "sync-down" });
});

Deno.test("counts: a document that the gateway does not understand is refused, and so is a question of another form", async () => {
  await using world = await createApps();
  const refused = { ok: false, fault: "refused", code: "input" };
  for (
    const document of [
      { v: 0 },
      { v: 2 },
      { type: "other" },
      { tz: "Mars/Base" },
      { more: true },
      { rules: [{ collection: "no/such", access: ["read"] }] },
      { rules: [{ collection: JOURNAL_ENTRIES, access: ["see"] }] },
      {
        rules: [{
          collection: JOURNAL_ENTRIES,
          access: ["read"],
          where: [{ field: "content", op: "eq", value: "x" }],
        }],
      },
      {
        rules: [{
          collection: JOURNAL_ENTRIES,
          access: ["read"],
          where: [{ field: "entryDate", op: "gte", value: "P7D" }],
        }],
      },
      { rules: [{ collection: "*", access: ["read"] }, { collection: "*", access: ["read"] }] },
    ]
  ) assert.deepEqual(await ask(world, document), refused, JSON.stringify(document));
  const many = Array.from({ length: COLLECTIONS_PER_QUESTION + 1 }, (_, index) => `app/t${index}`);
  for (const collections of [many, ["notes"], ["*"]]) {
    assert.deepEqual(await ask(world, {}, { collections }), refused);
  }
});

async function createScene() {
  const world = await createApps();
  const { own } = world;
  const ben = await world.person("ben");
  const team = await makeTeam(world, own, ben);
  const day = (days: number) =>
    new Date(world.clock.now - days * 24 * 60 * 60_000).toISOString().slice(0, 10);
  await act(world, own, "journal.add", { content: "x", entryDate: day(1), tags: ["work"] });
  await act(world, own, "journal.add", { content: "x", entryDate: day(2), tags: ["home"] });
  await act(world, own, "journal.add", { content: "x", entryDate: day(30), tags: ["work"] });
  const shared = { spaceId: team, entryDate: day(1), tags: ["work"] };
  await pushInsert(world, ben, JOURNAL, "bens", { ...shared, authorId: ben.id });
  await pushInsert(world, ben, JOURNAL, "private", { ...shared, authorId: ben.id, visibility: "private" });
  await pushInsert(world, own, JOURNAL, "deleted", { entryDate: day(1), tags: ["work"] });
  await pushUpdate(world, own, JOURNAL, "deleted", { deletedAt: new Date(world.clock.now).toISOString() });
  for (const id of ["note-1", "note-2"]) await pushInsert(world, own, NOTES, id, { title: "x", content: "" });
  await pushInsert(world, own, LABELS, "label", { noteId: "note-1", tagId: "tag-1" });
  await pushInsert(world, own, TASKS, "task", { title: "x" });
  return Object.assign(world, { team });
}

function ask(
  { backend, own }: Apps,
  document: Record<string, unknown>,
  changes: Partial<CountQuestion> = {},
) {
  assert.ok(backend.pages);
  return backend.pages.show(signedIn(own), GATEWAY_ACTIONS.recordsCount, {
    document: {
      type: "mana_records",
      v: 1,
      tz: "UTC",
      until: null,
      rules: [{ collection: "*", access: ["read"] }],
      ...document,
    },
    collections: [JOURNAL_ENTRIES, NOTES_NOTES],
    within: null,
    ...changes,
  });
}

async function counts(
  world: Apps,
  document: Record<string, unknown>,
  within: readonly string[] | null = null,
) {
  const asked = await ask(world, document, { within });
  assert.ok(asked.ok, JSON.stringify(asked));
  assert.deepEqual(asked.answer.missing, []);
  return asked.answer.counts.map(({ collection, shown, all }) => [collection, shown, all]);
}
