import assert from "node:assert/strict";
import {
  lastChange,
  masterKey,
  open,
  pushDelete,
  pushInsert,
  seal,
  TASKS,
  withoutPush,
} from "../_support/device.ts";
import { listed, recordOf, titles } from "../_support/listed.ts";
import { callOk, callRefused } from "../_support/mcp.ts";
import { createWorld } from "../_support/world.ts";

Deno.test("todo.create: defaults are filled in and the result is the stored task", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const task = recordOf(await callOk(world, anna, "todo_create", { title: "Buy milk" }), "task");
  const { id, createdAt, updatedAt, ...values } = task;
  assert.match(id, /^[0-9a-f-]{36}$/);
  assert.equal(updatedAt, createdAt);
  assert.deepEqual(values, {
    title: "Buy milk",
    priority: "medium",
    isCompleted: false,
    completedAt: null,
    dueDate: null,
    order: 0,
    estimatedDuration: null,
    scheduledBlockId: null,
  });
  const { rows, hasMore, unreadable } = await listed(world, anna, "todo_list");
  assert.deepEqual([rows, hasMore, unreadable], [[task], false, 0]);
});

Deno.test("todo.create: title and description are sealed with the person's key, everything else is plain", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const given = { title: "Kaffee ☕ 👩‍👩‍👧", description: "", priority: "urgent", dueDate: "2026-03-05" };
  const { id, createdAt } = recordOf(await callOk(world, anna, "todo_create", given), "task");
  const change = await lastChange(world, anna, TASKS, id);
  const { title, description, ...plain } = change.data ?? assert.fail();
  const key = await masterKey(world, anna);
  assert.equal(await open(key, title), given.title);
  assert.equal(await open(key, description), "");
  assert.deepEqual(plain, {
    priority: "urgent",
    dueDate: "2026-03-05",
    isCompleted: false,
    completedAt: null,
    order: 0,
    estimatedDuration: null,
    scheduledBlockId: null,
    id,
    spaceId: anna.personalSpace,
    authorId: anna.id,
    visibility: "space",
    createdAt,
    updatedAt: createdAt,
  });
  assert.equal(change.spaceId, anna.personalSpace);
  assert.equal(change.actor?.rationale, "todo.create");
  assert.equal(change.origin, "agent");
  const sent = world.upstreamCalls.map(({ body }) => body).join("\n") + world.logLines.join("\n");
  assert.ok(!sent.includes("Kaffee"), "the title left the gateway in plain text");
});

Deno.test("todo.create: arguments outside their bounds are refused by name and nothing is pushed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const bad: [Record<string, unknown>, RegExp][] = [
    [{}, /title: is missing/],
    [{ title: "" }, /title: expected at least one visible character/],
    [{ title: "x".repeat(501) }, /title: expected at most 500/],
    [{ title: "a", description: "x".repeat(10_001) }, /description: expected at most 10000/],
    [{ title: "a", priority: "critical" }, /priority: expected one of low, medium, high, urgent/],
    [{ title: "a", dueDate: "tomorrow" }, /dueDate: expected YYYY-MM-DD or an ISO date-time/],
    [{ title: "a", dueDate: "2026-02-30" }, /dueDate: expected YYYY-MM-DD/],
    [{ title: "a", dueDate: "2026-02-30T10:00:00Z" }, /dueDate: expected YYYY-MM-DD/],
    [{ title: "a", dueDate: "2026-3-1" }, /dueDate: expected YYYY-MM-DD/],
    [{ title: "a", dueDate: "2026-03-01T25:00:00Z" }, /dueDate: expected YYYY-MM-DD/],
    [{ title: "a", dueDate: "9999-12-31T23:59:59-12:00" }, /dueDate: expected YYYY-MM-DD/],
    [{ title: "a", dueDate: "0001-01-01T00:00:00Z" }, /dueDate: expected YYYY-MM-DD/],
    [{ title: "a", dueDate: 20260301 }, /dueDate: expected text/],
    [{ title: "a", due: "2026-03-01" }, /unknown argument "due"/],
  ];
  await withoutPush(world, async () => {
    for (const [args, words] of bad) {
      assert.match(await callRefused(world, anna, "todo_create", args), words, JSON.stringify(args));
    }
  });
});

