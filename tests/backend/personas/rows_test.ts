import assert from "node:assert/strict";
import { z } from "zod";
import { post } from "../../_support/test_backend.ts";
import { createPersonaBackend, KEY, type PersonaBackend, row } from "./_personas.ts";

Deno.test("a tick's whole list is posted again and again: each row is stored once, and the answer tells what was new", async () => {
  await using test = await createPersonaBackend();
  const id = await test.make();
  const actions = [row("t", "todo.create"), row("t", "todo.create"), row("t", "todo.list")];
  for (const [count, written] of [[1, 1], [2, 1], [2, 0], [3, 1], [3, 0]] as const) {
    const { body } = await test.runner(`/${id}/actions`, { actions: actions.slice(0, count) });
    assert.deepEqual(body, { ok: true, written, stored: count });
  }
  // A batch that begins where the one before ended loses nothing either.
  const next = await test.runner(`/${id}/actions`, { from: 3, actions: actions.slice(0, 2) });
  assert.deepEqual(next.body, { ok: true, written: 2, stored: 5 });
  // The first row of a place stays.
  const other = await test.runner(`/${id}/actions`, { actions: [row("t", "notes.create")] });
  assert.deepEqual(other.body, { ok: true, written: 0, stored: 5 });
  const feedback = [{ tickId: "t", module: "todo", rating: 5 }, { tickId: "t", module: "todo", rating: 1 }];
  for (const written of [1, 0]) {
    const { body } = await test.runner(`/${id}/feedback`, { feedback });
    assert.deepEqual(body, { ok: true, written, stored: 1 });
  }
});

Deno.test("a tick of one persona takes no rows of another, and no claim", async () => {
  await using test = await createPersonaBackend();
  const id = await test.make();
  const benId = await test.make({ email: "persona.ben@mana.test" });
  await test.runner(`/${id}/claim`, { tickId: "t", leaseMs: 1000 });
  const conflict = {
    status: 409,
    body: { error: "Conflict", message: "This tick belongs to another persona" },
  };
  assert.deepEqual(await test.runner(`/${benId}/actions`, { actions: [row("t", "todo.create")] }), conflict);
  const feedback = [{ tickId: "t", module: "todo", rating: 1 }];
  assert.deepEqual(await test.runner(`/${benId}/feedback`, { feedback }), conflict);
  assert.equal((await test.runner(`/${benId}/claim`, { tickId: "t", leaseMs: 1000 })).status, 409);
  assert.deepEqual(tickIds(await reportOf(test), benId), []);
});

Deno.test("the row runner.tick ends the tick and its claim; a tick that nobody ended was interrupted", async () => {
  await using test = await createPersonaBackend();
  const id = await test.make();
  const end = (tickId: string, ending: string) =>
    test.runner(`/${id}/actions`, {
      actions: [row(tickId, "runner.tick", { errorMessage: ending, latencyMs: 5 })],
    });
  await test.runner(`/${id}/claim`, { tickId: "a", leaseMs: 600_000 });
  assert.deepEqual(endings(await reportOf(test), id), ["running"]);
  assert.equal((await end("a", "gateway")).status, 200);
  await end("a", "done");
  assert.deepEqual((await test.runner(`/${id}/claim`, { tickId: "b", leaseMs: 600_000 })).body, { tick: 1 });
  // A tick that has ended is not begun again.
  assert.equal((await test.runner(`/${id}/claim`, { tickId: "a", leaseMs: 1000 })).status, 409);
  test.clock.now += 600_000;
  assert.deepEqual(endings(await reportOf(test), id), ["interrupted", "gateway"]);
  assert.deepEqual(await end("b", "lunch"), {
    status: 400,
    body: {
      error: "ValidationError",
      details: [
        "actions[0].errorMessage: must be the ending of the tick: one of done, turns, deadline, sign-in, gateway, model, interrupted",
      ],
    },
  });
});

