/** What a grant withholds can be found out in none of the ways in which other products tell it: each test is one of them. */
import assert from "node:assert/strict";
import { z } from "zod";
import { callTool, done, refusal } from "../approvals/_approvals.ts";
import { uriOf } from "../resources/_resources.ts";
import {
  JOURNAL,
  masterKey,
  NOTES,
  pullAll,
  pushInsert,
  pushUpdate,
  seal,
  TASKS,
} from "../_support/device.ts";
import { connect } from "../_support/oauth_flow.ts";
import { makeTeam } from "../_support/team.ts";
import type { NaiveRule } from "./_naive_model.ts";
import { callApp, createNarrowedWorld, type NarrowedWorld, WINDOW } from "./_narrowed_world.ts";

const ALL = ["read", "write", "destructive"];
const IN_WINDOW = [{ field: "createdAt", op: "gte", value: WINDOW }];
const within = (collection: string, more: Partial<NaiveRule> = {}): NaiveRule => ({
  collection,
  access: ALL,
  where: IN_WINDOW,
  ...more,
});
const BEFORE = { createdAt: "2026-01-05T10:00:00.000Z" };
const AFTER = { createdAt: "2026-02-27T10:00:00.000Z" };

/** A note of Anna's, sealed. */
async function note(
  world: NarrowedWorld,
  id: string,
  { title, content, ...data }: { readonly title: string; readonly content: string } & Record<string, unknown>,
): Promise<void> {
  const key = await masterKey(world, world.owner);
  const sealed = { title: await seal(key, title), content: await seal(key, content) };
  await pushInsert(world, world.owner, NOTES, id, { ...sealed, ...AFTER, ...data });
}

const list = (world: NarrowedWorld, name: string, args: Record<string, unknown> = {}) =>
  done(callTool(world, world.app, name, args));
const Notes = z.object({
  notes: z.array(z.looseObject({ id: z.string() })),
  hasMore: z.boolean(),
  unreadable: z.number(),
  nextCursor: z.string().optional(),
});
const search = async (world: NarrowedWorld, args: Record<string, unknown> = {}) =>
  Notes.parse(await list(world, "notes_search", args));

Deno.test("a search finds nothing by a withheld field, whether the words are in it or not", async () => {
  await using world = await createNarrowedWorld();
  await note(world, "a", { title: "Shopping", content: "a surprise for Ben" });
  world.narrow([{ collection: "notes/notes", access: ALL, fields: ["title"] }]);
  assert.deepEqual((await search(world, { query: "shopping" })).notes.map(({ id }) => id), ["a"]);
  const [hit, miss] = [
    await callApp(world, "notes_search", { query: "surprise" }),
    await callApp(world, "notes_search", { query: "nonsense" }),
  ];
  assert.equal(hit.text, miss.text);
  assert.deepEqual((await search(world, { query: "surprise" })).notes, []);
  // One word in the title, the other in the content.
  assert.deepEqual((await search(world, { query: "shopping surprise" })).notes, []);
  world.widen();
  assert.equal((await search(world, { query: "shopping surprise" })).notes.length, 1);
});

Deno.test("pages end where the admitted records end, and a cursor of a wider grant is none", async () => {
  await using world = await createNarrowedWorld();
  for (const id of ["a", "b", "c"]) await note(world, id, { title: id, content: id });
  for (const id of ["x", "y", "z"]) await note(world, id, { title: id, content: id, ...BEFORE });
  world.widen();
  const wide = await search(world, { limit: 2 });
  assert.equal(wide.hasMore, true);
  world.narrow([within("notes/notes")]);
  const first = await search(world, { limit: 2 });
  assert.equal(first.hasMore, true);
  const second = await search(world, { limit: 2, cursor: first.nextCursor });
  assert.deepEqual([second.notes.length, second.hasMore, second.nextCursor], [1, false, undefined]);
  const words = await refusal(
    callTool(world, world.app, "notes_search", { limit: 2, cursor: wide.nextCursor }),
  );
  assert.match(words, /cursor/);
});

Deno.test("what cannot be read counts where it is shown, not where it is withheld", async () => {
  await using world = await createNarrowedWorld();
  await note(world, "a", { title: "a", content: "a" });
  await pushUpdate(world, world.owner, NOTES, "a", { content: "enc:1:broken" });
  await pushInsert(world, world.owner, NOTES, "x", {
    title: "enc:1:broken",
    content: "enc:1:broken",
    ...BEFORE,
  });
  world.narrow([within("notes/notes", { fields: ["title"] })]);
  const { notes, unreadable } = await search(world);
  assert.equal(unreadable, 0);
  assert.deepEqual(notes.map(({ id, unreadable }) => [id, unreadable]), [["a", undefined]]);
  world.narrow([within("notes/notes")]);
  assert.equal((await search(world)).unreadable, 1);
});

