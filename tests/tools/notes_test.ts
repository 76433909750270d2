import assert from "node:assert/strict";
import { lastChange, masterKey, NOTES, open, pushesOf, withoutPush } from "../_support/device.ts";
import { listed, recordOf, titles } from "../_support/listed.ts";
import { callOk, callRefused } from "../_support/mcp.ts";
import { createWorld } from "../_support/world.ts";

Deno.test("notes.create: defaults are filled in and the result is the stored note", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const note = recordOf(await callOk(world, anna, "notes_create", { title: "Idea" }), "note");
  const { id, createdAt, updatedAt, ...values } = note;
  assert.match(id, /^[0-9a-f-]{36}$/);
  assert.equal(updatedAt, createdAt);
  assert.deepEqual(values, { title: "Idea", content: "", color: null, isPinned: false, isArchived: false });
  const { content, ...rest } = note;
  assert.deepEqual((await listed(world, anna, "notes_search")).rows, [{ ...rest, snippet: content }]);
  assert.deepEqual(await callOk(world, anna, "notes_read", { id }), { note, contentChars: 0 });
});

Deno.test("notes.create: title and content are sealed, an empty content too, the rest is plain", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const given = { title: "Idea", color: "#fde68a", isPinned: true };
  const { id, createdAt } = recordOf(await callOk(world, anna, "notes_create", given), "note");
  const change = await lastChange(world, anna, NOTES, id);
  const { title, content, ...plain } = change.data ?? assert.fail();
  const key = await masterKey(world, anna);
  assert.equal(await open(key, title), "Idea");
  assert.equal(await open(key, content), "");
  assert.deepEqual(plain, {
    color: "#fde68a",
    isPinned: true,
    isArchived: false,
    id,
    spaceId: anna.personalSpace,
    authorId: anna.id,
    visibility: "space",
    createdAt,
    updatedAt: createdAt,
  });
  assert.deepEqual([change.spaceId, change.actor?.kind, change.actor?.rationale, change.origin], [
    anna.personalSpace,
    "ai",
    "notes.create",
    "agent",
  ]);
});

Deno.test("notes.create: the same text twice is sealed differently", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const seen = new Set<unknown>();
  for (let round = 0; round < 3; round++) {
    const { id } = recordOf(
      await callOk(world, anna, "notes_create", { title: "same", content: "same" }),
      "note",
    );
    const { data } = await lastChange(world, anna, NOTES, id);
    seen.add(data?.title).add(data?.content);
  }
  assert.equal(seen.size, 6);
});

Deno.test("notes.create: arguments outside their bounds are refused by name and nothing is pushed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const bad: [Record<string, unknown>, RegExp][] = [
    [{}, /title: is missing/],
    [{ title: "" }, /title: expected at least one visible character/],
    [{ title: "x".repeat(501) }, /title: expected at most 500/],
    [{ title: "a", content: "x".repeat(200_001) }, /content: expected at most 200000/],
    [{ title: "a", content: ["x"] }, /content: expected text/],
    [{ title: "a", color: "yellow" }, /color: /],
    [{ title: "a", isPinned: 1 }, /isPinned: expected true or false/],
    [{ title: "a", body: "x" }, /unknown argument "body"/],
  ];
  await withoutPush(world, async () => {
    for (const [args, words] of bad) {
      const message = await callRefused(world, anna, "notes_create", args);
      assert.match(message, words);
      assert.ok(message.length < 300, "the refusal repeats the argument");
    }
  });
});

Deno.test("notes.create: 200,000 characters are stored whole; results show the beginning and say so", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  // The limit of a listed field falls inside an emoji, which must not be cut in half.
  const content = `${"x".repeat(19_999)}👩‍👩‍👧${"ß".repeat(179_993)}`;
  assert.equal(content.length, 200_000);
  const note = recordOf(await callOk(world, anna, "notes_create", { title: "Long", content }), "note");
  assert.deepEqual([note.content, note.clipped], ["x".repeat(19_999), ["content"]]);
  const { data } = await lastChange(world, anna, NOTES, note.id);
  assert.equal(await open(await masterKey(world, anna), data?.content), content);
  const { rows: [row], hasMore } = await listed(world, anna, "notes_search");
  assert.deepEqual([row?.snippet, row?.clipped, hasMore], [`${"x".repeat(160)}…`, undefined, false]);
  assert.deepEqual(await titles(world, anna, "notes_search", { query: "👧ßß" }), ["Long"]);
});

