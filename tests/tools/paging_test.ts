import assert from "node:assert/strict";
import fc from "fast-check";
import {
  HABITS,
  masterKey,
  NOTES,
  pushDelete,
  pushInsert,
  pushUpdate,
  seal,
  TASKS,
} from "../_support/device.ts";
import { listed } from "../_support/listed.ts";
import { call, callOk, callRefused } from "../_support/mcp.ts";
import { inSpace, makeTeam } from "../_support/team.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { utf8Bytes } from "../../lib/kit/bytes/utf8_bytes.ts";
import { estimateModelTokens } from "../../lib/kit/estimate_model_tokens.ts";

const INVALID =
  "The cursor is not one for this call: other arguments, another space, or the gateway was restarted. " +
  "Start again without cursor.";

/** Ids over all pages, `between` being done after each page. */
async function allPages(
  world: World,
  person: Person,
  tool: string,
  args: Record<string, unknown>,
  between: (page: number) => Promise<unknown> = () => Promise.resolve(),
): Promise<string[]> {
  const seen: string[] = [];
  let cursor: string | undefined;
  for (let page = 1;; page++) {
    const { rows, hasMore, nextCursor } = await listed(world, person, tool, { ...args, cursor });
    assert.equal(hasMore, nextCursor !== undefined);
    seen.push(...rows.map(({ id }) => id));
    if (nextCursor === undefined) return seen;
    cursor = nextCursor;
    await between(page);
  }
}

async function pushTasks(world: World, person: Person, count: number): Promise<string[]> {
  const key = await masterKey(world, person);
  const ids = Array.from({ length: count }, (_, index) => `t${String(index).padStart(2, "0")}`);
  for (const [index, id] of ids.entries()) {
    await pushInsert(world, person, TASKS, id, { title: await seal(key, id), order: index });
  }
  return ids;
}

Deno.test("every listing tool: pages put together are the whole listing, in its order", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (let index = 0; index < 7; index++) {
    await pushInsert(world, anna, HABITS, `h${index}`, { title: "same", order: index % 2 });
    await pushInsert(world, anna, TASKS, `t${index}`, { title: "same", order: 0 });
    await pushInsert(world, anna, NOTES, `n${index}`, { title: "same", isPinned: index === 3 });
  }
  for (
    const [tool, args] of [
      ["habits_list", {}],
      ["todo_list", {}],
      ["notes_search", {}],
      ["notes_search", { query: "same" }],
    ] as const
  ) {
    const whole = (await listed(world, anna, tool, args)).rows.map(({ id }) => id);
    assert.equal(whole.length, 7);
    for (const limit of [1, 3, 7]) {
      assert.deepEqual(await allPages(world, anna, tool, { ...args, limit }), whole, `${tool} by ${limit}`);
    }
  }
});

Deno.test("todo.list: another device inserts, renames, completes and deletes between pages", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const ids = await pushTasks(world, anna, 20);
  const key = await masterKey(world, anna);
  const seen = await allPages(world, anna, "todo_list", { limit: 4 }, async (page) => {
    world.clock.now += 1_000;
    await pushInsert(world, anna, TASKS, `early${page}`, { title: await seal(key, "early"), order: -page });
    await pushUpdate(world, anna, TASKS, "t19", { title: await seal(key, `renamed ${page}`) });
    if (page === 1) {
      await pushDelete(world, anna, TASKS, "t03");
      await pushDelete(world, anna, TASKS, "t09");
      await pushUpdate(world, anna, TASKS, "t10", { isCompleted: true });
    }
    if (page === 2) {
      await pushInsert(world, anna, TASKS, "late", { title: await seal(key, "late"), order: 99 });
    }
  });
  // The last row of the first page is gone by the second: its place is not.
  assert.deepEqual(seen, [...ids.filter((id) => id !== "t09" && id !== "t10"), "late"]);
});

Deno.test("a cursor is good for its person, tool, space and arguments only, whatever the limit", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const ben = await world.person("ben");
  const team = await makeTeam(world, anna, ben);
  for (const person of [anna, ben]) {
    for (const title of ["a", "b", "c"]) {
      for (const headers of [{}, inSpace(team)]) {
        await callOk(world, person, "notes_create", { title: "note" }, headers);
      }
      await callOk(world, person, "todo_create", { title });
      await callOk(world, person, "habits_create", { title });
      await pushInsert(world, person, TASKS, `${person.id} ${title}`, { title, spaceId: team });
    }
  }
  const { nextCursor: cursor } = await listed(world, anna, "todo_list", { limit: 1 });
  assert.equal((await listed(world, anna, "todo_list", { cursor, limit: 2 })).rows.length, 2);
  assert.equal((await listed(world, anna, "todo_list", { cursor, includeCompleted: false })).rows.length, 2);
  for (
    const [person, tool, args, headers] of [
      [anna, "todo_list", { includeCompleted: true }, {}],
      [anna, "todo_list", {}, inSpace(team)],
      [ben, "todo_list", {}, {}],
      [anna, "habits_list", {}, {}],
      [anna, "notes_search", {}, {}],
    ] as const
  ) {
    assert.equal(await callRefused(world, person, tool, { ...args, cursor }, headers), INVALID, tool);
  }
  const found = await listed(world, anna, "notes_search", { query: "note", limit: 1 });
  assert.equal(
    await callRefused(world, anna, "notes_search", { query: "not", cursor: found.nextCursor }),
    INVALID,
    "another query",
  );
  assert.equal(
    (await listed(world, anna, "notes_search", { query: "note", cursor: found.nextCursor })).rows.length,
    2,
  );
  // The team's own listing has a cursor of its own, which the other member cannot use.
  const shared = await listed(world, anna, "todo_list", { limit: 1 }, inSpace(team));
  const asBen = { cursor: shared.nextCursor };
  assert.equal(await callRefused(world, ben, "todo_list", asBen, inSpace(team)), INVALID);
});

