// Playing named people at once, due or not: what `deno task personas` asks for at its start and in each day of --once.
import assert from "node:assert/strict";
import type { AttemptReport, Player } from "../../runner/attempt/attempt.ts";
import { readCatalogue } from "../../runner/catalogue/read_catalogue.ts";
import { createKeyCheck } from "../../runner/personas_api/key_check.ts";
import { createPersonasApi } from "../../runner/personas_api/personas_api.ts";
import { createMetrics } from "../../runner/observe/metrics.ts";
import { createSchedule } from "../../runner/schedule/schedule.ts";
import { createRunnerDoor } from "../../runner/web/runner_door.ts";
import { createPlayedPersonasApi, PERSONAS_KEY, PERSONAS_URL } from "./_support/played_personas_api.ts";

/** A door to a schedule before an API where nobody is due; attempts end when the test says so. */
function createScene() {
  const clock = { calendar: () => 0, elapsed: () => 0, after: () => () => {} };
  const played = createPlayedPersonasApi();
  const personas = readCatalogue().map((persona) => ({ ...persona, userId: `id-${persona.name}` }))
    .toReversed();
  played.answer = ({ url }) =>
    new URL(url).pathname.endsWith("/report") ? Response.json({ personas, serverTime: "" }) : undefined;
  const running: { readonly name: string; end(): void }[] = [];
  const schedule = createSchedule({
    api: createPersonasApi({ fetch: played.fetch, clock, url: PERSONAS_URL, key: PERSONAS_KEY }),
    catalogue: readCatalogue(),
    clock,
    concurrency: 2,
    intervalMs: 60_000,
    onReport() {},
    play: ({ persona: { name }, userId }: Player) =>
      new Promise<AttemptReport>((resolve) =>
        void running.push({
          name,
          end: () =>
            resolve({
              kind: "played",
              persona: name,
              userId,
              tickId: name,
              ending: "done",
              fault: null,
              ratings: [],
              tick: 0,
              ms: 1,
              calls: 1,
              isPosted: true,
            }),
        })
      ),
  });
  const door = createRunnerDoor({
    schedule,
    metrics: createMetrics(),
    readiness: () => assert.fail("nobody asks for it"),
    hasKey: createKeyCheck(PERSONAS_KEY),
    report: () => assert.fail("nobody asks for it"),
    version: "0.0.0-test",
    brain: "test",
  });
  return {
    schedule,
    running,
    played,
    tick: (query: string, key = PERSONAS_KEY) =>
      door(
        new Request(`http://127.0.0.1:3070/tick${query}`, {
          method: "POST",
          headers: { host: "127.0.0.1:3070", "x-service-key": key },
        }),
      ),
  };
}

Deno.test("named people are played at once though nobody is due, in the order of their names, and nobody else", async () => {
  const { schedule, running } = createScene();
  assert.deepEqual(await schedule.tick(), [], "nobody is due");
  const reports = schedule.play(["kai", "anna", "nobody", "kai", "ben"]);
  await settled();
  assert.deepEqual(running.map(({ name }) => name), ["kai", "anna"], "two at once");
  running[0]?.end();
  await settled();
  assert.deepEqual(running.map(({ name }) => name), ["kai", "anna", "ben"]);
  for (const { end } of running) end();
  assert.deepEqual((await reports).map(({ persona }) => persona).toSorted(), ["anna", "ben", "kai"]);
});

Deno.test("whoever plays already, or waits in the queue, is not played twice", async () => {
  const { schedule, running } = createScene();
  const first = schedule.play(["anna", "ben", "kai"]);
  await settled();
  assert.deepEqual(await schedule.play(["anna", "kai"]), []);
  for (let index = 0; index < 3; index += 1) {
    running[index]?.end();
    await settled();
  }
  assert.equal((await first).length, 3);
  assert.equal(running.length, 3);
});

Deno.test("the switch takes names, needs the personas key, and asks who is due where it is given none", async () => {
  const { running, played, tick } = createScene();
  assert.equal((await tick("?persona=anna", "another key, long enough as well")).status, 401);
  await settled();
  assert.equal(played.requests.length, 0);
  const taken = await tick("?persona=anna&persona=ben");
  assert.equal(taken.status, 202);
  await taken.body?.cancel();
  await settled();
  assert.deepEqual(running.map(({ name }) => name), ["anna", "ben"]);
  await (await tick("")).body?.cancel();
  await settled();
  assert.ok(played.requests.includes("GET /api/v1/personas/internal/due"));
  assert.equal(running.length, 2);
  for (const { end } of running) end();
  await settled();
});

Deno.test("a name that nobody has is refused in words, and starts nobody else", async () => {
  const { running, played, tick } = createScene();
  for (const query of ["?persona=nobody", "?persona=anna&persona=nobody", "?persona="]) {
    const refused = await tick(query);
    assert.equal(refused.status, 404, query);
    assert.deepEqual(await refused.json(), {
      error: "persona-unknown",
      message:
        "No persona is called like that, or it is not played here: the report has the names. Nobody was started.",
    });
  }
  await settled();
  assert.deepEqual([running.length, played.requests.length], [0, 0]);
});

Deno.test("where the service has no report, nobody is played and nothing is thrown", async () => {
  const { schedule, played, running } = createScene();
  played.answer = () => new Response(null, { status: 404 });
  assert.deepEqual(await schedule.play(["anna"]), []);
  assert.deepEqual(running, []);
});

/** Lets everything happen that needs no time to pass. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  await new Promise<void>((resolve) => void setTimeout(resolve, 0));
}
