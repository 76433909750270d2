import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { defineTable } from "../../lib/records/define_table.ts";
import { defineTool } from "../../lib/tool/define_tool.ts";
import { recordOutput } from "../../lib/tool/record_schema.ts";
import { call } from "../_support/mcp.ts";
import { moduleOf } from "../_support/modules.ts";
import { pullAll, push } from "../_support/device.ts";
import { createWorld } from "../_support/world.ts";
import { at, createHarness, type Harness, insert, shared, update } from "./_harness.ts";

/** A table as `habits.schedule` and the library's `details` are: objects and lists in plaintext beside a sealed object. */
const plans = defineTable({
  app: "plans",
  name: "plans",
  record: "plan",
  row: z.object({
    title: z.string().default(""),
    schedule: z.object({ days: z.array(z.number()), time: z.string().optional() }).nullable().default(null),
    values: z.record(z.string(), z.json()).default({}),
    tags: z.array(z.string()).default([]),
    secret: z.json().default(null),
  }),
  encrypted: ["title", "secret"],
});

const SCHEDULE = { days: [1, 2], time: "08:00" };

function withPlan(data: Record<string, unknown> = {}, spaceId?: string): Harness {
  const h = createHarness();
  h.services.memberships.set("anna", new Set(["team"]));
  h.services.write("anna", "plans", [
    insert("plans", "1", { schedule: SCHEDULE, tags: ["a"], createdAt: at(0), ...data }, spaceId),
  ]);
  return h;
}

/** The fields of the last push without `updatedAt`, by name; null where nothing was pushed. */
function pushed(h: Harness): Record<string, unknown> | null {
  if (h.services.pushes().length === 0) return null;
  const { updatedAt: _, ...fields } = h.services.rows.at(-1)?.change.fields ?? {};
  return Object.fromEntries(Object.entries(fields).map(([name, { value }]) => [name, value]));
}

Deno.test("an update of an object writes the paths that change, a removed key as null, as the web app does", async () => {
  const table: readonly [Partial<z.input<typeof plans.row>>, Record<string, unknown> | null][] = [
    [{ schedule: { days: [1, 2], time: "09:00" } }, { "schedule.time": "09:00" }],
    [{ schedule: { days: [1, 2] } }, { "schedule.time": null }],
    [{ schedule: { days: [3], time: "08:00" } }, { "schedule.days": [3] }],
    [{ schedule: { time: "09:00", days: [] } }, { "schedule.time": "09:00", "schedule.days": [] }],
    [{ schedule: { time: "08:00", days: [1, 2] } }, null],
    [{ schedule: null }, { schedule: null }],
    [{ tags: ["a"] }, null],
    [{ tags: ["a", "b"] }, { tags: ["a", "b"] }],
    [{ values: { price: { amount: 1 } } }, { values: { price: { amount: 1 } } }],
  ];
  for (const [patch, expected] of table) {
    const h = withPlan();
    const { changed } = await h.write().update(plans, "1", () => patch);
    assert.equal(changed, expected !== null, JSON.stringify(patch));
    assert.deepEqual(pushed(h), expected);
  }
});

Deno.test("paths lead as deep as values differ; new, emptied and replaced objects are written whole at their path", async () => {
  const before = { a: { b: { c: 1, d: 2 } }, e: [{ f: 1 }], g: "text", h: null };
  const table: readonly [z.input<typeof plans.row>["values"], Record<string, unknown> | null][] = [
    [{ ...before, a: { b: { c: 5, d: 2 } } }, { "values.a.b.c": 5 }],
    [{ ...before, a: { b: { c: 5 } } }, { "values.a.b.c": 5, "values.a.b.d": null }],
    [{ ...before, a: { b: {} } }, { "values.a.b.c": null, "values.a.b.d": null }],
    [{ ...before, a: {} }, { "values.a.b": null }],
    [{ ...before, a: "flat" }, { "values.a": "flat" }],
    [{ ...before, g: { x: { y: 1 } } }, { "values.g": { x: { y: 1 } } }],
    [{ ...before, e: [{ f: 2 }] }, { "values.e": [{ f: 2 }] }],
    [{ a: before.a, e: before.e, g: "text" }, null],
    [{ ...before, n: null }, null],
    [{ ...before, constructor: 1 }, { "values.constructor": 1 }],
  ];
  for (const [values, expected] of table) {
    const h = withPlan({ values: before });
    await h.write().update(plans, "1", () => ({ values }));
    assert.deepEqual(pushed(h), expected);
    assert.deepEqual(
      withoutNulls((await h.read().get(plans, "1")).values),
      withoutNulls(values),
    );
  }
});

