import assert from "node:assert/strict";
import { checkPlanned } from "../../soak/check_planned.ts";
import type { PlannedCall } from "../../soak/history.ts";
import type { Person, Place } from "../../soak/people.ts";
import type { LogRow } from "../../soak/sequential_fold.ts";
import { EVENTS, TIME_BLOCKS } from "../../soak/tables.ts";
import { createVerdicts } from "../../soak/verdicts.ts";

/** The check of rows that are written together: each violation is shown to it once, and so is what must not be one. */

const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
const place: Place = { label: "@p0", id: "space-0", kind: "personal" };
const person: Person = {
  name: "p0",
  id: "user-0",
  email: "p0@mana.test",
  password: "",
  cookie: "",
  key,
  places: [place],
  token: () => "",
  refresh: () => Promise.resolve(true),
};
const title = "@p0 planner #1";

function call(changes: Partial<PlannedCall> = {}): PlannedCall {
  return {
    client: "planner",
    person,
    place,
    tool: "calendar.create",
    id: "e1",
    text: title,
    outcome: "acknowledged",
    repeats: 0,
    ...changes,
  };
}

const createdAt = "2026-03-01T12:00:00.000Z";
const actor = { displayName: "planner", rationale: "calendar.create" };
const insert = (id: string, data: Record<string, unknown>): LogRow => ({
  eventId: id,
  id,
  op: "insert",
  spaceId: place.id,
  data: { title, createdAt, ...data },
  actor,
});
const event = insert("e1", { timeBlockId: "b1" });
const block = insert("b1", { sourceId: "e1" });
const gone = (id: string): LogRow => ({
  eventId: `${id} gone`,
  id,
  op: "delete",
  spaceId: place.id,
  deletedAt: "2026-03-01T12:00:09.000Z",
});
const renamed = (id: string, value: string): LogRow => ({
  eventId: `${id} renamed`,
  id,
  op: "update",
  spaceId: place.id,
  fields: { title: { value, at: "2026-03-01T12:00:05.000Z" } },
});

/** How many violations there are. */
async function violations(
  planned: readonly PlannedCall[],
  events: readonly LogRow[],
  blocks: readonly LogRow[],
): Promise<number> {
  const verdicts = createVerdicts();
  await checkPlanned(
    { planned: [...planned] },
    [{ person, table: EVENTS, rows: events }, { person, table: TIME_BLOCKS, rows: blocks }],
    verdicts,
  );
  return verdicts.violations();
}

Deno.test("an answered call has its row and its block, each once", async () => {
  const isWrong = async (...logs: [LogRow[], LogRow[]]) => await violations([call()], ...logs) > 0;
  assert.equal(await isWrong([event], [block]), false);
  assert.equal(await isWrong([event, { ...event, eventId: "again" }], [block, block]), false);
  assert.equal(await isWrong([event], []), true);
  assert.equal(await isWrong([], [block]), true);
  assert.equal(await isWrong([event, insert("e2", { timeBlockId: "b2" })], [block]), true);
  assert.equal(await isWrong([event], [block, insert("b2", { sourceId: "e1" })]), true);
  assert.equal(await isWrong([event], [block, insert("b2", { sourceId: "e2" })]), true);
  assert.equal(await isWrong([event], [insert("b1", { sourceId: "e1" }), gone("b1")]), true);
  assert.equal(await isWrong([insert("e1", { timeBlockId: "other" })], [block]), true);
});

Deno.test("a call of which nobody knows leaves a block without its row at most, a refused one nothing", async () => {
  const unknown = call({ outcome: "unknown", id: null });
  assert.equal(await violations([unknown], [], []), 0);
  assert.equal(await violations([unknown], [], [block]), 0);
  assert.equal(await violations([unknown], [event], [block]), 0);
  assert.ok(await violations([unknown], [event], []) > 0);
  assert.ok(await violations([unknown], [], [block, insert("b2", { sourceId: "e2" })]) > 0);
  assert.ok(await violations([call({ outcome: "refused", id: null })], [event], [block]) > 0);
  assert.ok(await violations([call({ outcome: "refused", id: null })], [], [block]) > 0);
});

Deno.test("a deleted record takes its block along, and a change is on both", async () => {
  const deletion = call({ tool: "calendar.delete", text: "" });
  assert.equal(await violations([call(), deletion], [event, gone("e1")], [block, gone("b1")]), 0);
  assert.ok(await violations([call(), deletion], [event, gone("e1")], [block]) > 0);
  assert.ok(await violations([call(), deletion], [event], [block, gone("b1")]) > 0);
  const unsure = call({ tool: "calendar.delete", text: "", outcome: "unknown" });
  assert.equal(await violations([call(), unsure], [event], [block, gone("b1")]), 0);
  assert.ok(await violations([call(), unsure], [event, gone("e1")], [block]) > 0);

  const update = call({ tool: "calendar.update", text: "new" });
  const both = [[event, renamed("e1", "new")], [block, renamed("b1", "new")]] as const;
  assert.equal(await violations([call(), update], ...both), 0);
  assert.ok(await violations([call(), update], [event], both[1]) > 0);
  assert.ok(await violations([call(), update], both[0], [block]) > 0);
  assert.equal(await violations([call(), { ...update, outcome: "unknown" }], both[0], [block]), 0);
  assert.ok(await violations([call(), { ...update, outcome: "refused" }], ...both) > 0);
});
