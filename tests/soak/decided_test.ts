// The checks of what people decide: each violation is shown to them once, and so is what must not be one.
import assert from "node:assert/strict";
import { checkDecided } from "../../soak/deciding/check_decided.ts";
import { differencesIn, faultsOfUndo } from "../../soak/deciding/check_undo.ts";
import type { DecidedRequest } from "../../soak/deciding/decided_request.ts";
import type { LogRow } from "../../soak/sequential_fold.ts";
import { JOURNAL } from "../../soak/tables.ts";
import { CHECKS, createVerdicts } from "../../soak/verdicts.ts";

const at = (second: number) => `2026-03-01T12:00:0${second}.000Z`;
const app = { displayName: "app", principalId: "mana-mcp:app:1" };
const isChosen = ({ actor }: LogRow) => actor?.displayName === "app";

const ONCE =
  "what the person allows an app is done once, however often they press, and nothing without their yes";
const STALE = "a plan that is not true any more changes nothing";

function deletion(call: string, changes: Partial<LogRow> = {}): LogRow {
  const actor = { ...app, rationale: "journal.delete", iterationId: `${call}.mac` };
  return { eventId: `${call} 1`, id: "j1", op: "delete", deletedAt: at(1), actor, ...changes };
}

function undoing(fields: LogRow["fields"], plan = "plan"): LogRow {
  const actor = { displayName: "Undo", principalId: "mana-mcp:undo", rationale: plan };
  return { eventId: `undo ${plan}`, id: "j1", op: "update", fields, actor };
}

function failedOf(
  requests: readonly Pick<DecidedRequest, "fate" | "outcome">[],
  rows: readonly LogRow[],
  refusedPlans: readonly string[] = [],
) {
  const verdicts = createVerdicts();
  const all = requests.map((request) => ({ app: "app", id: "j1", ...request }));
  checkDecided({ requests: all, refusedPlans: [...refusedPlans] }, [{ table: JOURNAL, rows }], verdicts);
  return CHECKS.filter((name) => verdicts.of(name).failed > 0);
}

Deno.test("requests: a yes is stored once and by the same bytes, a no and no answer never, and nothing that nobody was asked about", () => {
  const yes = { fate: "yes", outcome: "done" } as const;
  const no = { fate: "no", outcome: "not done" } as const;
  const lost = { fate: "twice", outcome: "unknown" } as const;
  assert.deepEqual(failedOf([yes], [deletion("a")]), []);
  assert.deepEqual(failedOf([yes], [deletion("a"), deletion("a", { eventId: "a 2" })]), []);
  assert.deepEqual(failedOf([yes], []), [ONCE]);
  assert.deepEqual(failedOf([yes], [deletion("a"), deletion("b")]), [ONCE]);
  const later = deletion("a", { eventId: "a 2", deletedAt: at(2) });
  assert.deepEqual(failedOf([yes], [deletion("a"), later]), [ONCE], "other bytes for the same yes");
  assert.deepEqual(failedOf([no], []), []);
  assert.deepEqual(failedOf([no], [deletion("a")]), [ONCE]);
  assert.deepEqual(failedOf([no, yes], [deletion("a")]), []);
  assert.deepEqual(failedOf([lost], []), []);
  assert.deepEqual(failedOf([lost], [deletion("a")]), []);
  assert.deepEqual(failedOf([], [deletion("a")]), [ONCE]);
});

Deno.test("plans: one that was refused has left nothing in the log", () => {
  assert.deepEqual(failedOf([], [undoing({}, "another")], ["plan"]), []);
  assert.deepEqual(failedOf([], [undoing({}, "plan")], ["plan"]), [STALE]);
});

const inserted = (by: LogRow["actor"], title = "first"): LogRow => ({
  eventId: "insert",
  id: "j1",
  op: "insert",
  data: { title, isPinned: false, tags: ["a"], createdAt: at(1) },
  actor: by,
});
const wrote = (fields: Readonly<Record<string, unknown>>, second: number, by?: LogRow["actor"]): LogRow => ({
  eventId: `write ${second}`,
  id: "j1",
  op: "update",
  fields: Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, { value, at: at(second) }]),
  ),
  actor: by,
});
const deleted = (second: number, by?: LogRow["actor"]): LogRow => ({
  eventId: `deletion ${second}`,
  id: "j1",
  op: "delete",
  deletedAt: at(second),
  actor: by,
});
const back = (fields: Readonly<Record<string, unknown>>) =>
  undoing(Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { value, at: at(9) }])));
const faults = (log: readonly LogRow[], ...undo: LogRow[]) => faultsOfUndo({ log, undo, isChosen });

Deno.test("undo: a field of the app is as it would be without the app, any other as it was", () => {
  const log = [inserted(undefined), wrote({ title: "of the app", isPinned: true }, 2, app)];
  assert.deepEqual(faults(log, back({ title: "first", isPinned: false })), []);
  assert.deepEqual(faults(log, back({ title: "first" })), ["isPinned"]);
  assert.deepEqual(faults(log), ["title", "isPinned"]);
  const edited = [...log, wrote({ title: "mine" }, 3)];
  assert.deepEqual(faults(edited, back({ isPinned: false })), []);
  assert.deepEqual(faults(edited, back({ isPinned: false, title: "first" })), ["title"]);
  const tied = [...log, wrote({ title: "mine" }, 2)];
  assert.deepEqual(
    faults(tied, back({ isPinned: false })),
    [],
    "of equal stamps the later arrival is in force",
  );
});

Deno.test("undo: what the app made goes where nobody went on with it, what it deleted comes back", () => {
  const made = [inserted(app)];
  assert.deepEqual(faults(made, deleted(9)), []);
  assert.deepEqual(faults(made), ["it is there"]);
  const goneOn = [...made, wrote({ title: "mine" }, 2)];
  assert.deepEqual(faults(goneOn), []);
  assert.deepEqual(faults(goneOn, deleted(9)), ["it is deleted"]);
  const sentAgain = [...made, wrote({ tags: ["a"] }, 2)];
  assert.deepEqual(faults(sentAgain, deleted(9)), [], "a list that was only sent again is nobody's edit");

  const taken = [inserted(undefined), deleted(2, app)];
  assert.deepEqual(faults(taken, back({ deletedAt: null })), []);
  assert.deepEqual(faults(taken), ["it is deleted"]);
  const takenByBoth = [...taken, deleted(3)];
  assert.deepEqual(faults(takenByBoth), []);
  assert.deepEqual(faults(takenByBoth, back({ deletedAt: null })), ["it is there"]);
  assert.equal(faults([...taken, back({ deletedAt: null })]), null, "an earlier undo is not judged here");
});

Deno.test("undo of an undo: everything that the undo wrote is as it was before it", () => {
  const before = [inserted(undefined), wrote({ title: "of the app" }, 2, app)];
  const undo = back({ title: "first" });
  const redo = wrote({ title: "of the app" }, 9, { principalId: "mana-mcp:undo" });
  assert.deepEqual(differencesIn([undo], before, [...before, undo, { ...redo, eventId: "redo" }]), []);
  assert.deepEqual(differencesIn([undo], before, [...before, undo]), ["title"]);
  const gone = [...before, deleted(9)];
  assert.deepEqual(differencesIn([deleted(9)], before, gone), ["it is deleted"]);
});
