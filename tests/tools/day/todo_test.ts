import assert from "node:assert/strict";
import {
  masterKey,
  open,
  pullAll,
  pushInsert,
  pushUpdate,
  seal,
  TASKS,
  type WireTable,
  withoutPush,
} from "../../_support/device.ts";
import { listed, notFound, recordOf, titles } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";
import { deleteWithYes } from "../people/_deleting.ts";

const BLOCKS: WireTable = { app: "timeblocks", table: "timeBlocks" };
const REMINDERS: WireTable = { app: "todo", table: "reminders" };
const BERLIN = { "x-mana-time-zone": "Europe/Berlin" };

async function create(world: World, person: Person, args: Record<string, unknown>): Promise<string> {
  return recordOf(await callOk(world, person, "todo_create", args), "task").id;
}

/** How many live rows there are, as the last changes leave them. */
async function live(world: World, person: Person, table: WireTable): Promise<string[]> {
  const ids = new Set<string>();
  for (const { id, op } of await pullAll(world, person, table)) {
    if (op === "delete") ids.delete(id);
    else ids.add(id);
  }
  return [...ids];
}

Deno.test("todo.list: by state, project, tag, text and due day, with counts only when asked for", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id: projectId } = await callOk(world, anna, "todo_save_project", { name: "Haus" });
  await create(world, anna, { title: "late", dueDate: "2026-02-27", tagIds: ["tag-wichtig"] });
  await create(world, anna, { title: "now", dueDate: "2026-03-01", projectId });
  await create(world, anna, { title: "soon", dueDate: "2026-03-03", description: "buy a Roggenbrot" });
  await create(world, anna, { title: "some day" });
  const done = await create(world, anna, { title: "done", dueDate: "2026-02-01", projectId });
  await callOk(world, anna, "todo_complete", { id: done });
  const by = async (args: Record<string, unknown>) => await titles(world, anna, "todo_list", args);
  assert.deepEqual(await by({}), ["late", "now", "soon", "some day"]);
  assert.deepEqual(await by({ state: "open" }), ["late", "now", "soon", "some day"]);
  assert.deepEqual(await by({ state: "overdue" }), ["late"]);
  assert.deepEqual(await by({ state: "today" }), ["now"]);
  assert.deepEqual(await by({ state: "upcoming" }), ["soon"]);
  assert.deepEqual(await by({ state: "completed" }), ["done"]);
  assert.deepEqual(await by({ projectId, includeCompleted: true }), ["now", "done"]);
  assert.deepEqual(await by({ tagId: "tag-wichtig" }), ["late"]);
  assert.deepEqual(await by({ query: "roggenbrot" }), ["soon"]);
  assert.deepEqual(await by({ from: "2026-03-01", to: "2026-03-02" }), ["now"]);
  assert.deepEqual(await by({ to: "2026-02-28", includeCompleted: true }), ["late", "done"]);
  const { counts } = await callOk(world, anna, "todo_list", { counts: true, limit: 1 });
  assert.deepEqual(counts, { open: 4, overdue: 1, today: 1, completed: 1 });
  assert.match(
    await callRefused(world, anna, "todo_list", { from: "2026-03-02", to: "2026-03-01" }),
    /to: it is before `from`/,
  );
  assert.match(
    await callRefused(world, anna, "todo_list", { from: "2026-02-30" }),
    /from: expected an existing day/,
  );
});

Deno.test("todo.list: a day is due on that day in each form that the apps store, and never when it is no day", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  const task = async (id: string, dueDate: unknown) =>
    await pushInsert(world, anna, TASKS, id, {
      title: await seal(key, id),
      isCompleted: false,
      order: 0,
      dueDate,
    });
  // Midnight UTC is how the editors store a chosen day, also in a zone where it is the day before.
  await task("editor", "2026-03-01T00:00:00.000Z");
  await task("day", "2026-03-01");
  await task("instant", "2026-03-02T01:00:00.000Z");
  await task("none", "soon");
  const args = { state: "today", timeZone: "America/Los_Angeles" };
  assert.deepEqual((await titles(world, anna, "todo_list", args)).toSorted(), ["day", "editor", "instant"]);
  assert.deepEqual((await listed(world, anna, "todo_list", {})).rows.length, 4);
});

