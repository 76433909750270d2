import assert from "node:assert/strict";
import { z } from "zod";
import {
  masterKey,
  NOTES,
  pushDelete,
  pushInsert,
  pushUpdate,
  rotateKey,
  seal,
  stampAt,
} from "../_support/device.ts";
import { listed, titles } from "../_support/listed.ts";
import { callOk, callRefused } from "../_support/mcp.ts";
import { createWorld } from "../_support/world.ts";

Deno.test("notes.search: pinned notes first, then the ones changed last", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (const id of ["a", "b", "c", "d"]) {
    await pushInsert(world, anna, NOTES, id, { title: id, isPinned: id === "a", createdAt: stampAt(world) });
  }
  assert.deepEqual(await titles(world, anna, "notes_search"), ["a", "d", "c", "b"]);
  world.clock.now += 60_000;
  await pushUpdate(world, anna, NOTES, "b", { content: "edited" });
  assert.deepEqual(await titles(world, anna, "notes_search"), ["a", "b", "d", "c"]);
});

Deno.test("notes.search: finds the query in title or content, in any case and either form of accents", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  const notes = { one: ["Einkauf", "Milch und CAFÉ"], two: ["Cafe\u0301 Central", ""], three: ["x", "y"] };
  for (const [id, [title, content]] of Object.entries(notes)) {
    await pushInsert(world, anna, NOTES, id, {
      title: await seal(key, title),
      content: await seal(key, content),
    });
  }
  const found = async (query: string) =>
    (await listed(world, anna, "notes_search", { query })).rows.map(({ id }) => id).sort();
  assert.deepEqual(await found("café"), ["one", "two"]);
  assert.deepEqual(await found("EINKAUF"), ["one"]);
  assert.deepEqual(await found("milch und"), ["one"]);
  assert.deepEqual(await found("y"), ["three"]);
  assert.deepEqual(await found(""), ["one", "three", "two"]);
  assert.deepEqual(await found("nowhere"), []);
  assert.deepEqual(await found(".*"), []);
});

Deno.test("notes.search: typed quotes, dashes and phrases find what a word processor has written, with the snippet at the match", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  const lead = "„Über“ \u00ad– ".repeat(60);
  const content = `${lead}it’s a well‐known so\u00adft secret,\n\n  told “twice” here`;
  await pushInsert(world, anna, NOTES, "n", {
    title: await seal(key, "Memo"),
    content: await seal(key, content),
  });
  for (
    const [query, match] of [
      ["it's", "it’s a"],
      ["IT‘S", "it’s a"],
      ["well-known", "well‐known"],
      ["soft", "so\u00adft"],
      ['"secret, told"', "secret, told"],
      ['»told "twice"«', "told “twice”"],
      ['memo "a well—known"', "a well‐known"],
    ] as const
  ) {
    const { notes: [hit] } = z.object({
      notes: z.array(z.looseObject({ id: z.string(), snippet: z.string() })),
    })
      .parse(await callOk(world, anna, "notes_search", { query }));
    assert.ok(hit?.snippet.includes(match), `${query}: ${hit?.snippet}`);
  }
  for (const query of ['"known well"', '"secret told"', '"memo it\'s"']) {
    assert.deepEqual(await titles(world, anna, "notes_search", { query }), [], query);
  }
});

Deno.test("notes.search: archived notes only on request, deleted ones never", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, NOTES, "open", { title: "open" });
  await pushInsert(world, anna, NOTES, "archived", { title: "archived", isArchived: true });
  await pushInsert(world, anna, NOTES, "deleted", { title: "deleted" });
  await pushDelete(world, anna, NOTES, "deleted");
  assert.deepEqual(await titles(world, anna, "notes_search"), ["open"]);
  const all = await titles(world, anna, "notes_search", { includeArchived: true });
  assert.deepEqual(all.toSorted(), ["archived", "open"]);
  assert.deepEqual(
    await titles(world, anna, "notes_search", { query: "deleted", includeArchived: true }),
    [],
  );
});

Deno.test("notes.search: at most `limit` notes that match, and hasMore tells whether there are more", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (let round = 0; round < 22; round++) {
    await pushInsert(world, anna, NOTES, `n${round}`, { title: round % 2 === 0 ? "even" : "odd" });
  }
  const page = async (args: Record<string, unknown>) => {
    const { rows, hasMore } = await listed(world, anna, "notes_search", args);
    return [rows.length, hasMore];
  };
  assert.deepEqual(await page({}), [20, true]);
  assert.deepEqual(await page({ limit: 22 }), [22, false]);
  assert.deepEqual(await page({ query: "odd", limit: 11 }), [11, false]);
  assert.deepEqual(await page({ query: "odd", limit: 10 }), [10, true]);
  assert.deepEqual(await page({ query: "neither" }), [0, false]);
  for (const limit of [0, 101, 2.5, "5"]) {
    assert.match(
      await callRefused(world, anna, "notes_search", { limit }),
      /^The arguments are invalid: limit: /,
    );
  }
  assert.match(
    await callRefused(world, anna, "notes_search", { query: "x".repeat(501) }),
    /query: expected at most 500/,
  );
  assert.match(await callRefused(world, anna, "notes_search", { text: "odd" }), /unknown argument "text"/);
});

