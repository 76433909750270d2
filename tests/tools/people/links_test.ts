import assert from "node:assert/strict";
import { createConnected } from "../../_support/connected.ts";
import { connect } from "../../_support/oauth_flow.ts";
import { pullAll, pushInsert, type WireTable, withoutPush } from "../../_support/device.ts";
import { recordOf } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { signIn } from "../../_support/test_backend.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";
import { deleteRefused, deleteWithYes } from "./_deleting.ts";

const LINKS: WireTable = { app: "links", table: "links" };

interface Shown {
  readonly id: string;
  readonly linkType: string;
  readonly from: { readonly module: string; readonly id: string };
  readonly to: { readonly module: string; readonly id: string };
}

async function links(
  world: World,
  person: Person,
  args: Record<string, unknown> = {},
): Promise<readonly Shown[]> {
  return Object((await callOk(world, person, "links_list", args)).links);
}

/** A note and a contact of Anna's, as ends of links. */
async function ends(world: World, anna: Person) {
  const note = recordOf(await callOk(world, anna, "notes_create", { title: "Plan" }), "note").id;
  const contact = String((await callOk(world, anna, "contacts_create", { firstName: "Ida" })).id);
  return { note: { module: "notes", id: note }, contact: { module: "contacts", id: contact } };
}

Deno.test("links.save: two rows of one pair, the other way round, and no copy of a title", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { note, contact } = await ends(world, anna);
  const { id, changed } = await callOk(world, anna, "links_save", {
    from: note,
    to: contact,
    linkType: "blocks",
  });
  assert.equal(changed, true);
  const rows = (await pullAll(world, anna, LINKS)).map(({ data }) => data);
  assert.equal(rows.length, 2);
  assert.deepEqual(
    rows.map((row) => [row?.pairId, row?.direction, row?.linkType, row?.sourceId, row?.targetId]),
    [
      [id, "forward", "blocks", note.id, contact.id],
      [id, "reverse", "blocked-by", contact.id, note.id],
    ],
  );
  assert.deepEqual(
    rows.filter((row) => row !== undefined && ("cachedSource" in row || "cachedTarget" in row)),
    [],
  );
  assert.deepEqual(await links(world, anna), [{ id, linkType: "blocks", from: note, to: contact }]);
  assert.deepEqual(await links(world, anna, { module: "contacts", recordId: contact.id }), [
    { id, linkType: "blocked-by", from: contact, to: note },
  ]);
  assert.deepEqual(await links(world, anna, { module: "journal", recordId: contact.id }), []);
});

Deno.test("links.save: a link that is there is not made twice, whichever side it is told from", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { note, contact } = await ends(world, anna);
  const args = { from: note, to: contact, linkType: "parent" };
  const first = await callOk(world, anna, "links_save", args);
  await withoutPush(world, async () => {
    assert.deepEqual(await callOk(world, anna, "links_save", args), { id: first.id, changed: false });
    const turned = { from: contact, to: note, linkType: "child" };
    assert.deepEqual(await callOk(world, anna, "links_save", turned), { id: first.id, changed: false });
  });
  const other = await callOk(world, anna, "links_save", { ...args, linkType: "related" });
  assert.notEqual(other.id, first.id);
  // Both at the same time: the second sees what the first has made.
  const both = await Promise.all(
    [0, 1].map(() => callOk(world, anna, "links_save", { ...args, linkType: "reference" })),
  );
  assert.equal(new Set(both.map(({ id }) => id)).size, 1);
});

Deno.test("links.save: to-dos, journal entries and get-togethers can be linked as well", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const task = recordOf(await callOk(world, anna, "todo_create", { title: "Cake" }), "task").id;
  const entry = recordOf(await callOk(world, anna, "journal_add", { content: "Nice" }), "entry").id;
  const party = await callOk(world, anna, "events_create", { title: "Party", startDate: "2026-05-20T19:00" });
  const ends = [
    { module: "todo", id: task },
    { module: "journal", id: entry },
    { module: "events", id: String(party.id) },
  ];
  for (const [index, from] of ends.entries()) {
    await callOk(world, anna, "links_save", { from, to: ends[(index + 1) % ends.length] });
  }
  assert.equal((await links(world, anna, { module: "events", recordId: party.id })).length, 2);
});