Deno.test("todo.read: the task in full, its tags, its time and its reminder", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna, {
    title: "Bread",
    description: "x".repeat(10_000),
    tagIds: ["a", "b", "a"],
    subtasks: ["flour", "water"],
    dueDate: "2026-03-05",
  });
  await callOk(
    world,
    anna,
    "todo_schedule",
    { id, start: "2026-03-04T18:00", end: "2026-03-04T18:30" },
    BERLIN,
  );
  await callOk(world, anna, "todo_remind", { id, minutesBefore: 10, type: "email" });
  const { task, ...rest } = await callOk(world, anna, "todo_read", { id }, BERLIN);
  assert.equal(Object(task).description.length, 10_000);
  assert.deepEqual(Object(task).subtasks.map(({ title }: { title: string }) => title), ["flour", "water"]);
  assert.deepEqual(rest, {
    tagIds: ["a", "b"],
    schedule: {
      start: "2026-03-04T18:00+01:00",
      end: "2026-03-04T18:30+01:00",
      allDay: false,
      recurrenceRule: null,
    },
    reminder: { minutesBefore: 10, type: "email" },
  });
  assert.equal(await callRefused(world, anna, "todo_read", { id: "none" }), notFound("task", "none"));
});

Deno.test("todo.update: fields, fields to clear, the checklist as a whole", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna, {
    title: "Bread",
    dueDate: "2026-03-05",
    subtasks: ["flour", "water"],
  });
  const read = async () => Object((await callOk(world, anna, "todo_read", { id })).task);
  const [flour] = (await read()).subtasks;
  const items = [{ title: "salt" }, { id: flour.id, title: "rye flour", isCompleted: true }];
  assert.deepEqual(
    await callOk(world, anna, "todo_update", { id, priority: "high", clear: ["dueDate"], subtasks: items }),
    { ok: true, changed: true },
  );
  const after = await read();
  assert.deepEqual([after.title, after.priority, after.dueDate], ["Bread", "high", null]);
  const [salt, rye, ...more] = after.subtasks;
  assert.equal(more.length, 0);
  assert.deepEqual({ ...salt, id: null }, {
    id: null,
    title: "salt",
    isCompleted: false,
    completedAt: null,
    order: 0,
  });
  assert.deepEqual([rye.id, rye.title, rye.isCompleted, rye.order], [flour.id, "rye flour", true, 1]);
  assert.match(rye.completedAt, /Z$/);
  assert.deepEqual(await callOk(world, anna, "todo_update", { id, priority: "high" }), {
    ok: true,
    changed: false,
  });
  await withoutPush(world, async () => {
    const bad: [Record<string, unknown>, RegExp][] = [
      [{ id }, /nothing to change/],
      [{ id, dueDate: "2026-03-05", clear: ["dueDate"] }, /clear: dueDate is given a value as well/],
      [{ id, projectId: "none" }, /projectId: there is no project with id "none", see todo_projects/],
      [{ id, subtasks: [{ id: "x", title: "y" }] }, /subtasks: the task has no item with id "x"/],
      [{ id, dueDate: "2026-02-30" }, /dueDate: expected/],
      [{ id: "none", title: "x" }, /No task with id "none"/],
    ];
    for (const [args, words] of bad) {
      assert.match(await callRefused(world, anna, "todo_update", args), words, JSON.stringify(args));
    }
  });
});

Deno.test("todo.update: a checklist that cannot be read is not replaced, everything else of the task can be changed", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  await pushInsert(world, anna, TASKS, "t", {
    title: await seal(key, "Bread"),
    isCompleted: false,
    order: 0,
    subtasks: `enc:1:${"A".repeat(16)}.${"A".repeat(40)}`,
  });
  await withoutPush(world, async () => {
    assert.match(
      await callRefused(world, anna, "todo_update", { id: "t", subtasks: [{ title: "flour" }] }),
      /This task cannot be changed because its subtasks cannot be read/,
    );
  });
  assert.deepEqual(await callOk(world, anna, "todo_update", { id: "t", priority: "low" }), {
    ok: true,
    changed: true,
  });
});

Deno.test("todo.update: the block on the calendar keeps the title, and a block that only claims to be the task's is left alone", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  const id = await create(world, anna, { title: "Bread" });
  await callOk(world, anna, "todo_schedule", { id, start: "2026-03-04" });
  await callOk(world, anna, "todo_update", { id, title: "Rye bread" });
  const renamed = (await pullAll(world, anna, BLOCKS)).at(-1);
  assert.equal(await open(key, renamed?.fields?.title?.value), "Rye bread");
  assert.equal((await titles(world, anna, "todo_list"))[0], "Rye bread");

  const other = await create(world, anna, { title: "Milk" });
  await pushInsert(world, anna, BLOCKS, "event", {
    title: await seal(key, "Dentist"),
    startDate: "2026-03-04T10:00:00.000Z",
    kind: "scheduled",
    type: "event",
    sourceModule: "calendar",
    sourceId: "e",
  });
  await pushUpdate(world, anna, TASKS, other, { scheduledBlockId: "event" });
  await callOk(world, anna, "todo_update", { id: other, title: "Oat milk" });
  await deleteWithYes(world, anna, "todo_delete", { id: other });
  const changes = (await pullAll(world, anna, BLOCKS)).filter((change) => change.id === "event");
  assert.deepEqual(changes.map(({ op }) => op), ["insert"]);
});