Deno.test("notes.search: a note that cannot be opened is listed and counted, and never matches a query", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const foreign = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const own = await masterKey(world, anna);
  const sealed = await seal(foreign, "secret");
  await pushInsert(world, anna, NOTES, "half", { title: await seal(own, "half"), content: sealed });
  await pushInsert(world, anna, NOTES, "closed", { title: sealed, content: sealed, color: "#ffffff" });
  await pushInsert(world, anna, NOTES, "version", {
    title: "enc:2:future",
    content: "plain",
    isPinned: true,
  });
  const { rows, unreadable } = await listed(world, anna, "notes_search");
  assert.equal(unreadable, 3);
  assert.deepEqual(rows.map((row) => [row.id, row.title, row.snippet, row.unreadable]), [
    ["version", undefined, "plain", ["title"]],
    ["closed", undefined, undefined, ["title", "content"]],
    ["half", "half", undefined, ["content"]],
  ]);
  assert.deepEqual(await titles(world, anna, "notes_search", { query: "enc" }), []);
  assert.deepEqual(await titles(world, anna, "notes_search", { query: "half" }), ["half"]);
});

Deno.test("notes.search: plaintext of other writers is read as it is, or refused where sealing is required", async () => {
  for (const required of ["false", "true"]) {
    await using world = await createWorld({ env: { REQUIRE_SEALED: required } });
    const anna = await world.person("anna");
    await pushInsert(world, anna, NOTES, "plain", { title: "typed as a guest" });
    const { rows: [row], unreadable } = await listed(world, anna, "notes_search");
    const isOpen = required === "false";
    assert.deepEqual([row?.title, row?.unreadable, unreadable], [
      isOpen ? "typed as a guest" : undefined,
      isOpen ? undefined : ["title"],
      isOpen ? 0 : 1,
    ]);
  }
});

Deno.test("notes.search: the same person's notes written one after the other are all there", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (const title of ["a", "b", "c"]) {
    await callOk(world, anna, "notes_create", { title });
    world.clock.now += 1000;
  }
  assert.deepEqual(await titles(world, anna, "notes_search"), ["c", "b", "a"]);
});

Deno.test("notes.search: the best first: title before content, phrase before words, pinned and recent on a tie", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  const notes: Record<string, readonly [string, string, boolean?]> = {
    spread: ["Car", "it is red"],
    apart: ["Notes", "a car, quite red"],
    phrase: ["Notes", "my red car"],
    older: ["Red car", ""],
    newer: ["The red car", ""],
    pinned: ["A red car", "", true],
    "title apart": ["Car in red", ""],
    neither: ["Red bike", "no wheels"],
  };
  for (const [id, [title, content, isPinned = false]] of Object.entries(notes)) {
    world.clock.now += 1_000;
    await pushInsert(world, anna, NOTES, id, {
      title: await seal(key, title),
      content: await seal(key, content),
      isPinned,
      createdAt: stampAt(world),
    });
  }
  const found = (await listed(world, anna, "notes_search", { query: "RED car" })).rows.map(({ id }) => id);
  assert.deepEqual(found, ["pinned", "newer", "older", "title apart", "phrase", "apart", "spread"]);
});

Deno.test("notes.search: notes of 200,000 characters fit into one result, each with its snippet", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const content = `${"y".repeat(150_000)} needle ${"z".repeat(49_000)}`;
  for (let index = 0; index < 3; index++) {
    await callOk(world, anna, "notes_create", { title: "Long", content });
  }
  const { rows, hasMore } = await listed(world, anna, "notes_search", { query: "needle" });
  assert.deepEqual([rows.length, hasMore], [3, false]);
  for (const { snippet, clipped } of rows) {
    assert.match(String(snippet), /^…y+ needle z+…$/);
    assert.ok(String(snippet).length <= 162);
    assert.equal(clipped, undefined);
  }
});

Deno.test("/metrics: the memory of opened texts, gone with the key, and no text", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await callOk(world, anna, "notes_create", { title: "Needle" });
  const metric = async (name: string) => {
    const text = await (await world.gateway.fetch(new Request("http://gateway.test/metrics"))).text();
    assert.ok(!text.includes("eedle"));
    return Number(new RegExp(`^${name}\\{[^}]*\\} (\\d+)$`, "m").exec(text)?.[1] ?? assert.fail(text));
  };
  assert.equal(await metric("mana_mcp_opened_bytes"), 0);
  await titles(world, anna, "notes_search", { query: "needle" });
  const opened = await metric("mana_mcp_opened_bytes");
  assert.ok(opened > 300 && opened < await metric("mana_mcp_record_bytes"), String(opened));
  world.clock.now += 61_000;
  await callOk(world, anna, "notes_create", { title: "The vault gives the same key again" });
  assert.equal(await metric("mana_mcp_opened_bytes"), opened);
  await rotateKey(world, anna);
  world.clock.now += 61_000;
  await callOk(world, anna, "notes_create", { title: "The vault gives another key" });
  assert.equal(await metric("mana_mcp_opened_bytes"), 0);
});
