import assert from "node:assert/strict";
import { asked } from "../../confirmation/_asking.ts";
import { HABITS, lastChange, pushInsert, pushUpdate, withoutPush } from "../../_support/device.ts";
import { listed, notFound, recordOf, titles } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";

const ENTRIES = { app: "library", table: "libraryEntries" };

async function add(world: World, person: Person, args: Record<string, unknown>): Promise<string> {
  return String((await callOk(world, person, "library_create", args)).id);
}

async function entryOf(world: World, person: Person, id: string) {
  return recordOf(await callOk(world, person, "library_read", { id }), "entry");
}

Deno.test("library.create: a status takes its days, and what is finished has been finished once", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const shown = async (args: Record<string, unknown>) => {
    const { status, startedAt, completedAt, times, details } = await entryOf(
      world,
      anna,
      await add(world, anna, { title: "X", ...args }),
    );
    return [status, startedAt, completedAt, times, details];
  };
  assert.deepEqual(await shown({ kind: "book" }), ["planned", null, null, 0, { kind: "book" }]);
  assert.deepEqual(await shown({ kind: "series", status: "active" }), [
    "active",
    "2026-03-01",
    null,
    0,
    { kind: "series", watched: [] },
  ]);
  assert.deepEqual(
    await shown({
      kind: "movie",
      status: "completed",
      completedAt: "2019-05-01",
      details: { director: "Agnès Varda" },
    }),
    ["completed", null, "2019-05-01", 1, { kind: "movie", director: "Agnès Varda" }],
  );
});

Deno.test("library.create: what cannot be is refused, and nothing is pushed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const book = { kind: "book", title: "X" };
  const bad: [Record<string, unknown>, RegExp][] = [
    [{ kind: "game", title: "X" }, /kind: /],
    [{ kind: "book", title: "\u200b" }, /title: expected at least one visible character/],
    [{ ...book, status: "read" }, /status: /],
    [{ ...book, rating: 5.5 }, /rating: /],
    [{ ...book, rating: 3.2 }, /rating: expected half steps/],
    [{ ...book, details: { director: "Varda" } }, /details\.director: a book has pages, currentPage, format/],
    [{ ...book, details: { chapters: 5 } }, /chapters/],
    [{ ...book, completedAt: "2026-02-30" }, /completedAt: expected an existing day/],
    [
      { ...book, startedAt: "2026-02-02", completedAt: "2026-02-01" },
      /the end, 2026-02-01, is before the start/,
    ],
    [{ ...book, review: "x".repeat(200_000) }, /review: /],
  ];
  await withoutPush(world, async () => {
    for (const [args, words] of bad) {
      assert.match(
        await callRefused(world, anna, "library_create", args),
        words,
        JSON.stringify(args).slice(0, 200),
      );
    }
  });
});

Deno.test("library.list: by kind, status, words, favourites and days; long texts are left to library.read", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const create = (args: Record<string, unknown>) => add(world, anna, { kind: "book", ...args });
  await create({ title: "Momo", creators: ["Michael Ende"], status: "completed", completedAt: "2025-07-01" });
  await create({ title: "Akira", kind: "comic", originalTitle: "アキラ", isFavorite: true });
  await create({
    title: "Krabat",
    review: "düster",
    genres: ["Sage"],
    status: "completed",
    completedAt: "2026-01-02",
  });
  const found = (args: Record<string, unknown>) => titles(world, anna, "library_list", args);
  assert.deepEqual(await found({}), ["Krabat", "Akira", "Momo"]);
  assert.deepEqual(await found({ kind: "comic" }), ["Akira"]);
  assert.deepEqual(await found({ status: "completed" }), ["Krabat", "Momo"]);
  assert.deepEqual(await found({ onlyFavorites: true }), ["Akira"]);
  assert.deepEqual(await found({ query: "ENDE" }), ["Momo"]);
  assert.deepEqual(await found({ query: "sage krabat" }), ["Krabat"]);
  assert.deepEqual(await found({ from: "2026-01-01" }), ["Krabat"]);
  assert.deepEqual(await found({ from: "2025-01-01", to: "2025-12-31" }), ["Momo"]);
  const { rows: [krabat] } = await listed(world, anna, "library_list", { query: "krabat" });
  assert.equal("review" in (krabat ?? {}), false);
  assert.match(
    await callRefused(world, anna, "library_list", { from: "2026-01-02", to: "2026-01-01" }),
    /to: it is before `from`/,
  );
});

