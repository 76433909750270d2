import assert from "node:assert/strict";
import { post } from "../../_support/test_backend.ts";
import { ANNA, createPersonaBackend, KEY, row } from "./_personas.ts";

Deno.test("personas: a new persona is due, is claimed for a tick, posts what it did, and is due again a day later", async () => {
  await using test = await createPersonaBackend();
  const id = await test.make();
  const due = await test.runner("/due");
  assert.deepEqual(due, {
    status: 200,
    body: {
      personas: [{
        userId: id,
        email: ANNA.email,
        archetype: ANNA.archetype,
        systemPrompt: ANNA.systemPrompt,
        moduleMix: ANNA.moduleMix,
        tickCadence: "daily",
        timeZone: "Europe/Berlin",
        lastActiveAt: null,
      }],
      serverTime: "2026-05-01T12:00:00.000Z",
    },
  });
  const claimed = await test.runner(`/${id}/claim`, { tickId: "tick-1", leaseMs: 600_000 });
  assert.deepEqual(claimed, { status: 200, body: { tick: 0 } });
  const first = [row("tick-1", "todo.create", { inputHash: "0123456789abcdef", latencyMs: 12 })];
  assert.deepEqual(await test.runner(`/${id}/actions`, { actions: first }), {
    status: 200,
    body: { ok: true, written: 1, stored: 1 },
  });
  const whole = [...first, row("tick-1", "runner.tick", { errorMessage: "done", latencyMs: 900 })];
  assert.deepEqual(await test.runner(`/${id}/actions`, { actions: whole }), {
    status: 200,
    body: { ok: true, written: 1, stored: 2 },
  });
  const feedback = [{ tickId: "tick-1", module: "todo", rating: 4, notes: "quick" }];
  assert.deepEqual((await test.runner(`/${id}/feedback`, { feedback })).body, {
    ok: true,
    written: 1,
    stored: 1,
  });
  assert.deepEqual((await test.runner(`/${id}/claim`, { tickId: "tick-2", leaseMs: 1000 })).body, {
    tick: 1,
  });
  const dueIds = async () => {
    const { body } = await test.runner("/due");
    return JSON.stringify(body).includes(id);
  };
  test.clock.now += 24 * 3600_000 - 1;
  assert.equal(await dueIds(), false);
  test.clock.now += 1;
  assert.equal(await dueIds(), true);
});

Deno.test("personas: of two claims at once one wins, and the other is told until when", async () => {
  await using test = await createPersonaBackend();
  const id = await test.make();
  const claim = (tickId: string) => test.runner(`/${id}/claim`, { tickId, leaseMs: 600_000 });
  const answers = await Promise.all(["a", "b", "c"].map(claim));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409]);
  const winner = ["a", "b", "c"][answers.findIndex(({ status }) => status === 200)] ?? "";
  assert.deepEqual(answers.find(({ status }) => status === 409)?.body, {
    heldUntil: "2026-05-01T12:10:00.000Z",
  });
  // The retry of a lost answer gets the same number.
  assert.deepEqual(await claim(winner), { status: 200, body: { tick: 0 } });
  test.clock.now += 600_000;
  assert.deepEqual(await claim("d"), { status: 200, body: { tick: 1 } });
});

Deno.test("personas: without the key, and with another key, nobody is told anything", async () => {
  await using test = await createPersonaBackend();
  for (const headers of [{}, { "x-service-key": "test-service-key" }, { "x-service-key": `${KEY} ` + "x" }]) {
    for (const [path, init] of [["/due", {}], ["/x/actions", post({})], ["/nothing", {}]] as const) {
      const answer = await test.auth(`/api/v1/personas/internal${path}`, {
        ...init,
        headers: new Headers(headers),
      });
      assert.equal(answer.status, 401, path);
      assert.deepEqual(await answer.json(), { statusCode: 401, message: "Invalid or missing service key" });
    }
  }
});
