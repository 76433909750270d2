// A write of an app: it is stored where the naive model allows it, and refused everywhere else, with nothing pushed.
import assert from "node:assert/strict";
import { Refused } from "../../lib/kit/errors.ts";
import type { DestructiveRecords } from "../../lib/records/records.ts";
import { type Admitted, type Ask, demandOpened, isOf } from "./_admitted.ts";
import { goesWithShown, isAdmitted, isOver, isPartOf, type NaiveRow, ruleOf } from "./_naive_model.ts";
import { PARENTS } from "./_random_logs.ts";
import type { Spied } from "./_spied_store.ts";

/** Does it and says what was done or refused. */
export async function askToWrite(
  spied: Spied,
  admitted: Admitted,
  step: Ask,
  records: DestructiveRecords,
): Promise<string> {
  const { table, space, way, fields, some, place } = step;
  const row = admitted.truth.rows.filter((row) => isOf(row, table, space))[place];
  const id = row?.id ?? "nobody";
  const patch = Object.fromEntries(some.map((name) => [name, fields[name]]));
  if (way === "insert" && !table.newRecords.schema().safeParse(fields).success) return "";
  const done = await didWrite(
    spied,
    way === "insert"
      ? records.insert(table, fields)
      : way === "delete"
      ? records.delete(table, id)
      : records.update(table, id, () => patch),
  );
  const expected = expectedOf(spied, admitted, step, row, patch);
  // What a record has already need not be stored.
  assert.equal(done === "unchanged" && way === "update" ? "stored" : done, expected);
  demandOpened(spied, admitted, step, [id]);
  return `${way} ${done}`;
}

/** What has to come of it: `stored`, or the reason of the refusal. */
function expectedOf(
  spied: Spied,
  { grant, truth, admits, readable }: Admitted,
  { table, space, way, fields }: Ask,
  row: NaiveRow | undefined,
  patch: Readonly<Record<string, unknown>>,
): string {
  const stored = row === undefined ? "record-not-found" : "stored";
  if (grant === undefined) return way === "insert" ? "stored" : stored;
  const collection = `${table.app}/${table.name}`;
  const rule = ruleOf(grant, collection);
  const word = way === "delete" ? "destructive" : "write";
  const isBlind = rule?.blind === true;
  // Without reading there is nothing to change, and nothing to add but blindly.
  const mayRead = rule?.access.includes("read") === true || (word === "write" && isBlind);
  const mayWrite = rule?.access.includes(word) === true && mayRead && rule.spaces?.includes(space) !== false;
  if (!mayWrite || isOver(grant, spied.now())) return "grant-excluded";
  const others = truth.rows.filter((one) => one !== row);
  const now = spied.now();
  /** Whether every other record is shown as before. */
  const leaves = (these: readonly NaiveRow[], after: readonly NaiveRow[]) =>
    these.every((one) => isAdmitted(grant, after, PARENTS, one, now) === admits(one));
  const leavesOthers = (after: readonly NaiveRow[]) => leaves(others, after);
  if (way !== "insert") {
    if (row === undefined || !admits(row)) return "record-not-found";
    if (way === "delete") {
      // The parts of a record go with it: to delete a note is to delete what tags it.
      const apart = others.filter((one) => !isPartOf(truth.rows, PARENTS, one, row));
      return leaves(apart, others) ? "stored" : "grant-excluded";
    }
    if (!Object.keys(patch).every((name) => readable.includes(name))) return "grant-excluded";
    const stamp = Math.max(now, Date.parse(String(row.fields["updatedAt"])) + 1);
    const updatedAt = new Date(stamp).toISOString();
    const changed = { ...row, fields: { ...row.fields, ...patch, updatedAt } };
    const after = [...others, changed];
    return isAdmitted(grant, after, PARENTS, changed, now) && leavesOthers(after)
      ? "stored"
      : "grant-excluded";
  }
  const made = newRow(collection, space, { ...table.newRecords.schema().parse(fields) }, now);
  const after = [...truth.rows, made];
  const isShown = isBlind
    ? goesWithShown(grant, truth.rows, PARENTS, made, now)
    : isAdmitted(grant, after, PARENTS, made, now) && saysOnly(step(table, fields), readable);
  return isShown && leavesOthers(after) ? "stored" : "grant-excluded";
}

function step(table: Ask["table"], fields: Ask["fields"]) {
  return { shape: table.newRecords.schema().shape, fields };
}

/** Whether what is set is readable, apart from null and from what every new record has. */
function saysOnly(
  { shape, fields }: ReturnType<typeof step>,
  readable: readonly string[],
): boolean {
  const isUsual = (name: string) => {
    const found = shape[name]?.safeParse(undefined);
    return found?.success === true && JSON.stringify(found.data) === JSON.stringify(fields[name]);
  };
  return Object.keys(fields).every((name) =>
    fields[name] === undefined || fields[name] === null || isUsual(name) || readable.includes(name)
  );
}

function newRow(collection: string, space: string, values: Record<string, unknown>, now: number): NaiveRow {
  const at = new Date(now).toISOString();
  return { collection, id: "new", space, fields: { ...values, createdAt: at, updatedAt: at } };
}

/** What came of a write; that nothing was pushed where it was refused. */
async function didWrite(spied: Spied, work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    assert.equal(spied.pushed(), 0, "something was pushed");
    return error.refusal.reason;
  }
  return spied.pushed() > 0 ? "stored" : "unchanged";
}
