/**
 * What a grant withholds has no influence: two worlds that differ only in it give the same answers, text by text, from every tool. So no
 * count, order, cursor, mark for what cannot be read, refusal or search tells anything.
 */
import assert from "node:assert/strict";
import { GRANTS, shownBy } from "./_grants.ts";
import { callApp, createNarrowedWorld, fillTables, type NarrowedWorld, ROWS } from "./_narrowed_world.ts";
import { CALLS, UNASKED } from "./_tool_calls.ts";

const INSIDE = ROWS.filter(({ id }) => id === "inside");
/** More records than a page, each of them outside. */
const MANY = Array.from({ length: 5 }, (_, at) => ({
  id: `outside${at}`,
  createdAt: `2026-01-0${at + 1}T10:00:00.000Z`,
}));

Deno.test("what a grant withholds changes no answer of any tool", async (t) => {
  for (const title of ["titles only", "every second field", "a window", "a window and titles"]) {
    await t.step(title, () => compare(title));
  }
});

async function compare(title: string): Promise<void> {
  const rules = GRANTS[title] ?? [];
  const shown = shownBy(rules);
  const isWithheld = (collection: string, field: string) => shown.fields.get(collection)?.has(field) !== true;
  await using one = await createNarrowedWorld({ DESTRUCTIVE_TOOLS: UNASKED });
  await using other = await createNarrowedWorld({ DESTRUCTIVE_TOOLS: UNASKED });
  const hasWindow = !shown.ids.has("outside");
  await fillTables(one, hasWindow ? INSIDE : ROWS);
  await fillTables(other, hasWindow ? [...ROWS, ...MANY] : ROWS, isWithheld);
  const differences: string[] = [];
  for (const world of [one, other]) world.narrow(rules);
  for (const { name, args } of CALLS) {
    const [first, second] = [await plain(one, name, args), await plain(other, name, args)];
    if (first !== second) differences.push(`${name} ${JSON.stringify(args)}\n${first}\n${second}`);
  }
  assert.equal(differences.join("\n\n"), "");
}

/** An answer without what differs from world to world: ids that are made, cursors, times. */
async function plain(
  world: NarrowedWorld,
  name: string,
  args: Readonly<Record<string, unknown>>,
): Promise<string> {
  const { text } = await callApp(world, name, args);
  return text.replaceAll(world.owner.id, "anna").replaceAll(world.owner.personalSpace, "hers")
    .replace(/\\?"nextCursor\\?":\\?"[\w-]+\\?"/g, "a cursor")
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "an id");
}