Deno.test("a made-up cursor is refused before any service is asked, one that is too long like any other", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushTasks(world, anna, 2);
  const { nextCursor = assert.fail() } = await listed(world, anna, "todo_list", { limit: 1 });
  const before = world.upstreamCalls.length;
  const flipped = `${nextCursor.slice(0, -1)}${nextCursor.endsWith("A") ? "B" : "A"}`;
  for (
    const cursor of [
      "next",
      "A".repeat(4_097),
      "A".repeat(200_000),
      "eyJ2IjoxfQ",
      flipped,
      nextCursor.slice(1),
      nextCursor + nextCursor,
    ]
  ) {
    assert.equal(await callRefused(world, anna, "todo_list", { cursor }), INVALID);
  }
  assert.match(
    await callRefused(world, anna, "todo_list", { cursor: 5 }),
    /^The arguments are invalid: cursor: /,
  );
  assert.equal(world.upstreamCalls.slice(before).filter(({ url }) => url.includes("/sync/")).length, 0);
});

Deno.test("a gateway that was restarted takes no cursor from before", async () => {
  await using folder = await temporaryFolder();
  const start = async () => await createWorld({ data: folder.path });
  const before = await start();
  const anna = await before.person("anna");
  await pushTasks(before, anna, 2);
  const { nextCursor: cursor } = await listed(before, anna, "todo_list", { limit: 1 });
  assert.deepEqual((await listed(before, anna, "todo_list", { cursor })).rows.map(({ id }) => id), ["t01"]);
  await before[Symbol.asyncDispose]();
  await using after = await start();
  assert.equal((await listed(after, anna, "todo_list")).rows.length, 2);
  assert.equal(await callRefused(after, anna, "todo_list", { cursor }), INVALID);
});

Deno.test("a cursor holds nothing of what is sealed, asked or secret", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (let round = 0; round < 2; round++) {
    await callOk(world, anna, "notes_create", { title: "Sealed title", content: "sealed content" });
  }
  const { nextCursor = assert.fail() } = await listed(world, anna, "notes_search", {
    query: "seal",
    limit: 1,
  });
  const bytes = Uint8Array.fromBase64(nextCursor, { alphabet: "base64url", lastChunkHandling: "loose" });
  const text = new TextDecoder().decode(bytes);
  for (const secret of ["eal", anna.id, anna.personalSpace, anna.token]) {
    assert.ok(!text.includes(secret), secret);
  }
});

Deno.test("whatever the sizes, pages stay below what clients take and lose no row between them", async () => {
  const size = fc.record({
    length: fc.constantFrom(10, 400, 9_000),
    unit: fc.constantFrom("y", "字", '"', "👩‍👧", "\n"),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(size, { minLength: 6, maxLength: 14 }), async (sizes) => {
      await using world = await createWorld();
      const anna = await world.person("anna");
      const ids: string[] = [];
      for (const [index, { length, unit }] of sizes.entries()) {
        const id = `t${String(index).padStart(2, "0")}`;
        await pushInsert(world, anna, TASKS, id, {
          title: "t",
          description: unit.repeat(length),
          order: index,
        });
        ids.push(id);
      }
      const seen: string[] = [];
      let cursor: unknown;
      do {
        const outcome = await call(world, anna, "todo_list", { cursor });
        assert.ok(outcome.ok);
        const [text = ""] = outcome.texts;
        assert.ok(utf8Bytes(text) <= 39_900 && estimateModelTokens(text) <= 25_000, String(text.length));
        const rows: unknown = outcome.output.tasks;
        for (const row of Array.isArray(rows) ? rows : []) seen.push(String(row.id));
        cursor = outcome.output.nextCursor;
      } while (cursor !== undefined);
      assert.deepEqual(seen, ids);
    }),
    { numRuns: 4, examples: [[Array.from({ length: 6 }, () => ({ length: 9_000, unit: "字" }))]] },
  );
});
