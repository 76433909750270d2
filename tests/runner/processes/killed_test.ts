// A runner that is killed in the middle of a day, as a process, and the next one: nothing is written twice, nobody works twice in a
// cadence, and the day that was cut off is told as such once its claim is over.
import assert from "node:assert/strict";
import { ensureSecrets } from "../../../backend/data_folder/ensure_secrets.ts";
import { createScriptedBrain } from "../../../runner/brains/scripted.ts";
import { readCatalogue } from "../../../runner/catalogue/read_catalogue.ts";
import { NO_CHECKS } from "../../../runner/checks/check.ts";
import { createRunner } from "../../../runner/runner.ts";
import { parseSettings } from "../../../runner/settings/settings.ts";
import { onlySecret } from "../../../sign_in/secrets/secrets.ts";
import { AUTH_URL, createTestBackend } from "../../_support/test_backend.ts";
import { allRows } from "../_support/counted_rows.ts";
import { EVERYBODY } from "../_support/town.ts";
import { type People, SECRETS, startPeople } from "./_people.ts";
import { startModel } from "./_model.ts";

Deno.test("kill -9 of the runner in a tick: the next one repeats nothing, and the tick shows as interrupted", async () => {
  await using people = await startPeople();
  const unanswered = Promise.withResolvers<Response>();
  await using model = startModel(() => unanswered.promise);
  const first = await people.startRunner(model.settings);
  await people.make(["anna"]);
  await people.play(first, ["anna"]);
  await model.reached("anna");
  await first.process.stop("SIGKILL");
  unanswered.resolve(new Response());
  const cut = await annaOf(people);
  assert.deepEqual(cut.ticks.map(({ ending, actions }) => [ending, actions.length > 0]), [["running", true]]);
  assert.equal(cut.ticks[0]?.actions.some(({ toolName }) => toolName === "runner.tick"), false);

  const second = await people.startRunner();
  await people.make(EVERYBODY);
  await people.play(second, EVERYBODY);
  await people.until((ticks) => ticks.length >= EVERYBODY.length);
  const notBegun = people.ticks.filter(({ event }) => event === "tick-not-begun");
  assert.deepEqual(notBegun.map(({ persona }) => persona), ["anna"]);
  assert.deepEqual(await annaOf(people), cut, "what was there is there once, and nothing came to it");
  const rows = await people.rows();
  assert.deepEqual(rows.map(({ ticksEver, ticks }) => [ticksEver, ticks.length]), rows.map(() => [1, 1]));
  const ids = allRows(rows).map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);

  await second.process.stop("SIGKILL");
  const third = await people.startRunner();
  await fetch(`${third.url}/tick`, { method: "POST", headers: { "x-service-key": SECRETS.key } })
    .then((answer) => answer.body?.cancel());
  assert.deepEqual(await dueNow(people), [], "nobody twice in a cadence");
  assert.equal(people.ticks.length, EVERYBODY.length);
  await people.stack.stop();

  const now = Date.now();
  assert.deepEqual(await later(people.data, now + 9 * 60_000), { ending: "running", words: "Is at work" });
  assert.deepEqual(await later(people.data, now + 11 * 60_000), {
    ending: "interrupted",
    words: "Was interrupted",
  });
});

async function annaOf(people: People) {
  const anna = (await people.rows()).find(({ name }) => name === "Anna");
  return anna ?? assert.fail("nobody is called Anna");
}

async function dueNow({ stack }: People): Promise<readonly unknown[]> {
  const answer = await fetch(`${stack.authUrl}/api/v1/personas/internal/due`, {
    headers: { "x-service-key": SECRETS.key },
  });
  return (await answer.json()).personas;
}

/** How the report and its page tell of Anna's tick at a later time, on the folder that the processes have left. */
async function later(data: string, now: number) {
  const { key, operatorPassword } = SECRETS;
  const { kek, authSecret } = await ensureSecrets(data, () => assert.fail("the folder has its secrets"));
  await using backend = await createTestBackend({
    data,
    kek,
    secrets: onlySecret(authSecret),
    personas: { key, operatorPassword },
  }, { now });
  const parsed = parseSettings({
    MANA_AUTH_URL: AUTH_URL,
    MANA_PERSONAS_KEY: key,
    PERSONA_SEED_SECRET: SECRETS.seedSecret,
  });
  assert.ok(parsed.ok);
  const runner = createRunner({
    settings: parsed.settings,
    version: "0.0.0-test",
    brain: createScriptedBrain(),
    checks: NO_CHECKS,
    catalogue: readCatalogue(),
    fetch: (input, init) => backend.backend.auth.fetch(new Request(input, init)),
    clock: { calendar: () => now, elapsed: () => 0, after: () => () => {} },
    newTickId: () => assert.fail("nobody works"),
    log: () => {},
  });
  const ask = (path: string) =>
    runner.fetch(new Request(`http://127.0.0.1:3070${path}`, { headers: { host: "127.0.0.1:3070" } }));
  const { people } = await (await ask("/report.json")).json();
  const page = await (await ask("/personas/anna")).text();
  return {
    ending: people.find(({ name }: { name: string }) => name === "anna").last.ending,
    words: /Was interrupted|Is at work/.exec(page)?.[0],
  };
}
