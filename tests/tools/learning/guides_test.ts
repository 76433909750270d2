import assert from "node:assert/strict";
import { z } from "zod";
import { HABITS, masterKey, open, pullAll, pushInsert, withoutPush } from "../../_support/device.ts";
import { notFound, titles } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";
import { deleteRefused, deleteWithYes } from "../people/_deleting.ts";

const BLOCKS = { app: "timeblocks", table: "timeBlocks" };
const RUNS = { app: "guides", table: "runs" };
const STEPS = { app: "guides", table: "steps" };
const BREAD = {
  title: "Brot",
  steps: [{ title: "Hände waschen" }],
  sections: [
    {
      title: "Teig",
      content: "am Abend",
      steps: [{ title: "Mischen", content: "lange" }, { title: "Ruhen" }],
    },
    { title: "Ofen", steps: [{ title: "Backen" }] },
  ],
};

const Read = z.object({
  guide: z.looseObject({ title: z.string() }),
  sections: z.array(z.object({ id: z.string(), title: z.string(), content: z.string().nullable() })),
  steps: z.array(z.looseObject({
    id: z.string(),
    title: z.string(),
    sectionId: z.string().nullable(),
    content: z.string().nullable(),
  })),
  runs: z.array(z.object({
    id: z.string(),
    startedAt: z.string(),
    completedAt: z.string().nullable(),
    completedStepIds: z.array(z.string()),
  })),
});

async function create(world: World, person: Person, args: Record<string, unknown> = BREAD): Promise<string> {
  return String((await callOk(world, person, "guides_create", args)).id);
}

async function read(world: World, person: Person, id: string) {
  return Read.parse(await callOk(world, person, "guides_read", { id }));
}

/** Each step with the title of its section. */
async function stepsOf(world: World, person: Person, id: string): Promise<unknown[]> {
  const { sections, steps } = await read(world, person, id);
  return steps.map((
    { title, sectionId },
  ) => [title, sections.find((section) => section.id === sectionId)?.title]);
}

Deno.test("guides.create: sections and steps in one order", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna);
  const { sections } = await read(world, anna, id);
  assert.deepEqual(sections.map(({ title, content }) => [title, content]), [["Teig", "am Abend"], [
    "Ofen",
    null,
  ]]);
  assert.deepEqual(await stepsOf(world, anna, id), [
    ["Hände waschen", undefined],
    ["Mischen", "Teig"],
    ["Ruhen", "Teig"],
    ["Backen", "Ofen"],
  ]);
  const orders = (await pullAll(world, anna, STEPS)).map(({ data }) => data?.order);
  assert.deepEqual(orders, [0, 1, 2, 3]);
});

Deno.test("guides.list: in the person's order, by category and words", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await create(world, anna, { title: "eins", description: "mit Hefe" });
  await create(world, anna, { title: "zwei", category: "productivity" });
  const found = (args: Record<string, unknown>) => titles(world, anna, "guides_list", args);
  assert.deepEqual(await found({}), ["eins", "zwei"]);
  assert.deepEqual(await found({ category: "productivity" }), ["zwei"]);
  assert.deepEqual(await found({ query: "hefe" }), ["eins"]);
});

Deno.test("guides.update: changes and adds parts, and orders steps", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna);
  const { sections: [dough], steps } = await read(world, anna, id);
  const [wash, mix] = steps;
  assert.deepEqual(
    await callOk(world, anna, "guides_update", {
      id,
      title: "Sauerteig",
      sections: [{ id: dough?.id, title: "Vorteig" }, { title: "Danach" }],
      steps: [{ id: mix?.id, content: "kurz" }, { title: "Abkühlen", sectionId: dough?.id }],
      stepOrder: [mix?.id, wash?.id],
    }),
    { ok: true, changed: true },
  );
  const after = await read(world, anna, id);
  assert.equal(after.guide.title, "Sauerteig");
  assert.deepEqual(after.sections.map(({ title }) => title), ["Vorteig", "Ofen", "Danach"]);
  assert.deepEqual(await stepsOf(world, anna, id), [
    ["Mischen", "Vorteig"],
    ["Hände waschen", undefined],
    ["Ruhen", "Vorteig"],
    ["Backen", "Ofen"],
    ["Abkühlen", "Vorteig"],
  ]);
  assert.equal(after.steps[0]?.content, "kurz");
  await withoutPush(world, async () => {
    const same = { id, title: "Sauerteig", steps: [{ id: mix?.id, content: "kurz" }] };
    assert.deepEqual(await callOk(world, anna, "guides_update", same), { ok: true, changed: false });
  });
});