Deno.test("todo.create: a due time is kept as its day in the person's zone, a day stays as it is", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const due = async (dueDate: string, zone?: string, timeZone?: string) => {
    const headers: Record<string, string> = zone === undefined ? {} : { "x-mana-time-zone": zone };
    const args = { title: "t", dueDate, ...(timeZone === undefined ? {} : { timeZone }) };
    const task = recordOf(await callOk(world, anna, "todo_create", args, headers), "task");
    const { data } = await lastChange(world, anna, TASKS, task.id);
    assert.equal(data?.dueDate, task.dueDate);
    return task.dueDate;
  };
  assert.equal(await due("2026-03-05"), "2026-03-05");
  assert.equal(await due("2026-03-05", "Pacific/Kiritimati"), "2026-03-05");
  assert.equal(await due("2024-02-29"), "2024-02-29");
  assert.equal(await due("2026-03-05T23:30:00Z"), "2026-03-05");
  assert.equal(await due("2026-03-05T23:30:00Z", "Europe/Berlin"), "2026-03-06");
  assert.equal(await due("2026-03-05T23:30:00.000Z", "America/Los_Angeles"), "2026-03-05");
  assert.equal(await due("2026-03-05T00:30:00+02:00", "UTC"), "2026-03-04");
  assert.equal(await due("2026-03-05T23:30:00", "Pacific/Kiritimati"), "2026-03-05");
  assert.equal(await due("2026-03-05T23:30"), "2026-03-05");
  // No zone is known: the day is the one that was sent, in its own offset.
  assert.equal(await due("2026-12-01T23:00:00-05:00"), "2026-12-01");
  assert.equal(await due("2026-12-01T01:00:00+14:00"), "2026-12-01");
  assert.equal(await due("2026-12-01T23:00:00-05:00", "America/New_York"), "2026-12-01");
  assert.equal(await due("2026-12-01T23:00:00-05:00", "Europe/Berlin"), "2026-12-02");
  assert.equal(await due("2026-12-01T23:00:00-05:00", "Europe/Berlin", "America/New_York"), "2026-12-01");
  assert.equal(await due("2026-12-01T23:00:00Z", undefined, "Europe/Berlin"), "2026-12-02");
});

Deno.test("a time zone in the arguments that nobody knows is refused in words, and nothing is stored", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await withoutPush(world, async () => {
    for (const timeZone of ["Mars/Olympus", " ", "2026-01-01T00:00[Europe/Berlin]", "Europe/Berlin\0"]) {
      for (
        const [tool, args] of [["todo_create", { title: "t" }], ["journal_add", { content: "t" }]] as const
      ) {
        assert.equal(
          await callRefused(world, anna, tool, { ...args, timeZone }),
          "The arguments are invalid: timeZone: expected an IANA time zone such as Europe/Berlin.",
        );
      }
    }
  });
});

Deno.test("todo.create: a new task comes last, also after completed ones and after deletes", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const create = async (title: string) =>
    recordOf(await callOk(world, anna, "todo_create", { title }), "task");
  const first = await create("one");
  await create("two");
  await callOk(world, anna, "todo_complete", { id: first.id });
  assert.equal((await create("three")).order, 2);
  await pushDelete(world, anna, TASKS, first.id);
  assert.equal((await create("four")).order, 3);
});

Deno.test("todo.create: tasks made at the same time get different places", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await callOk(world, anna, "todo_create", { title: "first" });
  const made = await Promise.all(
    Array.from({ length: 8 }, (_, index) => callOk(world, anna, "todo_create", { title: `t${index}` })),
  );
  assert.deepEqual(
    made.map((output) => Number(recordOf(output, "task").order)).sort((a, b) => a - b),
    [1, 2, 3, 4, 5, 6, 7, 8],
  );
});