Deno.test("a key that no path can name is sent with the object around it, and the others alone", async () => {
  for (const key of ["a.b", "", "."]) {
    const h = withPlan({ values: { deep: { x: 1 }, other: 1 } });
    const update = (values: z.input<typeof plans.row>["values"]) =>
      h.write().update(plans, "1", () => ({ values }));
    await update({ deep: { x: 1, [key]: 2 }, other: 1 });
    assert.deepEqual(pushed(h), { "values.deep": { x: 1, [key]: 2 } });
    await update({ deep: { x: 5, [key]: 2 }, other: 1 });
    assert.deepEqual(pushed(h), { "values.deep.x": 5 });
    await update({ deep: { x: 5 }, other: 1, [key]: 1 });
    assert.deepEqual(pushed(h), { values: { deep: { x: 5 }, other: 1, [key]: 1 } });
    assert.deepEqual((await h.read().get(plans, "1")).values, { deep: { x: 5 }, other: 1, [key]: 1 });
  }
});

Deno.test("what the schema does not know and what another device changes beside stay as they are", async () => {
  const h = withPlan({ schedule: { ...SCHEDULE, zone: "Europe/Berlin" } });
  await h.write().update(plans, "1", (current) => {
    // Another device writes after the record was read.
    h.services.write("anna", "plans", [update("plans", "1", at(3), { "schedule.days": [7] })]);
    return { schedule: { days: current.schedule?.days ?? [], time: "10:00" } };
  });
  assert.deepEqual(pushed(h), { "schedule.time": "10:00" });
  assert.deepEqual((await h.read().get(plans, "1")).schedule, { days: [7], time: "10:00" });
  const loose = defineTable({ ...plans, row: z.object({ schedule: z.json() }), encrypted: [] });
  assert.deepEqual((await h.read().get(loose, "1")).schedule, {
    days: [7],
    time: "10:00",
    zone: "Europe/Berlin",
  });
});

Deno.test("where no object is stored the whole object is written: null, absent, another value, a default in the row", async () => {
  for (const stored of [null, undefined, "a text", [1]]) {
    const h = withPlan({ schedule: stored, values: stored });
    await h.write().update(plans, "1", () => ({ schedule: { days: [1] }, values: { x: 1 } }));
    assert.deepEqual(pushed(h), { schedule: { days: [1] }, values: { x: 1 } });
    assert.deepEqual((await h.read().get(plans, "1")).schedule, { days: [1] });
  }
  // An object that could not be read is replaced, not mended.
  const h = withPlan({ schedule: { days: "none" } });
  await h.write().update(plans, "1", () => ({ schedule: { days: [1] } }));
  assert.deepEqual(pushed(h), { schedule: { days: [1] } });
});

Deno.test("a sealed object is one text; where the space seals nothing it is an object like others", async () => {
  const h = withPlan();
  await h.write().update(plans, "1", () => ({ secret: { a: 1, b: 2 } }));
  await h.write().update(plans, "1", () => ({ secret: { a: 1, b: 3 } }));
  assert.match(String(pushed(h)?.secret), /^enc:1:/);
  assert.deepEqual(Object.keys(pushed(h) ?? {}), ["secret"]);
  assert.deepEqual((await h.read().get(plans, "1")).secret, { a: 1, b: 3 });
  const team = withPlan({ secret: { a: 1, b: 2 } }, "team");
  await team.write({ space: shared("team") }).update(plans, "1", () => ({ secret: { a: 1, b: 3 } }));
  assert.deepEqual(pushed(team), { "secret.b": 3 });
});

Deno.test("a path is stamped above what is above and below it, and not by what is beside", async () => {
  const ahead = "2027-01-01T00:00:00.000Z";
  const h = withPlan();
  h.services.write("anna", "plans", [update("plans", "1", ahead, { "schedule.days": [7] })]);
  await h.write().update(plans, "1", () => ({ schedule: { days: [7], time: "09:00" } }));
  assert.equal(h.services.rows.at(-1)?.change.fields?.["schedule.time"]?.at, "2026-05-20T10:00:00.000Z");
  await h.write().update(plans, "1", () => ({ schedule: { days: [1], time: "09:00" } }));
  assert.equal(h.services.rows.at(-1)?.change.fields?.["schedule.days"]?.at, "2027-01-01T00:00:00.001Z");
  await h.write().update(plans, "1", () => ({ schedule: null }));
  assert.equal(h.services.rows.at(-1)?.change.fields?.schedule?.at, "2027-01-01T00:00:00.002Z");
  assert.equal((await h.read().get(plans, "1")).schedule, null);
  await h.write().update(plans, "1", () => ({ schedule: SCHEDULE }));
  assert.deepEqual((await h.read().get(plans, "1")).schedule, SCHEDULE);
});