Deno.test("library.update: progress is written member by member, beside what others wrote", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await add(world, anna, { kind: "book", title: "Momo", details: { pages: 300 } });
  await pushUpdate(world, anna, ENTRIES, id, { "details.edition": "third" });
  assert.deepEqual(
    await callOk(world, anna, "library_update", {
      id,
      rating: 4.5,
      review: "schön",
      details: { currentPage: 120 },
    }),
    { ok: true, changed: true },
  );
  const { fields } = await lastChange(world, anna, ENTRIES, id);
  assert.deepEqual(Object.keys(fields ?? {}).sort(), [
    "details.currentPage",
    "rating",
    "review",
    "updatedAt",
  ]);
  const entry = await entryOf(world, anna, id);
  assert.deepEqual(entry.details, { kind: "book", pages: 300, edition: "third", currentPage: 120 });
  assert.deepEqual([entry.rating, entry.review], [4.5, "schön"]);
  await callOk(world, anna, "library_update", {
    id,
    clear: ["rating", "review"],
    originalTitle: "",
    year: null,
  });
  const cleared = await entryOf(world, anna, id);
  assert.deepEqual([cleared.rating, cleared.review, cleared.title], [null, null, "Momo"]);
  await withoutPush(world, async () => {
    assert.deepEqual(await callOk(world, anna, "library_update", { id, details: { pages: 300 } }), {
      ok: true,
      changed: false,
    });
  });
});

Deno.test("library.update: episodes are added once, and taken back", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await add(world, anna, { kind: "series", title: "Dark", details: { totalSeasons: 3 } });
  await callOk(world, anna, "library_update", {
    id,
    episodes: [{ season: 1, episode: 1 }, { season: 1, episode: 2 }],
  });
  await callOk(world, anna, "library_update", {
    id,
    episodes: [{ season: 1, episode: 1 }, { season: 1, episode: 2, seen: false }],
  });
  assert.deepEqual((await entryOf(world, anna, id)).details, {
    kind: "series",
    totalSeasons: 3,
    watched: [{ season: 1, episode: 1, watchedAt: "2026-03-01" }],
  });
});

Deno.test("library.update: refuses nothing, a member of another kind, an end before the start, unknown entries", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await add(world, anna, {
    kind: "book",
    title: "Momo",
    status: "active",
    startedAt: "2026-02-01",
  });
  await pushInsert(world, anna, HABITS, "run", { title: "Run" });
  const refused = (args: Record<string, unknown>) => callRefused(world, anna, "library_update", args);
  assert.match(await refused({ id }), /nothing to change: give at least one field/);
  assert.match(await refused({ id, rating: 1, clear: ["rating"] }), /clear: rating is given a value as well/);
  assert.match(await refused({ id, details: { isOngoing: true } }), /details\.isOngoing: a book has pages/);
  assert.match(
    await refused({ id, episodes: [{ season: 1, episode: 1 }] }),
    /episodes: only a series has them/,
  );
  assert.match(
    await refused({ id, completedAt: "2026-01-31" }),
    /2026-01-31, is before the start, 2026-02-01/,
  );
  for (const unknown of ["nowhere", "run"]) {
    assert.equal(await refused({ id: unknown, rating: 1 }), notFound("library entry", unknown));
  }
});

