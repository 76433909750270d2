// Two weeks of everybody, by a clock that the test turns: lists grow, grants are renewed, what was written is found again days later.
import assert from "node:assert/strict";
import { allRows, countedRows, hungUp } from "../_support/counted_rows.ts";
import { createTown, EVERYBODY, type Town } from "../_support/town.ts";

Deno.test("two weeks of twelve people: every day comes to its end, every check holds, nobody complains, and the gateway counts what rows tell", async () => {
  await using town = await createTown();
  const runner = town.start();
  for (let day = 0; day < DAYS; day += 1) {
    const reports = await runner.play(EVERYBODY);
    for (const report of reports) {
      assert.ok(report.kind === "played", `${report.persona} on day ${day}: ${report.kind}`);
      assert.deepEqual([report.ending, report.tick, report.isPosted], ["done", day, true], report.persona);
    }
    assert.equal(reports.length, EVERYBODY.length);
    town.sleep(DAY_MS);
  }
  const people = await town.rows();
  assert.deepEqual(people.map(({ ticks }) => ticks.length), EVERYBODY.map(() => DAYS));
  const checks = allRows(people).filter(({ toolName }) => toolName.startsWith("runner.check."));
  assert.deepEqual(checks.map(({ toolName, errorMessage }) => [toolName, errorMessage]), []);
  const complaints = people.flatMap(({ name, ticks }) =>
    ticks.flatMap(({ number, feedback }) =>
      feedback.flatMap(({ module, rating, notes }) => rating === 5 ? [] : [[name, number, module, notes]])
    )
  );
  assert.deepEqual(complaints, []);
  const refused = new Set(allRows(people).map(({ errorMessage }) => errorMessage));
  assert.ok(refused.has("rate-limit-exceeded"), "a flood fits into a day");
  // Here a call that is hung up does not reach the gateway.
  assert.ok(hungUp(people) > 0);
  assert.deepEqual(await town.counts(), countedRows(people));
  await assertReported(town, runner);
  await runner.stop();
});

const DAYS = 14;
const DAY_MS = 24 * 3_600_000;

async function assertReported(town: Town, runner: { fetch(request: Request): Promise<Response> }) {
  const ask = (path: string) => runner.fetch(new Request(`http://127.0.0.1:3070${path}`, { headers: HOST }));
  const report = await (await ask("/report.json")).json();
  assert.deepEqual([report.totals.people, report.totals.worked, report.totals.unfinished], [12, 12, 0]);
  assert.equal(report.totals.brokenChecks, 0);
  const page = await (await ask("/personas/anna")).text();
  assert.match(page, /Anna/);
  assert.equal(town.log.filter(({ problem }) => problem !== undefined).length, 0);
}

const HOST = { host: "127.0.0.1:3070" };