Deno.test("links.save, links.list: records that are not there, and what makes no sense, are refused", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { note, contact } = await ends(world, anna);
  await withoutPush(world, async () => {
    const bad: [string, Record<string, unknown>, RegExp][] = [
      ["links_save", { from: note, to: note }, /to: a record cannot be linked to itself/],
      [
        "links_save",
        { from: note, to: { module: "journal", id: contact.id } },
        /no journal entry with the id/,
      ],
      [
        "links_save",
        { from: { module: "notes", id: "gone" }, to: contact },
        /no note with the id "gone" exists/,
      ],
      ["links_save", { from: note, to: { module: "wishes", id: "x" } }, /to\.module: /],
      ["links_save", { from: note, to: contact, linkType: "time-block" }, /linkType: /],
      ["links_list", { module: "notes" }, /give `module` and `recordId` together/],
    ];
    for (const [tool, args, words] of bad) assert.match(await callRefused(world, anna, tool, args), words);
  });
});

Deno.test("links.save: tells nobody whether a record is there which they may not read", async () => {
  await using world = await createConnected();
  const { access } = await connect(world, world.anna, { allow: ["links:read", "links:write", "notes:read"] });
  const { text } = await world.call(access, "links_save", {
    from: { module: "notes", id: "n" },
    to: { module: "contacts", id: "c" },
  });
  assert.match(text, /it also needs contacts:read; connect again and allow it/);
});

Deno.test("links.delete: both rows go, the records stay, and no row that only shares the id", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { note, contact } = await ends(world, anna);
  const { id } = await callOk(world, anna, "links_save", { from: note, to: contact });
  const stray = {
    pairId: id,
    direction: "reverse",
    linkType: "related",
    sourceApp: "todo",
    sourceCollection: "tasks",
  };
  await pushInsert(world, anna, LINKS, "stray", {
    ...stray,
    sourceId: "t",
    targetApp: "todo",
    targetCollection: "tasks",
    targetId: "u",
  });
  const { sentence, output } = await deleteWithYes(world, anna, "links_delete", { id });
  assert.match(
    sentence,
    new RegExp(`Delete the link "related: notes ${note.id}, contacts ${contact.id.slice(0, 8)}`),
  );
  assert.deepEqual(output, { ok: true, id });
  const deleted = (await pullAll(world, anna, LINKS)).filter(({ op }) => op === "delete").map((row) =>
    row.id
  );
  assert.equal(deleted.length, 2);
  assert.equal(deleted.includes("stray"), false);
  assert.deepEqual(await links(world, anna), []);
  await callOk(world, anna, "contacts_read", { id: contact.id });
  assert.match(
    await deleteRefused(world, anna, "links_delete", { id: "gone" }),
    /^No link with id "gone" exists in this space/,
  );
});

Deno.test("links: a row of another writer that lacks half of its fields is listed and deleted all the same", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, LINKS, "half", {
    sourceApp: "places",
    sourceCollection: "places",
    sourceId: "p",
  });
  assert.deepEqual(await links(world, anna), [{
    id: "half",
    linkType: "related",
    from: { module: "places/places", id: "p" },
    to: { module: "?/?", id: "" },
  }]);
  await deleteWithYes(world, anna, "links_delete", { id: "half" });
  assert.deepEqual(await links(world, anna), []);
});

Deno.test("links.list: what a client may not read has no links for it, in either direction", async () => {
  await using world = await createConnected();
  const account = await signIn(world, "anna@mana.test");
  const person = Object.assign(account, { personalSpace: `_personal:${account.id}` });
  const { access } = await connect(world, world.anna, { allow: ["links:read", "notes:read", "todo:read"] });
  const link = (id: string, targetApp: string, targetCollection: string, more = {}) =>
    pushInsert(world, person, LINKS, id, {
      pairId: id,
      direction: "forward",
      linkType: "related",
      sourceApp: "notes",
      sourceCollection: "notes",
      sourceId: "n",
      targetApp,
      targetCollection,
      targetId: "t",
      ...more,
    });
  await link("allowed", "todo", "tasks");
  await link("contact", "contacts", "contacts");
  await link("dream", "dreams", "dreams");
  await link("cycle", "notes", "notes", { sourceApp: "period", sourceCollection: "periods" });
  for (const args of [{}, { module: "notes", recordId: "n" }, { module: "notes", recordId: "t" }]) {
    const { text } = await world.call(access, "links_list", args);
    assert.doesNotMatch(text, /contact|dream|cycle|period/);
    assert.equal(text.includes("allowed"), args.recordId !== "t", text);
  }
});