Deno.test("completion and resources name admitted records alone, and count no others", async () => {
  await using world = await createNarrowedWorld();
  for (const id of ["aa", "ab"]) await note(world, id, { title: id, content: "the content" });
  await note(world, "a-outside-note", { title: "x", content: "x", ...BEFORE });
  world.narrow([within("notes/notes", { fields: ["title"] })]);
  const { personalSpace } = world.owner;
  const ask = async (method: string, params: Record<string, unknown>) =>
    JSON.parse(await (await world.rpc(world.app, method, params)).text());
  const { result } = await ask("completion/complete", {
    ref: { type: "ref/resource", uri: "mana://spaces/{space}/{module}/{id}" },
    argument: { name: "id", value: "a" },
    context: { arguments: { space: personalSpace, module: "notes" } },
  });
  assert.deepEqual(result.completion, { values: ["aa", "ab"], total: 2, hasMore: false });
  const read = async (id?: string) => await ask("resources/read", { uri: uriOf(personalSpace, "notes", id) });
  const [one, outside, unknown] = [
    await read("aa"),
    await read("a-outside-note"),
    await read("a-unknown-note"),
  ];
  assert.ok(JSON.stringify(one).includes("withheld"));
  assert.ok(!JSON.stringify([one, await read()]).includes("the content"));
  assert.ok(!JSON.stringify(await read()).includes("a-outside-note"));
  assert.equal(
    JSON.stringify(outside).replaceAll("a-outside-note", "a-unknown-note"),
    JSON.stringify(unknown),
  );
});

Deno.test("a new task comes behind the admitted ones: its number tells nothing of the others", async () => {
  await using world = await createNarrowedWorld();
  const key = await masterKey(world, world.owner);
  const title = await seal(key, "x");
  await pushInsert(world, world.owner, TASKS, "inside", { title, order: 4, ...AFTER });
  await pushInsert(world, world.owner, TASKS, "outside", { title, order: 199, ...BEFORE });
  world.narrow([within("todo/tasks")]);
  await done(callTool(world, world.app, "todo_create", { title: "New" }));
  const made = (await pullAll(world, world.owner, TASKS)).at(-1);
  assert.equal(made?.data?.["order"], 5);
});

Deno.test("unknown, foreign and not admitted are one answer, from every tool that takes an id", async () => {
  await using world = await createNarrowedWorld();
  await note(world, "outside", { title: "x", content: "x", ...BEFORE });
  const ben = await world.person("ben");
  await pushInsert(world, ben, NOTES, "foreign", { title: "x", content: "x" });
  const team = await makeTeam(world, world.owner);
  await note(world, "elsewhere", { title: "x", content: "x", spaceId: team });
  world.narrow([within("notes/notes")]);
  for (
    const [tool, args] of [
      ["notes_read", {}],
      ["notes_update", { title: "y" }],
      ["notes_append", { content: "y" }],
      ["notes_delete", {}],
    ] as const
  ) {
    const answers = await Promise.all(
      ["outside", "foreign", "elsewhere", "nowhere"].map(async (id) =>
        (await callApp(world, tool, { id, ...args })).text.replaceAll(id, "the id")
      ),
    );
    assert.equal(new Set(answers).size, 1, answers.join("\n"));
    assert.match(answers[0] ?? "", /No note with id/);
  }
});

Deno.test("a record that leaves the window is gone for the app, one that a linked record lets in is there", async () => {
  await using world = await createNarrowedWorld();
  const key = await masterKey(world, world.owner);
  const entry = { title: await seal(key, "Day"), content: await seal(key, "x"), isArchived: false };
  await pushInsert(world, world.owner, JOURNAL, "j", { ...entry, entryDate: "2026-02-20", tags: ["work"] });
  await note(world, "n", { title: "n", content: "n" });
  world.narrow([
    {
      collection: "journal/journalEntries",
      access: ALL,
      where: [{ field: "entryDate", op: "gte", value: "-P10D" }, {
        field: "tags",
        op: "any",
        value: ["work"],
      }],
    },
    {
      collection: "notes/notes",
      access: ALL,
      where: [{ via: "notes/noteTags", on: "noteId", field: "tagId", op: "any", value: ["t"] }],
    },
  ]);
  const shown = async () => [
    (await callApp(world, "journal_list")).text.includes('"j"'),
    (await callApp(world, "notes_search")).text.includes('"n"'),
  ];
  // 2026-03-01 and ten days back is 2026-02-19.
  assert.deepEqual(await shown(), [true, false]);
  await pushInsert(world, world.owner, { app: "notes", table: "noteTags" }, "nt", {
    noteId: "n",
    tagId: "t",
  });
  assert.deepEqual(await shown(), [true, true]);
  await pushUpdate(world, world.owner, { app: "notes", table: "noteTags" }, "nt", { tagId: "other" });
  await pushUpdate(world, world.owner, JOURNAL, "j", { tags: ["home"] });
  assert.deepEqual(await shown(), [false, false]);
  await pushUpdate(world, world.owner, JOURNAL, "j", { tags: ["home", "work"] });
  assert.deepEqual(await shown(), [true, false]);
  // The entry of the 20th is ten days old on the 2nd, and is gone on the 3rd: in Berlin, whatever zone the client names.
  world.clock.now = Date.parse("2026-03-02T22:50:00.000Z");
  const { access: token } = await connect(world, world.anna, { allow: ["journal:read"] });
  const listed = async () => (await callApp(world, "journal_list", {}, { token })).text.includes('"j"');
  assert.equal(await listed(), true);
  world.clock.now = Date.parse("2026-03-02T22:59:59.000Z");
  assert.equal(await listed(), true);
  world.clock.now = Date.parse("2026-03-02T23:00:00.000Z");
  assert.equal(await listed(), false);
});