Deno.test("todo.list: a listing stays below what clients take and tells that there is more", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (let round = 0; round < 8; round++) {
    await callOk(world, anna, "todo_create", { title: `t${round}`, description: "y".repeat(10_000) });
  }
  const { rows, hasMore, nextCursor } = await listed(world, anna, "todo_list");
  assert.equal(hasMore, true);
  assert.equal(rows.length, 3);
  assert.ok(JSON.stringify(rows).length <= 40_000);
  const rest = await listed(world, anna, "todo_list", { cursor: nextCursor });
  assert.deepEqual(rest.rows.map(({ title }) => title), ["t3", "t4", "t5"], "goes on with the very next");
  const last = await listed(world, anna, "todo_list", { cursor: rest.nextCursor });
  assert.deepEqual(last.rows.map(({ title }) => title), ["t6", "t7"]);
  assert.deepEqual([last.hasMore, last.nextCursor], [false, undefined]);
});

Deno.test("notes.create: U+0000 is refused with the field's name and nothing is pushed", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await withoutPush(world, async () => {
    assert.equal(
      await callRefused(world, anna, "notes_create", { title: "a\0b" }),
      "The value of title cannot be stored: it contains the character U+0000.",
    );
    assert.equal(
      await callRefused(world, anna, "notes_create", { title: "a", content: "\0" }),
      "The value of content cannot be stored: it contains the character U+0000.",
    );
    assert.equal(
      await callRefused(world, anna, "habits_create", { title: "a\0" }),
      "The value of title cannot be stored: it contains the character U+0000.",
    );
  });
});

Deno.test("notes.create: text that would be taken for ciphertext is refused in sealed fields", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const words = (field: string) =>
    `The value of ${field} cannot be stored: text that starts with \`enc:\` is taken for ciphertext, ` +
    "put something before it.";
  const cases: [string, Record<string, unknown>, string][] = [
    ["notes_create", { title: "enc:1:AAAA.BBBB" }, "title"],
    ["notes_create", { title: "a", content: "enc:1:" }, "content"],
    ["notes_create", { title: "a", content: "enc:2:x" }, "content"],
    ["todo_create", { title: "enc:1:x" }, "title"],
    ["todo_create", { title: "a", description: "enc:1:x" }, "description"],
    ["journal_add", { content: "enc:1:x" }, "content"],
    ["journal_add", { content: "a", title: "enc:1:x" }, "title"],
  ];
  await withoutPush(world, async () => {
    for (const [tool, args, field] of cases) {
      assert.equal(await callRefused(world, anna, tool, args), words(field));
    }
  });
  await callOk(world, anna, "notes_create", { title: " enc:1:AAAA.BBBB", content: "see enc:1:x" });
  assert.deepEqual(await titles(world, anna, "notes_search"), [" enc:1:AAAA.BBBB"]);
});

Deno.test("text comes back as it was given: emoji, right-to-left, line ends, byte order mark", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const texts = ["👩‍👩‍👧 ☕", "שלום", "a\r\nb\tc\n", "\uFEFFbom", '"\\/\b', "\u2028x\u2029"];
  for (const text of texts) {
    const note = recordOf(await callOk(world, anna, "notes_create", { title: text, content: text }), "note");
    assert.deepEqual([note.title, note.content], [text, text]);
    const read = recordOf(await callOk(world, anna, "notes_read", { id: note.id }), "note");
    assert.deepEqual([read.id, read.title, read.content], [note.id, text, text]);
    const { rows: [row] } = await listed(world, anna, "notes_search", { limit: 1 });
    assert.deepEqual([row?.id, row?.title], [note.id, text]);
  }
  const habit = recordOf(await callOk(world, anna, "habits_create", { title: "👩‍👩‍👧 שלום" }), "habit");
  assert.deepEqual((await listed(world, anna, "habits_list")).rows, [habit]);
});

Deno.test("notes.create: one call is one push of one change, under the writer's name and never the reader's", async () => {
  await using world = await createWorld({ env: { LEDGER: "off" } });
  const anna = await world.person("anna");
  await callOk(world, anna, "notes_create", { title: "Idea" });
  await callOk(world, anna, "notes_search");
  const [push, ...others] = pushesOf(world);
  assert.equal(others.length, 0);
  assert.equal(push?.headers.get("x-client-id"), "mana-mcp");
  const pulls = world.upstreamCalls.filter(({ url }) => url.includes("/pull?"));
  assert.equal(pulls.length, 1);
  for (const { headers } of pulls) assert.notEqual(headers.get("x-client-id"), "mana-mcp");
});
