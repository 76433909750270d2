import assert from "node:assert/strict";
import {
  HABITS,
  lastChange,
  masterKey,
  NOTES,
  open,
  pullAll,
  push,
  pushInsert,
  pushUpdate,
  stampAt,
  TASKS,
  withoutPush,
} from "../_support/device.ts";
import { listed, notFound, recordOf, titles } from "../_support/listed.ts";
import { callOk, callRefused, rpc } from "../_support/mcp.ts";
import { inSpace, makeTeam } from "../_support/team.ts";
import { createWorld } from "../_support/world.ts";

Deno.test("two people never see each other's rows, whatever they list, search, change or count", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const ben = await world.person("ben");
  for (
    const [person, name] of [[anna, "Anna's"], [ben, "Ben's"], [anna, "Anna's"], [ben, "Ben's"]] as const
  ) {
    await callOk(world, person, "habits_create", { title: name });
    await callOk(world, person, "todo_create", { title: name });
    await callOk(world, person, "notes_create", { title: name });
  }
  for (const tool of ["habits_list", "todo_list", "notes_search"]) {
    assert.deepEqual(await titles(world, anna, tool), ["Anna's", "Anna's"], tool);
    assert.deepEqual(await titles(world, ben, tool), ["Ben's", "Ben's"], tool);
  }
  assert.deepEqual(await titles(world, ben, "notes_search", { query: "Anna" }), []);
  const { rows: [hers] } = await listed(world, anna, "todo_list");
  const id = hers?.id ?? assert.fail();
  await withoutPush(world, async () => {
    assert.equal(await callRefused(world, ben, "todo_complete", { id }), notFound("task", id));
  });
  assert.equal(recordOf(await callOk(world, ben, "habits_create", { title: "x" }), "habit").order, 2);
});

Deno.test("each person's rows are sealed with their own key and asked for with their own token", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const ben = await world.person("ben");
  for (const person of [anna, ben, anna]) {
    const before = world.upstreamCalls.length;
    const { id } = recordOf(await callOk(world, person, "notes_create", { title: "mine" }), "note");
    const { data } = await lastChange(world, person, NOTES, id);
    assert.equal(await open(await masterKey(world, person), data?.title), "mine");
    const other = person === anna ? ben : anna;
    await assert.rejects(open(await masterKey(world, other), data?.title));
    for (const { headers, url } of world.upstreamCalls.slice(before)) {
      if (url.endsWith("/jwks")) continue;
      assert.equal(headers.get("authorization"), `Bearer ${person.token}`, url);
    }
  }
});

Deno.test("calls of two people at the same time do not mix", async () => {
  await using world = await createWorld();
  const people = await Promise.all(["anna", "ben", "cleo"].map((name) => world.person(name)));
  await Promise.all(people.map((person) => callOk(world, person, "notes_create", { title: person.id })));
  const rounds = Array.from({ length: 8 }, () => people).flat();
  const seen = await Promise.all(rounds.map((person) => titles(world, person, "notes_search")));
  assert.deepEqual(seen, rounds.map((person) => [person.id]));
});

Deno.test("a space the person is no member of is HTTP 403, for every method and tool, and nothing is pushed", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const ben = await world.person("ben");
  const team = await makeTeam(world, anna);
  const words = "You are not a member of the space that was chosen: list your spaces and choose one of them.";
  await withoutPush(world, async () => {
    for (
      const space of [team, anna.personalSpace, `_personal:${anna.id}`, "_personal:", "no-such-space", "*"]
    ) {
      for (
        const [method, params] of [
          ["tools/call", { name: "todo_create", arguments: { title: "planted" } }],
          ["tools/call", { name: "spaces_list", arguments: {} }],
          ["tools/list", {}],
        ] as const
      ) {
        const answer = await rpc(world, ben, method, params, { headers: inSpace(space) });
        assert.deepEqual([answer.status, answer.body.error?.message], [403, words], `${space} ${method}`);
      }
    }
  });
  assert.deepEqual(await pullAll(world, anna, TASKS), []);
});

Deno.test("a space id that no header should carry is HTTP 400", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (const space of ["", "a b", "x".repeat(257), "ä"]) {
    const answer = await rpc(world, anna, "tools/list", {}, { headers: inSpace(space) });
    assert.equal(answer.status, 400, JSON.stringify(space));
    assert.equal(
      answer.body.error?.message,
      "The X-Mana-Space header is invalid: expected the id of one space.",
    );
  }
});

Deno.test("what an outsider stamps with a shared space does not change personal records of the same id", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const ben = await world.person("ben");
  const team = await makeTeam(world, anna);
  const habit = recordOf(await callOk(world, anna, "habits_create", { title: "Run" }), "habit");
  await pushInsert(world, anna, TASKS, "onboard-1", { title: "Mine" });
  const before = [
    await listed(world, anna, "habits_list"),
    await listed(world, anna, "todo_list"),
  ];
  // The sync service takes any space id from anybody; members of that space receive the row.
  const later = "2030-01-01T00:00:00.000Z";
  await push(world, ben, HABITS, [
    { id: habit.id, op: "update", spaceId: team, fields: { title: { value: "Pay Ben", at: later } } },
    { id: habit.id, op: "delete", spaceId: team, deletedAt: later },
    { id: habit.id, op: "insert", spaceId: team, data: { id: habit.id, title: "Pay Ben", createdAt: later } },
    { id: habit.id, op: "delete", spaceId: team },
  ]);
  await push(world, ben, TASKS, [
    { id: "onboard-1", op: "update", spaceId: team, fields: { isCompleted: { value: true, at: later } } },
    { id: "onboard-1", op: "delete", spaceId: team },
  ]);
  assert.deepEqual([
    await listed(world, anna, "habits_list"),
    await listed(world, anna, "todo_list"),
  ], before);
  assert.deepEqual(await callOk(world, anna, "todo_complete", { id: "onboard-1" }), {
    ok: true,
    changed: true,
  });
});

Deno.test("rows that an outsider stamps with their own space, with none or with a sentinel reach nobody else", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const ben = await world.person("ben");
  await pushInsert(world, anna, HABITS, "h", { title: "Run" });
  const fields = { title: { value: "Pay Ben", at: stampAt(world) } };
  for (const spaceId of [undefined, ben.personalSpace, `_personal:${anna.id}`, `_personal:${ben.id}`]) {
    await push(world, ben, HABITS, [
      { id: "h", op: "update", fields, ...(spaceId === undefined ? {} : { spaceId }) },
      {
        id: "planted",
        op: "insert",
        data: { title: "Pay Ben" },
        ...(spaceId === undefined ? {} : { spaceId }),
      },
    ]);
  }
  assert.deepEqual(await titles(world, anna, "habits_list"), ["Run"]);
});

Deno.test("a row may have any member names and still stays one row", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const data = JSON.parse('{"title":"T","__proto__":{"isArchived":true},"constructor":1,"toString":"x"}');
  await pushInsert(world, anna, HABITS, "__proto__", data);
  await pushUpdate(world, anna, HABITS, "__proto__", {
    hasOwnProperty: 1,
    spaceId: "elsewhere",
    authorId: "x",
  });
  const { rows } = await listed(world, anna, "habits_list");
  assert.deepEqual(rows.map(({ id, title, isArchived }) => [id, title, isArchived]), [[
    "__proto__",
    "T",
    false,
  ]]);
});