Deno.test("guides.run: a run with its time block is started, ticked and finished", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const guideId = await create(world, anna);
  const { steps: [wash, mix] } = await read(world, anna, guideId);
  const { id: runId, done, steps } = await callOk(world, anna, "guides_run", { action: "start", guideId });
  assert.deepEqual([done, steps], [0, 4]);
  const [block] = await pullAll(world, anna, BLOCKS);
  const { kind, type, sourceModule, sourceId, endDate, color, title } = block?.data ?? {};
  assert.deepEqual([kind, type, sourceModule, sourceId, endDate, color], [
    "logged",
    "guide",
    "guides",
    runId,
    null,
    "#14b8a6",
  ]);
  assert.equal(await open(await masterKey(world, anna), title), "Brot");
  assert.equal((await pullAll(world, anna, RUNS))[0]?.data?.timeBlockId, block?.id);
  const act = async (args: Record<string, unknown>) =>
    (await callOk(world, anna, "guides_run", { runId, ...args })).done;
  assert.equal(await act({ action: "tick", stepIds: [wash?.id, mix?.id] }), 2);
  assert.equal(await act({ action: "tick", stepIds: [wash?.id] }), 2);
  assert.equal(await act({ action: "untick", stepIds: [mix?.id] }), 1);
  assert.equal(await act({ action: "finish" }), 1);
  const { runs: [run] } = await read(world, anna, guideId);
  assert.deepEqual(run?.completedStepIds, [wash?.id]);
  const ends = (await pullAll(world, anna, BLOCKS)).flatMap(({ fields }) => fields?.endDate?.value ?? []);
  assert.deepEqual(ends, [run?.completedAt]);
  world.clock.now += 60_000;
  await withoutPush(world, async () => void await act({ action: "finish" }));
});

Deno.test("guides.run: steps that are ticked at the same time are all ticked", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const guideId = await create(world, anna);
  const { steps } = await read(world, anna, guideId);
  const { id: runId } = await callOk(world, anna, "guides_run", { action: "start", guideId });
  await Promise.all(
    steps.map(({ id }) => callOk(world, anna, "guides_run", { action: "tick", runId, stepIds: [id] })),
  );
  assert.equal((await read(world, anna, guideId)).runs[0]?.completedStepIds.length, 4);
});

Deno.test("guides.run: the same start completes what a lost answer left", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const guideId = await create(world, anna);
  let pushes = 0;
  world.intercept = (request) =>
    Promise.resolve(
      request.method === "POST" && ++pushes > 1 ? new Response("no", { status: 400 }) : undefined,
    );
  assert.match(await callRefused(world, anna, "guides_run", { action: "start", guideId }), /stored/);
  world.intercept = null;
  const { id } = await callOk(world, anna, "guides_run", { action: "start", guideId });
  const blocks = await pullAll(world, anna, BLOCKS);
  assert.deepEqual(blocks.map(({ data }) => data?.sourceId), [id]);
  assert.deepEqual((await pullAll(world, anna, RUNS)).map(({ id, data }) => [id, data?.timeBlockId]), [[
    id,
    blocks[0]?.id,
  ]]);
});

Deno.test("guides.delete: a step, a section whose steps stay, a guide with everything that is of it", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const id = await create(world, anna);
  const other = await create(world, anna, { title: "Tee", steps: [{ title: "Ziehen" }] });
  await callOk(world, anna, "guides_run", { action: "start", guideId: id });
  const { steps: [wash], sections: [dough] } = await read(world, anna, id);
  const step = await deleteWithYes(world, anna, "guides_delete", { id, stepId: wash?.id });
  assert.match(step.sentence, /Delete the step "Hände waschen"\?/);
  const section = await deleteWithYes(world, anna, "guides_delete", { id, sectionId: dough?.id });
  assert.match(section.sentence, /Delete the section "Teig"\?/);
  assert.deepEqual(await stepsOf(world, anna, id), [["Mischen", undefined], ["Ruhen", undefined], [
    "Backen",
    "Ofen",
  ]]);
  const { sections } = await read(world, anna, id);
  const strange = { id: other, sectionId: sections[0]?.id };
  assert.match(
    await deleteRefused(world, anna, "guides_delete", strange),
    /sectionId: the guide has no part/,
  );
  const { sentence } = await deleteWithYes(world, anna, "guides_delete", { id });
  assert.match(sentence, /Delete the guide "Brot"\?.* 3 steps and 1 run will go as well\./);
  assert.deepEqual(await titles(world, anna, "guides_list"), ["Tee"]);
  const deleted = async (table: typeof BLOCKS) =>
    (await pullAll(world, anna, table)).filter(({ op }) => op === "delete").length;
  assert.deepEqual([await deleted(BLOCKS), await deleted(RUNS), await deleted(STEPS)], [1, 1, 4]);
  assert.equal((await read(world, anna, other)).steps.length, 1);
});

