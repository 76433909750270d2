/**
 * Random documents, logs and questions against a naive model: an app is handed exactly what its grant admits, and nothing else is opened
 * for it. 100 stories with each run of the tests, some two seconds.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ask } from "./_asked.ts";
import { story } from "./_random_grants.ts";
import { createSpied } from "./_spied_store.ts";

/** Stories of one run. 3,000 were run once. */
const STORIES = 100;

/** What has to happen in each run. */
const EARNEST = [
  ...["list", "pages", "search", "get", "portion", "scan", "count", "deleted"],
  ...["update", "insert", "delete"].flatMap((way) => [`${way} stored`, `${way} grant-excluded`]),
  "update record-not-found",
];

Deno.test("an app is handed exactly what its grant admits, and nothing else is opened for it", async () => {
  /** How often something was asked that a mistake would have shown. */
  const told = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(story, async ({ tables, log, grants, steps }) => {
      const spied = createSpied(tables);
      await spied.write(log);
      for (const step of steps) {
        if (step.kind === "log") await spied.write(step.log);
        else if (step.kind === "wait") spied.wait(step.minutes);
        else {
          const what = await ask(spied, grants[step.who], step);
          told.set(what, (told.get(what) ?? 0) + 1);
        }
      }
    }),
    { numRuns: STORIES },
  );
  // A model that admits nothing would be right about everything.
  for (
    const way of EARNEST
  ) {
    assert.ok((told.get(way) ?? 0) > 0, `${way}: never asked in earnest`);
  }
});
