import assert from "node:assert/strict";
import { HABITS, lastChange, pushDelete, pushInsert, withoutPush } from "../_support/device.ts";
import { listed, recordOf, titles } from "../_support/listed.ts";
import { callOk, callRefused } from "../_support/mcp.ts";
import { createWorld } from "../_support/world.ts";

Deno.test("habits.create: defaults are filled in and the result is the stored habit", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const habit = recordOf(await callOk(world, anna, "habits_create", { title: "Read" }), "habit");
  const { id, createdAt, updatedAt, ...values } = habit;
  assert.match(id, /^[0-9a-f-]{36}$/);
  assert.match(createdAt ?? "", /^2026-03-01T12:00:0\d\.\d{3}Z$/);
  assert.equal(updatedAt, createdAt);
  assert.deepEqual(values, {
    title: "Read",
    icon: "star",
    color: "#6366f1",
    targetPerDay: null,
    defaultDuration: null,
    order: 0,
    isArchived: false,
  });
  assert.deepEqual((await listed(world, anna, "habits_list")).rows, [habit]);
});

Deno.test("habits.create: the wire row carries space, author, visibility, times, actor and origin", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const given = {
    title: "Run",
    icon: "barbell",
    color: "#00ff88",
    targetPerDay: 2,
    defaultDuration: 1800,
  };
  const habit = recordOf(await callOk(world, anna, "habits_create", given), "habit");
  const change = await lastChange(world, anna, HABITS, habit.id);
  const stamp = habit.createdAt;
  assert.deepEqual(change, {
    eventId: change.eventId,
    schemaVersion: 1,
    table: "habits",
    id: habit.id,
    op: "insert",
    spaceId: anna.personalSpace,
    data: {
      ...given,
      order: 0,
      isArchived: false,
      id: habit.id,
      spaceId: anna.personalSpace,
      authorId: anna.id,
      visibility: "space",
      createdAt: stamp,
      updatedAt: stamp,
    },
    actor: {
      kind: "ai",
      principalId: "mana-mcp:own",
      displayName: "own token (test-client)",
      iterationId: change.actor?.iterationId,
      rationale: "habits.create",
    },
    origin: "agent",
  });
});

Deno.test("habits.create: arguments outside their bounds are refused by name and nothing is pushed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const bad: [Record<string, unknown>, RegExp][] = [
    [{}, /^The arguments are invalid: title: is missing/],
    [{ title: "" }, /title: expected at least one visible character/],
    [{ title: "x".repeat(121) }, /title: expected at most 120/],
    [{ title: 5 }, /title: expected text/],
    [{ title: null }, /title: is missing/],
    [{ title: "a", icon: "" }, /icon: expected at least one visible character/],
    [{ title: "a", icon: "x".repeat(41) }, /icon: expected at most 40/],
    [{ title: "a", color: "red" }, /color: /],
    [{ title: "a", color: "#12345g" }, /color: /],
    [{ title: "a", color: "#1234567" }, /color: /],
    [{ title: "a", targetPerDay: 0 }, /targetPerDay: expected at least 1/],
    [{ title: "a", targetPerDay: 1.5 }, /targetPerDay: expected a whole number/],
    [{ title: "a", targetPerDay: "2" }, /targetPerDay: expected a number/],
    [{ title: "a", defaultDuration: -1 }, /defaultDuration: expected at least 1/],
    [{ title: "a", spaceId: "elsewhere" }, /unknown argument "spaceId"/],
    [{ title: "a", __proto__x: 1 }, /unknown argument/],
  ];
  await withoutPush(world, async () => {
    for (const [args, words] of bad) {
      const message = await callRefused(world, anna, "habits_create", args);
      assert.match(message, words, JSON.stringify(args));
      assert.match(message, /^The arguments are invalid: .*\.$/s);
    }
  });
});

Deno.test("habits.create: the longest allowed values are stored whole", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const given = { title: "ä".repeat(120), icon: "i".repeat(40), color: "#ABCdef", targetPerDay: 1 };
  const habit = recordOf(await callOk(world, anna, "habits_create", given), "habit");
  const { data } = await lastChange(world, anna, HABITS, habit.id);
  for (const [name, value] of Object.entries(given)) assert.equal(data?.[name], value);
});

Deno.test("habits.create: a new habit comes last, one above the highest, whatever was deleted", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const create = async (title: string) =>
    recordOf(await callOk(world, anna, "habits_create", { title }), "habit");
  const first = await create("one");
  const second = await create("two");
  await callOk(world, anna, "habits_update", { id: first.id, title: "one more" });
  await callOk(world, anna, "habits_archive", { id: first.id });
  assert.equal((await create("three")).order, 2);
  await pushDelete(world, anna, HABITS, second.id);
  assert.equal((await create("four")).order, 3);
  await pushInsert(world, anna, HABITS, "far", { title: "far", order: 70.5 });
  assert.equal((await create("five")).order, 71);
  await pushInsert(world, anna, HABITS, "farthest", { title: "farthest", order: 1e300 });
  assert.equal((await create("six")).order, Number.MAX_SAFE_INTEGER);
  assert.deepEqual(await titles(world, anna, "habits_list"), [
    "three",
    "four",
    "far",
    "five",
    "six",
    "farthest",
  ]);
});

Deno.test("habits.create: a habit that could not be stored takes no place from those made at the same time", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  world.intercept = async (request) =>
    request.method === "POST" && (await request.text()).includes("unlucky")
      ? new Response("no", { status: 400 })
      : undefined;
  const create = async (title: string) =>
    recordOf(await callOk(world, anna, "habits_create", { title }), "habit").order;
  const [, ...orders] = await Promise.all([
    callRefused(world, anna, "habits_create", { title: "unlucky" }),
    create("one"),
    create("two"),
  ]);
  assert.equal(new Set(orders).size, 2);
  assert.equal(await create("three"), Math.max(...orders.map(Number)) + 1);
});

Deno.test("habits.list: in the person's order, archived ones only on request, plaintext whatever it begins with", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (const [id, order] of [["c", 3], ["a", 1], ["b", 2]] as const) {
    await pushInsert(world, anna, HABITS, id, { title: id, order, isArchived: id === "b" });
  }
  await pushInsert(world, anna, HABITS, "d", { title: "enc:1:not ciphertext", order: 4 });
  assert.deepEqual(await titles(world, anna, "habits_list"), ["a", "c", "enc:1:not ciphertext"]);
  assert.deepEqual(await titles(world, anna, "habits_list", { includeArchived: true }), [
    "a",
    "b",
    "c",
    "enc:1:not ciphertext",
  ]);
  const made = recordOf(await callOk(world, anna, "habits_create", { title: "enc:1:mine" }), "habit");
  assert.equal(made.title, "enc:1:mine");
  assert.match(
    await callRefused(world, anna, "habits_list", { includeArchived: "yes" }),
    /includeArchived: expected true or false/,
  );
});

Deno.test("habits.list: a row without the optional members is listed with the defaults of the app", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, HABITS, "habit-coffee", { title: "Coffee", schedule: { days: [1] } });
  const { rows: [row], unreadable } = await listed(world, anna, "habits_list");
  assert.ok(row);
  const { id, icon, color, targetPerDay, defaultDuration, order, isArchived, ...rest } = row;
  assert.deepEqual([id, icon, color, targetPerDay, defaultDuration, order, isArchived], [
    "habit-coffee",
    "star",
    "#6366f1",
    null,
    null,
    0,
    false,
  ]);
  assert.deepEqual(Object.keys(rest).sort(), ["createdAt", "schedule", "title", "updatedAt"]);
  assert.equal(unreadable, 0);
});