Deno.test("library.set_status: days and times follow, a repetition counts only when it is said to be one", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const id = await add(world, anna, { kind: "book", title: "Momo" });
  const set = async (args: Record<string, unknown>) => {
    const { changed } = await callOk(world, anna, "library_set_status", { id, ...args });
    const { status, startedAt, completedAt, times } = await entryOf(world, anna, id);
    return [changed, status, startedAt, completedAt, times];
  };
  assert.deepEqual(await set({ status: "active", date: "2026-02-10" }), [
    true,
    "active",
    "2026-02-10",
    null,
    0,
  ]);
  assert.deepEqual(await set({ status: "active" }), [false, "active", "2026-02-10", null, 0]);
  assert.deepEqual(await set({ status: "paused" }), [true, "paused", "2026-02-10", null, 0]);
  const done = ["completed", "2026-02-10", "2026-03-01", 1];
  assert.deepEqual(await set({ status: "completed" }), [true, ...done]);
  assert.deepEqual(await set({ status: "completed" }), [false, ...done]);
  assert.deepEqual(await set({ status: "active", again: true }), [true, "active", "2026-03-01", null, 1]);
  assert.deepEqual(await set({ status: "completed" }), [true, "completed", "2026-03-01", "2026-03-01", 2]);
  assert.deepEqual(await set({ status: "completed", again: true, date: "2026-03-01" }), [
    true,
    "completed",
    "2026-03-01",
    "2026-03-01",
    3,
  ]);
  const refused = (args: Record<string, unknown>) =>
    callRefused(world, anna, "library_set_status", { id, ...args });
  assert.match(await refused({ status: "completed", date: "2026-02-28" }), /is before the start, 2026-03-01/);
  assert.match(
    await refused({ status: "dropped", date: "2026-03-01" }),
    /date: only with the status active or completed/,
  );
  assert.match(
    await refused({ status: "paused", again: true }),
    /again: only with the status active or completed/,
  );
  assert.match(await refused({ status: "burnt" }), /status: /);
});

Deno.test("library.delete: the question names the entry, and the entry is gone after a yes", async () => {
  await using world = await createWorld({ env: { DESTRUCTIVE_TOOLS: "library.delete" } });
  const anna = await world.person("anna");
  const id = await add(world, anna, { kind: "book", title: "Momo" });
  await callOk(world, anna, "library_delete", { id });
  assert.deepEqual(await titles(world, anna, "library_list"), []);
  assert.equal(await callRefused(world, anna, "library_read", { id }), notFound("library entry", id));
  await using asking = await createWorld();
  const berta = await asking.person("berta");
  const other = await add(asking, berta, { kind: "book", title: "Krabat" });
  const { sentence } = await asked(asking, berta, "library_delete", { id: other });
  assert.match(sentence, /Delete the library entry "Krabat"\?/);
});

Deno.test("library.set_status: five ends that are told at the same time count five times", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await add(world, anna, { kind: "movie", title: "Momo" });
  await Promise.all(
    [1, 2, 3, 4, 5].map(() =>
      callOk(world, anna, "library_set_status", { id, status: "completed", again: true })
    ),
  );
  assert.equal((await entryOf(world, anna, id)).times, 5);
});

Deno.test("library: what other writers stored is shown and kept, and no counter starts anew over it", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const row = (values: Record<string, unknown>) => ({ title: "X", status: "active", ...values });
  await pushInsert(
    world,
    anna,
    ENTRIES,
    "cast",
    row({ kind: "podcast", details: { kind: "podcast", host: "Y" } }),
  );
  const odd = { kind: "series", watched: [{ s: 1 }, { season: 1, episode: 1 }] };
  await pushInsert(world, anna, ENTRIES, "odd", row({ kind: "series", details: odd }));
  await pushInsert(world, anna, ENTRIES, "many", row({ kind: "book", times: "viele", details: "keine" }));
  const refused = (args: Record<string, unknown>) => callRefused(world, anna, "library_update", args);
  assert.match(await refused({ id: "cast", details: { pages: 1 } }), /details\.pages: not of this kind/);
  await callOk(world, anna, "library_update", { id: "cast", rating: 2 });
  const cast = await entryOf(world, anna, "cast");
  assert.deepEqual([cast.kind, cast.rating, cast.details], ["podcast", 2, { kind: "podcast", host: "Y" }]);
  await callOk(world, anna, "library_update", {
    id: "odd",
    episodes: [{ season: 1, episode: 1, seen: false }],
  });
  assert.deepEqual((await entryOf(world, anna, "odd")).details, { kind: "series", watched: [{ s: 1 }] });
  assert.match(
    await refused({ id: "many", details: { pages: 1 } }),
    /cannot be changed because its details cannot be read/,
  );
  const completed = { id: "many", status: "completed" };
  assert.match(await callRefused(world, anna, "library_set_status", completed), /its times cannot be read/);
});