Deno.test("guides: what cannot be is refused, and nothing is pushed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  await pushInsert(world, anna, HABITS, "run", { title: "Run" });
  const id = await create(world, anna);
  const other = await create(world, anna, { title: "Tee", steps: [{ title: "Ziehen" }] });
  const { steps: [brew] } = await read(world, anna, other);
  const { id: runId } = await callOk(world, anna, "guides_run", { action: "start", guideId: id });
  await withoutPush(world, async () => {
    const update = (args: Record<string, unknown>) =>
      callRefused(world, anna, "guides_update", { id, ...args });
    assert.match(await update({}), /nothing to change/);
    assert.match(await update({ steps: [{ id: brew?.id, title: "x" }] }), /steps: the guide has no part/);
    assert.match(await update({ steps: [{ content: "x" }] }), /steps: a new step needs a title/);
    assert.match(await update({ sections: [{ content: "x" }] }), /sections: a new section needs a title/);
    assert.match(
      await update({ steps: [{ title: "x", sectionId: "run" }] }),
      /sectionId: the guide has no part "run"/,
    );
    assert.match(await update({ stepOrder: ["run"] }), /stepOrder: the guide has no part "run"/);
    assert.equal(await update({ id: "run", title: "x" }), notFound("guide", "run"));
    const run = (args: Record<string, unknown>) => callRefused(world, anna, "guides_run", args);
    assert.match(await run({ action: "start" }), /guideId: is missing/);
    assert.match(await run({ action: "start", runId }), /give a guideId to start, a runId for all else/);
    assert.match(
      await run({ action: "finish", guideId: id }),
      /give a guideId to start, a runId for all else/,
    );
    assert.match(await run({ action: "tick", runId }), /stepIds: to tick or untick, and only then/);
    assert.match(await run({ action: "tick", runId, stepIds: [brew?.id] }), /stepIds: the guide has no part/);
    assert.match(
      await run({ action: "finish", runId, guideId: other }),
      /runId: the run is through another guide/,
    );
    assert.equal(await run({ action: "start", guideId: "run" }), notFound("guide", "run"));
    assert.equal(await run({ action: "finish", runId: "run" }), notFound("run", "run"));
    const huge = { title: "x", description: "x".repeat(200_000) };
    assert.match(await callRefused(world, anna, "guides_create", huge), /description: /);
    assert.match(await callRefused(world, anna, "guides_create", { title: "x", steps: [{}] }), /steps/);
    const section = { title: "s", steps: Array.from({ length: 100 }, () => ({ title: "x" })) };
    const many = { title: "x", sections: Array.from({ length: 10 }, () => section) };
    assert.match(
      await callRefused(world, anna, "guides_create", many),
      /at most 900 parts can be written at once/,
    );
  });
});

Deno.test("guides.run: a list of steps that cannot be read is not started anew, and a run whose guide is gone is said so", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const guideId = await create(world, anna);
  const { steps: [step] } = await read(world, anna, guideId);
  const run = { startedAt: "2026-02-01T10:00:00.000Z", completedAt: null };
  await pushInsert(world, anna, RUNS, "odd", { ...run, guideId, completedStepIds: "alle" });
  await pushInsert(world, anna, RUNS, "lone", {
    ...run,
    guideId: "gone",
    completedStepIds: [],
    timeBlockId: "gone",
  });
  const act = (args: Record<string, unknown>) => callRefused(world, anna, "guides_run", args);
  await withoutPush(world, async () => {
    const words = await act({ action: "tick", runId: "odd", stepIds: [step?.id] });
    assert.match(words, /This run cannot be changed because its completedStepIds cannot be read/);
    assert.match(await act({ action: "tick", runId: "lone", stepIds: [step?.id] }), /the guide has no part/);
  });
  const { runs } = await callOk(world, anna, "guides_read", { id: guideId });
  assert.ok(Array.isArray(runs));
  assert.deepEqual(runs.map(({ unreadable }) => unreadable), [["completedStepIds"]]);
  const { done, steps } = await callOk(world, anna, "guides_run", { action: "finish", runId: "lone" });
  assert.deepEqual([done, steps], [0, 0]);
});