Deno.test("todo.complete: reopen makes a task open again", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna, { title: "Bread" });
  const complete = async (args = {}) => (await callOk(world, anna, "todo_complete", { id, ...args })).changed;
  assert.equal(await complete({ reopen: true }), false);
  assert.equal(await complete(), true);
  assert.equal(await complete({ reopen: true }), true);
  const { task } = await callOk(world, anna, "todo_read", { id });
  assert.deepEqual([Object(task).isCompleted, Object(task).completedAt], [false, null]);
});

Deno.test("todo.schedule: on the calendar, moved, off again; whole days, lengths and rules", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna, { title: "Bread", estimatedDuration: 5400 });
  const schedule = async (args: Record<string, unknown>) =>
    (await callOk(world, anna, "todo_schedule", { id, ...args }, BERLIN)).changed;
  const shown = async () => (await callOk(world, anna, "todo_read", { id }, BERLIN)).schedule;
  assert.equal(await schedule({ off: true }), false);
  assert.equal(await schedule({ start: "2026-03-04T18:00" }), true);
  assert.deepEqual(await shown(), {
    start: "2026-03-04T18:00+01:00",
    end: "2026-03-04T19:30+01:00",
    allDay: false,
    recurrenceRule: null,
  });
  assert.equal(await schedule({ start: "2026-03-04T18:00" }), false);
  // A Monday and a Thursday; 5 March 2026 is a Thursday.
  assert.equal(await schedule({ start: "2026-03-05", recurrenceRule: "freq=weekly;byday=mo,th" }), true);
  assert.deepEqual(await shown(), {
    start: "2026-03-05T00:00+01:00",
    end: "2026-03-05T23:59+01:00",
    allDay: true,
    recurrenceRule: "RRULE:FREQ=WEEKLY;BYDAY=MO,TH",
  });
  assert.equal((await live(world, anna, BLOCKS)).length, 1);
  assert.equal(await schedule({ off: true }), true);
  assert.equal((await live(world, anna, BLOCKS)).length, 0);
  assert.equal(await shown(), undefined);
  const { task } = await callOk(world, anna, "todo_read", { id });
  assert.equal(Object(task).scheduledBlockId, null);
  await withoutPush(world, async () => {
    const bad: [Record<string, unknown>, RegExp][] = [
      [{}, /start: is missing; give a day or a date-time, or `off`/],
      [{ off: true, start: "2026-03-04" }, /off: takes no times/],
      [{ start: "2026-02-30" }, /start: expected an existing day/],
      [{ start: "2026-03-04", end: "2026-03-04T10:00" }, /end: a whole day has none/],
      [{ start: "2026-03-04T10:00", end: "2026-03-04T10:00" }, /end: it is not after `start`/],
      [{ start: "2026-03-29T02:30" }, /does not exist in Europe\/Berlin/],
      [{ start: "2026-03-04", recurrenceRule: "FREQ=HOURLY" }, /recurrenceRule: the rule needs FREQ/],
      [
        { start: "2026-03-04", recurrenceRule: "FREQ=WEEKLY;BYDAY=MO" },
        /its first time is on 2026-03-09: begin on that day/,
      ],
      [{ start: "2026-03-04", timeZone: "Mars/Olympus" }, /timeZone: expected an IANA time zone/],
      [{ id: "none", start: "2026-03-04" }, /No task with id "none"/],
    ];
    for (const [args, words] of bad) {
      assert.match(
        await callRefused(world, anna, "todo_schedule", { id, ...args }, BERLIN),
        words,
        JSON.stringify(args),
      );
    }
  });
});

