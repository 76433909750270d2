// Services that go in the middle of a day, as processes: a gateway that hangs and comes back, one that is killed, a model that is busy or
// silent. Minutes are the subject of tests/runner/days/away_test.ts, with a clock that a test turns.
import assert from "node:assert/strict";
import { startGateway } from "../../../scripts/stack/start_stack.ts";
import { createRunnerDoor } from "../../../scripts/personas/runner_door.ts";
import { type People, startPeople } from "./_people.ts";
import { goodNight, oneMoreCall, startModel, tooMany } from "./_model.ts";

Deno.test("a gateway that hangs in a tick is waited for, and one that is killed ends the day with its rows; the next gateway is found again", async () => {
  await using people = await startPeople();
  const answer = Promise.withResolvers<Response>();
  let asked = 0;
  await using model = startModel(() => asked++ === 0 ? answer.promise : Promise.resolve(goodNight()));
  const runner = await people.startRunner(model.settings);
  const { gateway, mcpUrl, syncUrl, authUrl, issuer } = people.stack;
  await people.make(["anna"]);
  await people.play(runner, ["anna"]);
  await model.reached("anna");
  const gone = gateway.stop("SIGSTOP");
  answer.resolve(oneMoreCall());
  assert.equal((await fetch(`${runner.url}/health`).then((health) => health.json())).status, "ok");
  assert.equal(people.ticks.length, 0);
  void gateway.stop("SIGCONT");
  await people.until((ticks) => ticks.length === 1);
  assert.deepEqual(endingsOf(people).at(-1), ["anna", "done"]);

  const held = Promise.withResolvers<Response>();
  asked = 1;
  await using busy = startModel(() => asked++ === 1 ? held.promise : Promise.resolve(oneMoreCall()));
  const second = await people.startRunner(busy.settings);
  await people.make(["kai"]);
  await people.play(second, ["kai"]);
  await busy.reached("kai");
  void gateway.stop("SIGKILL");
  await gone;
  held.resolve(oneMoreCall());
  await people.until((ticks) => ticks.length === 2);
  assert.deepEqual(endingsOf(people).at(-1), ["kai", "gateway"]);
  const rows = (await people.rows()).find(({ name }) => name === "Kai")?.ticks[0]?.actions ?? [];
  assert.deepEqual(
    rows.filter(({ toolName }) => toolName !== "runner.check.read-back").map((row) => row.errorMessage)
      .slice(-4),
    ["no-answer", "no-answer", "no-answer", "gateway"],
  );

  const again = startGateway({
    env: {
      PORT: new URL(mcpUrl).port,
      LOG_LEVEL: "warn",
      MANA_AUTH_URL: authUrl,
      MANA_SYNC_URL: syncUrl,
      JWT_ISSUER: issuer,
    },
  });
  try {
    await again.event("listening");
    // The first runner has not met the gateway's absence: its connections are new for each day.
    await people.make(["tom"]);
    await people.play(runner, ["tom"]);
    await people.until((ticks) => ticks.length === 3);
    assert.deepEqual(endingsOf(people).at(-1), ["tom", "done"]);
  } finally {
    await again.stop();
  }
});

Deno.test("a model that is busy for one and silent for another: those at work go on, and a runner that is stopped tells what it broke off", async () => {
  await using people = await startPeople();
  const silent = Promise.withResolvers<Response>();
  const others = Promise.withResolvers<void>();
  await using model = startModel(async (name) => {
    if (name === "ben") return await silent.promise;
    if (name !== "anna") return goodNight();
    await others.promise;
    return tooMany();
  });
  const runner = await people.startRunner({ ...model.settings, PERSONA_CONCURRENCY: "4" });
  await people.make(["anna", "ben", "kai", "tom"]);
  await people.play(runner, ["anna", "ben", "kai", "tom"]);
  await model.reached("ben");
  await people.until((ticks) => ticks.length === 2);
  assert.deepEqual(people.ticks.map(({ persona }) => persona).sort(), ["kai", "tom"]);
  others.resolve();
  await people.until((ticks) => ticks.length === 3);
  const { people: told } = await createRunnerDoor(runner.url, people.stack.key).report();
  const endings = () => new Map(told.map(({ name, last }) => [name, last?.ending]));
  assert.deepEqual(["anna", "ben", "kai", "tom"].map((name) => endings().get(name)), [
    "model",
    "running",
    "done",
    "done",
  ]);
  assert.equal(await runner.process.stop(), 0);
  silent.resolve(new Response());
  const ben = (await people.rows()).find(({ name }) => name === "Ben");
  assert.equal(ben?.ticks[0]?.ending, "interrupted");
  assert.ok((ben?.ticks[0]?.actions.length ?? 0) > 2, "the first turn is kept");
});

/** Who ended, and how. */
function endingsOf({ ticks }: People) {
  return ticks.map((tick) => [tick.persona, tick.event === "tick" ? tick.ending : tick.reason]);
}
