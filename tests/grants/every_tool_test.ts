/**
 * Every tool of the product under narrowed grants, over rows in every table: no answer holds a text of a record that is not admitted or of
 * a field that is withheld, nothing crashes, and each output fits the schema of its tool.
 */
import assert from "node:assert/strict";
import { z } from "zod";
import { GRANTS, type Shown, shownBy } from "./_grants.ts";
import { type AppAnswer, callApp, createNarrowedWorld, fillTables, marksIn } from "./_narrowed_world.ts";
import type { NaiveRule } from "./_naive_model.ts";
import { CALLS, type ToolCall, UNASKED } from "./_tool_calls.ts";

/** Fields with texts that the answers show at least. */
const LEAST: Readonly<Record<string, number>> = {
  "titles only": 100,
  "every second field": 100,
  "a window": 150,
  "a window and titles": 100,
  "reading alone": 100,
};

Deno.test("every tool under a narrowed grant shows what the grant shows", async (t) => {
  for (const [title, rules] of Object.entries(GRANTS)) {
    await t.step(title, () => walk(title, rules));
  }
});

async function walk(title: string, rules: readonly NaiveRule[]): Promise<void> {
  await using world = await createNarrowedWorld({ DESTRUCTIVE_TOOLS: UNASKED });
  await fillTables(world);
  world.narrow(rules);
  const shown = shownBy(rules);
  const found = new Set<string>();
  const seen = new Set<string>();
  for (const call of CALLS) {
    const answer = await callApp(world, call.name, call.args);
    for (const problem of problemsOf(call, answer, shown)) found.add(problem);
    for (const { collection, field } of marksIn(answer.text)) seen.add(`${collection} ${field}`);
  }
  assert.deepEqual([...found], []);
  // Who shows nothing shows nothing wrong.
  assert.ok(seen.size >= (LEAST[title] ?? 0), `only ${seen.size} fields were shown`);
}

/** What is wrong with the answer to a call. */
function problemsOf(
  { name, args, outputSchema }: ToolCall,
  { text, words, isError, output }: AppAnswer,
  shown: Shown,
): string[] {
  const called = `${name} ${JSON.stringify(args)}`;
  const found = marksIn(text).filter(({ collection, id, field }) =>
    !shown.ids.has(id) || shown.fields.get(collection)?.has(field) !== true
  ).map(({ collection, id, field }) => `${called} shows ${collection} ${id} ${field}`);
  if (isError && /internal|went wrong/i.test(words)) found.push(`${called} crashes: ${words}`);
  if (isError && /cannot be read with your key/.test(words)) found.push(`${called} misleads: ${words}`);
  if (!isError && outputSchema !== null) {
    const parsed = z.fromJSONSchema(outputSchema).safeParse(output);
    if (!parsed.success) found.push(`${called} does not fit: ${parsed.error.message}`);
  }
  return found;
}