Deno.test("a key that was cleared is missing where it may not be null", async () => {
  const h = withPlan({ schedule: { days: [1], time: null }, values: { x: null } });
  const { schedule, values, unreadable } = await h.read().get(plans, "1");
  assert.deepEqual([schedule, values, unreadable], [{ days: [1] }, { x: null }, undefined]);
});

const key = fc.constantFrom("a", "b", "a.b", "", "constructor");
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(0, 1, "x", null, true),
    fc.array(fc.nat(3), { maxLength: 2 }),
    fc.dictionary(key, tie("json"), { maxKeys: 3 }),
  ),
}));
const values = fc.dictionary(key, json, { maxKeys: 4 });

Deno.test("whatever objects a tool writes one after the other, the next read shows the last, null being absent", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(values, { minLength: 2, maxLength: 5 }), async ([first, ...later]) => {
      const h = withPlan({ values: first });
      for (const next of later) {
        const parsed = plans.row.shape.values.parse(next);
        await h.write().update(plans, "1", () => ({ values: parsed }));
        assert.deepEqual(withoutNulls((await h.read().get(plans, "1")).values), withoutNulls(parsed));
      }
    }),
    { numRuns: 150 },
  );
});

/** Keys whose value is null do not count. */
function withoutNulls(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([, member]) => member !== null).map((
      [name, member],
    ) => [name, withoutNulls(member)]),
  );
}

Deno.test("through the public door: the web app's paths show, and a tool's change of a key leaves as a path", async () => {
  const show = defineTool({
    name: "plans.show",
    title: "Show a plan",
    access: "read",
    description: "Shows a plan.",
    input: z.object({ id: z.string() }),
    output: z.object({ plan: recordOutput(plans) }),
    run: async ({ id }, { records }) => ({ plan: await records.get(plans, id) }),
  });
  const retime = defineTool({
    name: "plans.retime",
    title: "Set the time of a plan",
    access: "write",
    description: "Sets or takes away the time of a plan.",
    input: z.object({ id: z.string(), time: z.string().optional() }),
    output: z.object({ plan: recordOutput(plans) }),
    async run({ id, time }, { records }) {
      const { record } = await records.update(plans, id, ({ schedule }) => ({
        schedule: { days: schedule?.days ?? [], ...(time === undefined ? {} : { time }) },
      }));
      return { plan: record };
    },
  });
  const wire = { app: "plans", table: "plans" };
  await using world = await createWorld({ modules: [moduleOf(show, retime)] });
  const anna = await world.person("anna");
  const stamp = () => new Date(world.clock.now).toISOString();
  const device = (fields: Record<string, unknown>) => {
    world.clock.now += 5_000;
    const written = Object.entries(fields).map(([name, value]) => // A removed key is a change without value.
    [name, value === undefined ? { at: stamp() } : { value, at: stamp() }]);
    return push(world, anna, wire, [
      { id: "p1", op: "update", spaceId: anna.personalSpace, fields: Object.fromEntries(written) },
    ]);
  };
  const shown = async () => {
    const outcome = await call(world, anna, "plans.show", { id: "p1" });
    assert.ok(outcome.ok, JSON.stringify(outcome));
    return Object(outcome.output.plan).schedule;
  };
  await push(world, anna, wire, [{
    id: "p1",
    op: "insert",
    spaceId: anna.personalSpace,
    data: {
      id: "p1",
      spaceId: anna.personalSpace,
      title: "Run",
      schedule: SCHEDULE,
      tags: [],
      createdAt: stamp(),
    },
  }]);
  await device({ "schedule.time": "07:30", "schedule.days": [5], tags: [] });
  assert.deepEqual(await shown(), { days: [5], time: "07:30" });
  await device({ "schedule.time": undefined, tags: [] });
  assert.deepEqual(await shown(), { days: [5] });
  world.clock.now += 5_000;
  assert.ok((await call(world, anna, "plans.retime", { id: "p1", time: "21:00" })).ok);
  assert.deepEqual(await shown(), { days: [5], time: "21:00" });
  world.clock.now += 5_000;
  assert.ok((await call(world, anna, "plans.retime", { id: "p1" })).ok);
  assert.deepEqual(await shown(), { days: [5] });
  const own = (await pullAll(world, anna, wire)).filter(({ origin }) => origin === "agent");
  assert.deepEqual(own.map(({ fields }) => Object.keys(fields ?? {}).sort()), [
    ["schedule.time", "updatedAt"],
    ["schedule.time", "updatedAt"],
  ]);
  assert.deepEqual(own.map(({ fields }) => fields?.["schedule.time"]?.value), ["21:00", null]);
});