Deno.test("every attempt counts as activity, also one that does nothing: the persona is not due again at once", async () => {
  await using test = await createPersonaBackend();
  const id = await test.make({ tickCadence: "hourly" });
  const isDue = async () => JSON.stringify((await test.runner("/due")).body).includes(id);
  assert.equal(await isDue(), true);
  await test.runner(`/${id}/claim`, { tickId: "dies-at-once", leaseMs: 1 });
  test.clock.now += 3600_000 - 1;
  assert.equal(await isDue(), false);
  test.clock.now += 1;
  assert.equal(await isDue(), true);
  // Without a claim, the row of the ending is enough.
  await test.runner(`/${id}/actions`, { actions: [row("t", "runner.tick", { errorMessage: "sign-in" })] });
  assert.equal(await isDue(), false);
  // Who has a claim is not due, however long the tick takes.
  await test.runner(`/${id}/claim`, { tickId: "slow", leaseMs: 3600_000 });
  test.clock.now += 3600_000 - 1;
  await test.runner(`/${id}/claim`, { tickId: "slow", leaseMs: 3600_000 });
  test.clock.now += 3600_000 - 1;
  assert.equal(await isDue(), false);
});

Deno.test("a clock that is set back by far keeps nobody from a persona, and a small correction ends no claim", async () => {
  await using test = await createPersonaBackend();
  const id = await test.make();
  await test.runner(`/${id}/claim`, { tickId: "before", leaseMs: 3600_000 });
  test.clock.now -= 1000;
  assert.equal((await test.runner(`/${id}/claim`, { tickId: "soon", leaseMs: 1000 })).status, 409);
  test.clock.now -= 7 * 24 * 3600_000;
  assert.equal((await test.runner(`/${id}/claim`, { tickId: "later", leaseMs: 1000 })).status, 200);
});

Deno.test("the report has every action of the last ticks, their endings, and ratings over time", async () => {
  await using test = await createPersonaBackend();
  const id = await test.make();
  for (const [tickId, rating] of [["one", 5], ["two", 4], ["three", 2]] as const) {
    await test.runner(`/${id}/claim`, { tickId, leaseMs: 1000 });
    const actions = [
      row(tickId, "todo.create", {
        inputHash: "0123456789abcdef",
        result: "error",
        errorMessage: "not-found",
        latencyMs: 3,
      }),
      row(tickId, "runner.tick", { errorMessage: "done", latencyMs: 900 }),
    ];
    await test.runner(`/${id}/actions`, { actions });
    await test.runner(`/${id}/feedback`, { feedback: [{ tickId, module: "todo", rating, notes: "so" }] });
    test.clock.now += 12 * 3600_000;
  }
  const report = z.looseObject({ personas: z.array(z.looseObject({})), modules: z.unknown() })
    .parse((await test.runner("/report?ticks=2")).body);
  const [anna] = report.personas;
  assert.deepEqual([anna?.name, anna?.ticksEver, anna?.heldUntil], ["Anna", 3, null]);
  assert.deepEqual(tickIds(report, id), ["three", "two"]);
  const [newest] = z.array(z.unknown()).parse(anna?.ticks);
  assert.deepEqual(newest, {
    tickId: "three",
    number: 2,
    startedAt: "2026-05-02T12:00:00.000Z",
    endedAt: "2026-05-02T12:00:00.000Z",
    ending: "done",
    actions: [
      {
        id: "three-0-todo.create",
        tickId: "three",
        toolName: "todo.create",
        inputHash: "0123456789abcdef",
        result: "error",
        errorMessage: "not-found",
        latencyMs: 3,
        createdAt: "2026-05-02T12:00:00.000Z",
      },
      {
        id: "three-1-runner.tick",
        tickId: "three",
        toolName: "runner.tick",
        inputHash: null,
        result: "ok",
        errorMessage: "done",
        latencyMs: 900,
        createdAt: "2026-05-02T12:00:00.000Z",
      },
    ],
    feedback: [{ module: "todo", rating: 2, notes: "so" }],
  });
  assert.deepEqual(report.modules, [{
    module: "todo",
    avgRating: 11 / 3,
    ratings: 3,
    days: [
      { day: "2026-05-01", avgRating: 5, ratings: 1 },
      { day: "2026-05-02", avgRating: 3, ratings: 2 },
    ],
  }]);
  for (const ticks of ["0", "31", "-1", "1.5", "x", ""]) {
    assert.deepEqual(await test.runner(`/report?ticks=${ticks}`), {
      status: 400,
      body: { error: "ValidationError", details: ["ticks: must be a whole number from 1 to 30"] },
    });
  }
});

