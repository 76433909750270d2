/** Clients that fill strict schemas send null, or an empty text, for what nobody said. */
import assert from "node:assert/strict";
import { z } from "zod";
import { defineTool } from "../../lib/tool/define_tool.ts";
import { HABITS, pushInsert } from "../_support/device.ts";
import { listed, recordOf } from "../_support/listed.ts";
import { call, callOk, callRefused } from "../_support/mcp.ts";
import { moduleOf, TOOLS } from "../_support/modules.ts";
import { createWorld } from "../_support/world.ts";

const Properties = z.record(z.string(), z.looseObject({}));
const Required = z.array(z.string()).default([]);

/** What a call needs at least. */
const NEEDED: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "habits.create": { title: "x" },
  "todo.create": { title: "x" },
  "notes.create": { title: "x" },
  "journal.add": { content: "x" },
};

Deno.test("null for every optional argument of a tool is the same as leaving all of them out", async () => {
  await using world = await createWorld();
  // Two people who do the same, since a call may change what the next one finds: a timer runs, or runs already.
  const anna = await world.person("anna");
  const ben = await world.person("ben");
  for (const { name, inputSchema } of TOOLS) {
    const optional = Object.keys(Properties.parse(inputSchema["properties"]))
      .filter((argument) => !Required.parse(inputSchema["required"]).includes(argument));
    const needed = NEEDED[name] ?? {};
    const plain = await call(world, anna, name, needed);
    const nulls = await call(world, ben, name, {
      ...Object.fromEntries(optional.map((argument) => [argument, null])),
      ...needed,
    });
    assert.equal(nulls.ok, plain.ok, name);
    if (!plain.ok || !nulls.ok) continue;
    const shape = (output: Record<string, unknown>) =>
      JSON.stringify(output).replaceAll(
        /[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\dT[\d:.]+Z|"order":\d+/g,
        "*",
      );
    if (name.endsWith(".create") || name.endsWith(".add")) {
      assert.equal(shape(nulls.output), shape(plain.output), name);
    }
  }
});

Deno.test("null is taken for each optional argument of each tool, also for the space", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (const { name, inputSchema, usesRecords } of TOOLS) {
    const required = Required.parse(inputSchema["required"]);
    const all = [
      ...Object.keys(Properties.parse(inputSchema["properties"])),
      ...usesRecords ? ["space"] : [],
    ];
    for (const argument of all.filter((one) => !required.includes(one))) {
      const args = { ...Object.fromEntries(required.map((one) => [one, "none"])), [argument]: null };
      const answer = await call(world, anna, name, args);
      if (!answer.ok) {
        assert.doesNotMatch(answer.message, new RegExp(`\\b${argument}: expected`), `${name}.${argument}`);
      }
    }
  }
});

Deno.test("null is taken for what is optional inside objects and lists of an input", async () => {
  const given: unknown[] = [];
  const Step = z.strictObject({
    text: z.string(),
    minutes: z.int().optional(),
    until: z.iso.date().optional(),
  });
  const plan = defineTool({
    name: "plan.make",
    title: "Plan",
    access: "read",
    description: "A tool of the tests.",
    input: z.object({
      steps: z.array(Step).optional(),
      goal: Step.extend({ why: z.string().nullable() }).optional(),
    }),
    output: z.object({}),
    run(input) {
      given.push(input);
      return Promise.resolve({});
    },
  });
  await using world = await createWorld({ modules: [moduleOf(plan)] });
  const anna = await world.person("anna");
  await callOk(world, anna, "plan_make", {
    steps: [{ text: "x", minutes: null, until: "" }, { text: "y", minutes: 3 }],
    goal: { text: "z", why: null, until: null },
  });
  await callOk(world, anna, "plan_make", { steps: null, goal: null });
  assert.deepEqual(given, [{
    steps: [{ text: "x" }, { text: "y", minutes: 3 }],
    goal: { text: "z", why: null },
  }, {}]);
  assert.match(
    await callRefused(world, anna, "plan_make", { steps: [{ text: null }] }),
    /steps\.0\.text|steps\[0\]\.text|steps/,
  );
});

Deno.test("an empty text is absent for a day, a choice, a number or a cursor, and a value where text is meant", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const empty = { title: "x", dueDate: "", priority: "" };
  const task = recordOf(await callOk(world, anna, "todo_create", empty), "task");
  assert.deepEqual([task["dueDate"], task["priority"]], [null, "medium"]);
  const entry = recordOf(
    await callOk(world, anna, "journal_add", { content: "x", entryDate: "", mood: "" }),
    "entry",
  );
  assert.deepEqual([entry["entryDate"], entry["mood"]], ["2026-03-01", null]);
  const color =
    recordOf(await callOk(world, anna, "habits_create", { title: "x", color: "" }), "habit")["color"];
  assert.equal(color, "#6366f1");
  assert.equal((await listed(world, anna, "todo_list", { limit: "", cursor: "" })).rows.length, 1);
  assert.equal((await listed(world, anna, "notes_search", { query: "", cursor: "" })).rows.length, 0);
  for (const args of [{ title: "" }, { title: "x", icon: "" }]) {
    assert.match(
      await callRefused(world, anna, "habits_create", args),
      /: expected at least one visible character/,
    );
  }
  assert.match(
    await callRefused(world, anna, "todo_complete", { id: "" }),
    /id: expected at least 1 character/,
  );
});

Deno.test("what Gemini CLI adds to every tool for itself is no argument; in any other form it is unknown", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (const wait_for_previous of [true, false]) {
    await callOk(world, anna, "habits_create", { title: "Run", icon: null, wait_for_previous });
    await callOk(world, anna, "habits_list", { wait_for_previous });
    await callOk(world, anna, "records_list", { module: "habits", wait_for_previous });
  }
  const unknown = /unknown argument "wait_for_previous"/;
  assert.match(await callRefused(world, anna, "habits_list", { wait_for_previous: "yes" }), unknown);
  assert.match(
    await callRefused(world, anna, "habits_list", { wait_for_next: true }),
    /unknown argument "wait_for_next"/,
  );
});

Deno.test("null takes a goal away where the schema says so, and an empty text leaves it", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, HABITS, "h", { title: "Run", targetPerDay: 3, defaultDuration: 60 });
  const habit = async () => {
    const { rows: [row] } = await listed(world, anna, "habits_list");
    return [row?.["title"], row?.["targetPerDay"], row?.["defaultDuration"]];
  };
  await callOk(world, anna, "habits_update", { id: "h", title: "Walk", icon: null, targetPerDay: "" });
  assert.deepEqual(await habit(), ["Walk", 3, 60]);
  await callOk(world, anna, "habits_update", { id: "h", targetPerDay: null });
  assert.deepEqual(await habit(), ["Walk", null, 60]);
  const update = TOOLS.find(({ name }) => name === "habits.update") ?? assert.fail();
  const { targetPerDay } = Properties.parse(update.inputSchema["properties"]);
  assert.match(String(targetPerDay?.["description"]), /null takes the goal away/);
  assert.match(
    await callRefused(world, anna, "habits_update", { id: "h", title: null, icon: null }),
    /nothing to change/,
  );
});