Deno.test("todo.create: two gateways can give one place to two tasks, which are then listed alike every time", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const other = { ...world, gateway: world.sdkOnly };
  // Neither stores before both have looked.
  const both = Promise.withResolvers<undefined>();
  let pushes = 0;
  world.intercept = ({ method, url }) => {
    if (method !== "POST" || !url.includes("/sync/todo")) return undefined;
    pushes += 1;
    if (pushes === 2) both.resolve(undefined);
    return both.promise;
  };
  const made = await Promise.all(
    [world, other].map((one, index) => callOk(one, anna, "todo_create", { title: `t${index}` })),
  );
  assert.deepEqual(made.map((output) => recordOf(output, "task").order), [0, 0]);
  const seen = await titles(world, anna, "todo_list");
  assert.equal(seen.length, 2);
  for (const one of [world, other, world]) assert.deepEqual(await titles(one, anna, "todo_list"), seen);
});

Deno.test("todo.list: the person's order first, then age; completed ones only on request", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  const rows = [
    ["older", { order: 1, createdAt: "2026-01-01T00:00:00.000Z" }],
    ["newer", { order: 1, createdAt: "2026-01-02T00:00:00.000Z" }],
    ["first", { order: -1 }],
    ["done", { order: 0, isCompleted: true }],
  ] as const;
  for (const [title, data] of rows.toReversed()) {
    await pushInsert(world, anna, TASKS, title, { title: await seal(key, title), ...data });
  }
  assert.deepEqual(await titles(world, anna, "todo_list"), ["first", "older", "newer"]);
  assert.deepEqual(await titles(world, anna, "todo_list", { includeCompleted: true }), [
    "first",
    "done",
    "older",
    "newer",
  ]);
});

Deno.test("todo.list: at most `limit` tasks, and hasMore tells whether there are more", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (let order = 0; order < 51; order++) {
    await pushInsert(world, anna, TASKS, `t${order}`, { title: `t${order}`, order });
  }
  const page = async (args: Record<string, unknown>) => {
    const { rows, hasMore } = await listed(world, anna, "todo_list", args);
    return [rows.length, hasMore, rows.at(-1)?.id];
  };
  assert.deepEqual(await page({}), [50, true, "t49"]);
  assert.deepEqual(await page({ limit: 51 }), [51, false, "t50"]);
  assert.deepEqual(await page({ limit: 500 }), [51, false, "t50"]);
  assert.deepEqual(await page({ limit: 1 }), [1, true, "t0"]);
  for (const limit of [0, 501, 1.5, "10"]) {
    assert.match(
      await callRefused(world, anna, "todo_list", { limit }),
      /^The arguments are invalid: limit: /,
    );
  }
});

Deno.test("todo.list: subtasks of the app are opened, a task whose subtasks make no sense is still listed", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  const subtasks = [{ id: "s1", title: "Bread", isCompleted: true, order: 0 }];
  await pushInsert(world, anna, TASKS, "onboard-1", {
    title: await seal(key, "Shop"),
    description: null,
    subtasks: await seal(key, subtasks),
    metadata: await seal(key, { labelIds: [] }),
    dueDate: "2026-03-01T09:00:00.000Z",
    order: 0,
  });
  await pushInsert(world, anna, TASKS, "odd", { title: "Odd", subtasks: await seal(key, "none"), order: 1 });
  const { rows: [shop, odd], unreadable } = await listed(world, anna, "todo_list");
  assert.deepEqual([shop?.title, shop?.description, shop?.subtasks], ["Shop", null, subtasks]);
  assert.equal(shop?.dueDate, "2026-03-01T09:00:00.000Z");
  assert.deepEqual([odd?.title, odd?.unreadable], ["Odd", ["subtasks"]]);
  assert.equal(unreadable, 1);
});