Deno.test("rows older than 90 days go at the next claim of anybody; the number of the tick goes on", async () => {
  await using test = await createPersonaBackend();
  const id = await test.make();
  const benId = await test.make({ email: "persona.ben@mana.test" });
  await test.runner(`/${id}/claim`, { tickId: "old", leaseMs: 1000 });
  await test.runner(`/${id}/actions`, { actions: [row("old", "todo.create")] });
  await test.runner(`/${id}/feedback`, { feedback: [{ tickId: "old", module: "todo", rating: 1 }] });
  test.clock.now += 90 * 24 * 3600_000;
  await test.runner(`/${benId}/claim`, { tickId: "ben-1", leaseMs: 1000 });
  assert.deepEqual(tickIds(await reportOf(test), id), ["old"]);
  test.clock.now += 1;
  await test.runner(`/${benId}/claim`, { tickId: "ben-1", leaseMs: 1000 });
  const report = await reportOf(test);
  assert.deepEqual([tickIds(report, id), report.modules], [[], []]);
  assert.deepEqual((await test.runner(`/${id}/claim`, { tickId: "new", leaseMs: 1000 })).body, { tick: 1 });
});

for (
  const [name, path, body, detail] of [
    ["no list", "actions", {}, "actions: must be a list of rows, from 1 to 500"],
    ["an empty list", "actions", { actions: [] }, "actions: must be a list of rows, from 1 to 500"],
    [
      "501 rows",
      "actions",
      { actions: Array.from({ length: 501 }, () => row("t", "a.b")) },
      "actions: must be a list of rows, from 1 to 500",
    ],
    [
      "a latency of 1.5",
      "actions",
      { actions: [row("t", "a.b"), row("t", "a.b", { latencyMs: 1.5 })] },
      "actions[1].latencyMs: must be a whole number from 0 to 86400000",
    ],
    [
      "a latency beyond every number",
      "actions",
      '{"actions":[{"tickId":"t","toolName":"a","result":"ok","latencyMs":1e999}]}',
      "actions[0].latencyMs: must be a whole number from 0 to 86400000",
    ],
    [
      "a result of its own",
      "actions",
      { actions: [row("t", "a.b", { result: "maybe" })] },
      "actions[0].result: must be ok or error",
    ],
    [
      "a text of 200 kB",
      "actions",
      { actions: [row("t", "a.b", { errorMessage: "x".repeat(200_000) })] },
      "actions[0].errorMessage: must be a text with a length from 0 to 500",
    ],
    [
      "a tool of markup",
      "actions",
      { actions: [row("t", "<script>")] },
      "actions[0].toolName: must be the name of a tool, 1 to 128 characters",
    ],
    [
      "an input instead of its hash",
      "actions",
      { actions: [row("t", "a.b", { inputHash: "milk and eggs, please" })] },
      "actions[0].inputHash: must be 16 to 64 hex digits",
    ],
    [
      "rows of two ticks",
      "actions",
      { actions: [row("t", "a.b"), row("u", "a.b")] },
      "actions: must be rows of one tick",
    ],
    [
      "a tick of a path",
      "actions",
      { actions: [row("../t", "a.b")] },
      "actions[0].tickId: must be 1 to 64 letters, digits and -",
    ],
    [
      "a place of -1",
      "actions",
      { from: -1, actions: [row("t", "a.b")] },
      "from: must be a whole number from 0 to 10000",
    ],
    [
      "a rating of 3.5",
      "feedback",
      { feedback: [{ tickId: "t", module: "todo", rating: 3.5 }] },
      "feedback[0].rating: must be a whole number from 1 to 5",
    ],
    [
      "a rating of null",
      "feedback",
      { feedback: [{ tickId: "t", module: "todo", rating: null }] },
      "feedback[0].rating: must be a whole number from 1 to 5",
    ],
    [
      "a rating of 6",
      "feedback",
      { feedback: [{ tickId: "t", module: "todo", rating: 6 }] },
      "feedback[0].rating: must be a whole number from 1 to 5",
    ],
    [
      "the mark of an answer that was no JSON",
      "feedback",
      { feedback: [{ tickId: "t", module: "__parse", rating: 3 }] },
      "feedback[0].module: must be the name of a module, 1 to 64 characters",
    ],
    [
      "101 ratings",
      "feedback",
      { feedback: Array.from({ length: 101 }, () => ({ tickId: "t", module: "todo", rating: 3 })) },
      "feedback: must be a list of rows, from 1 to 100",
    ],
    ["no lease", "claim", { tickId: "t" }, "leaseMs: must be a whole number from 1 to 3600000"],
    [
      "a lease of a day",
      "claim",
      { tickId: "t", leaseMs: 86_400_000 },
      "leaseMs: must be a whole number from 1 to 3600000",
    ],
    ["no JSON", "claim", "{", "body: must be JSON"],
    ["NaN", "claim", '{"tickId":"t","leaseMs":NaN}', "body: must be JSON"],
    ["a list", "claim", "[]", "body: must be an object"],
    ["a prototype", "claim", '{"__proto__":{"tickId":"t"},"leaseMs":1}', "body: must be JSON"],
    ["more than 2 MiB", "actions", " ".repeat(2 * 1024 * 1024 + 1), "body: must have at most 2097152 bytes"],
  ] as const
) {
  Deno.test(`the runner's side refuses ${name}, and stores nothing of it`, async () => {
    await using test = await createPersonaBackend();
    const id = await test.make();
    const init = typeof body === "string" ? { method: "POST", body } : post(body);
    const headers = { "content-type": "application/json", "x-service-key": KEY };
    const answer = await test.auth(`/api/v1/personas/internal/${id}/${path}`, { ...init, headers });
    assert.deepEqual([answer.status, await answer.json()], [400, {
      error: "ValidationError",
      details: [detail],
    }]);
    assert.deepEqual(tickIds(await reportOf(test), id), []);
    assert.equal((JSON.stringify((await test.runner("/due")).body)).includes(id), true);
  });
}