Deno.test("todo.schedule: a write that stopped half way is named, and the same call completes it", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna, { title: "Bread" });
  world.intercept = ({ method, url }) =>
    method === "POST" && url.endsWith("/sync/todo") ? new Response("", { status: 402 }) : undefined;
  const args = { id, start: "2026-03-04" };
  const message = await callRefused(world, anna, "todo_schedule", args);
  const [block, ...more] = await live(world, anna, BLOCKS);
  assert.equal(more.length, 0);
  assert.equal(
    message,
    `The sync service did not confirm the whole change (stored: time block ${block}; not stored: task ${id}). Call the tool ` +
      "again with exactly the same arguments within 15 minutes: that completes the change and doubles nothing.",
  );
  world.intercept = null;
  assert.deepEqual(await callOk(world, anna, "todo_schedule", args), { ok: true, changed: true });
  assert.deepEqual(await live(world, anna, BLOCKS), [block]);
  const { task } = await callOk(world, anna, "todo_read", { id });
  assert.equal(Object(task).scheduledBlockId, block);
});

Deno.test("todo.remind: one reminder at most, only where there is something to remind of", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna, { title: "Bread", dueDate: "2026-03-05" });
  const remind = async (args: Record<string, unknown>) =>
    (await callOk(world, anna, "todo_remind", { id, ...args })).changed;
  assert.equal(await remind({ off: true }), false);
  assert.equal(await remind({ minutesBefore: 10 }), true);
  assert.equal(await remind({ minutesBefore: 60, type: "both" }), true);
  assert.equal((await live(world, anna, REMINDERS)).length, 1);
  assert.equal(await remind({ off: true }), true);
  assert.equal((await live(world, anna, REMINDERS)).length, 0);
  const plain = await create(world, anna, { title: "Milk" });
  await withoutPush(world, async () => {
    assert.match(
      await callRefused(world, anna, "todo_remind", { id }),
      /give either `minutesBefore` or `off`/,
    );
    assert.match(
      await callRefused(world, anna, "todo_remind", { id, minutesBefore: -1 }),
      /minutesBefore: expected/,
    );
    assert.match(
      await callRefused(world, anna, "todo_remind", { id: plain, minutesBefore: 1 }),
      /no due date to remind of: give it one with todo_update/,
    );
    assert.equal(
      await callRefused(world, anna, "todo_remind", { id: "none", minutesBefore: 1 }),
      notFound("task", "none"),
    );
  });
});

Deno.test("todo.delete: with its block, the times of its series and its reminder, and nothing else", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna, { title: "Bread", dueDate: "2026-03-05" });
  const other = await create(world, anna, { title: "Milk", dueDate: "2026-03-05" });
  for (const task of [id, other]) {
    await callOk(world, anna, "todo_schedule", { id: task, start: "2026-03-04" });
    await callOk(world, anna, "todo_remind", { id: task, minutesBefore: 5 });
  }
  const { task } = await callOk(world, anna, "todo_read", { id });
  await pushInsert(world, anna, BLOCKS, "instance", {
    startDate: "2026-03-11T09:00:00.000Z",
    kind: "scheduled",
    type: "task",
    sourceModule: "todo",
    sourceId: id,
    parentBlockId: Object(task).scheduledBlockId,
    recurrenceDate: "2026-03-11",
  });
  const { sentence } = await deleteWithYes(world, anna, "todo_delete", { id });
  assert.match(sentence, /Bread/);
  assert.deepEqual(await titles(world, anna, "todo_list"), ["Milk"]);
  assert.equal((await live(world, anna, BLOCKS)).length, 1);
  assert.equal((await live(world, anna, REMINDERS)).length, 1);
});

Deno.test("todo.projects: created, renamed, archived, refused without a name", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const save = async (args: Record<string, unknown>) =>
    (await callOk(world, anna, "todo_save_project", args)).id;
  const names = async (args = {}) =>
    (await listed(world, anna, "todo_projects", args)).rows.map(({ name, order }) => [name, order]);
  const house = await save({ name: "House" });
  await save({ name: "Garden", color: "#00ff00" });
  assert.deepEqual(await names(), [["House", 0], ["Garden", 1]]);
  assert.equal(await save({ id: house, name: "Home" }), house);
  await save({ id: house, isArchived: true });
  assert.deepEqual(await names(), [["Garden", 1]]);
  assert.deepEqual(await names({ includeArchived: true }), [["Home", 0], ["Garden", 1]]);
  await withoutPush(world, async () => {
    assert.match(await callRefused(world, anna, "todo_save_project", {}), /name: is missing/);
    assert.match(await callRefused(world, anna, "todo_save_project", { id: house }), /nothing to change/);
    assert.match(
      await callRefused(world, anna, "todo_save_project", { id: "none", name: "x" }),
      /No project with id/,
    );
    assert.match(
      await callRefused(world, anna, "todo_save_project", { name: "x", color: "red" }),
      /color: expected six/,
    );
  });
});