Deno.test("no content fits into a row: arguments have to be a hash, names have to be names, and a reason is short", async () => {
  await using test = await createPersonaBackend();
  const id = await test.make();
  const content = "Call the doctor about the results";
  for (const more of [{ inputHash: content }, { toolName: content }, { errorMessage: content.repeat(20) }]) {
    const answer = await test.runner(`/${id}/actions`, { actions: [row("t", "todo.create", more)] });
    assert.equal(answer.status, 400);
    assert.ok(!JSON.stringify(answer.body).includes("doctor"));
  }
  const feedback = [{ tickId: "t", module: content, rating: 1 }];
  assert.equal((await test.runner(`/${id}/feedback`, { feedback })).status, 400);
});

const Report = z.looseObject({
  personas: z.array(z.looseObject({
    userId: z.string(),
    ticks: z.array(z.looseObject({ tickId: z.string(), ending: z.string() })),
  })),
  modules: z.unknown(),
});

async function reportOf(test: PersonaBackend) {
  return Report.parse((await test.runner("/report")).body);
}

function ticksOf(report: unknown, id: string) {
  return Report.parse(report).personas.find(({ userId }) => userId === id)?.ticks ?? [];
}

const tickIds = (report: unknown, id: string) => ticksOf(report, id).map(({ tickId }) => tickId);
const endings = (report: unknown, id: string) => ticksOf(report, id).map(({ ending }) => ending);
