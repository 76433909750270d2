// What an undo has to come to, by the sequential fold alone: the log against the log without what the app wrote. Written from the promise
// to people (docs/undo.md), with none of the product's code. Pure.
import { isSame } from "../open_value.ts";
import type { FoldedField } from "../sequential_fold.ts";
import { foldSequentially, type LogRow } from "../sequential_fold.ts";

/** What stands of one record, deleted or not. */
export interface Standing {
  readonly isLive: boolean;
  readonly fields: ReadonlyMap<string, FoldedField>;
}

/** The log of one record around an undo. */
export interface UndoneRecord {
  /** Everything but the undo, in the order of the log. */
  readonly log: readonly LogRow[];
  /** The rows by which the undo was carried out. */
  readonly undo: readonly LogRow[];
  /** Whether the app wrote a row, and the undo was to take it back. */
  readonly isChosen: (row: LogRow) => boolean;
}

/** What is not as it should be after an undo: names of fields, or of what is wrong with the record; null where an undo before it decides. */
export function faultsOfUndo({ log, undo, isChosen }: UndoneRecord): string[] | null {
  // Whose a value is that an earlier undo put back is more than this check knows; a hard delete leaves no order to judge by.
  if (log.some((row) => isUndo(row) || isHardDelete(row))) return null;
  const full = standingOf(log);
  if (full === null) return undo.length === 0 ? [] : ["it was not there"];
  const without = standingOf(log.filter((row) => !isChosen(row)));
  const after = standingOf([...log, ...undo]);
  if (after === null) return ["it is gone"];
  const isOfApp = (field: string) => {
    const owner = ownerOf(log, field);
    return owner !== null && isChosen(owner);
  };
  const faults: string[] = [];
  const expect = (field: string, standing: Standing) => {
    if (!isSame(after.fields.get(field)?.value, standing.fields.get(field)?.value)) faults.push(field);
  };
  if (without === null) {
    const isAlone = [...full.fields.keys()].every((field) => !isEdited(field) || isOfApp(field));
    const isLive = full.isLive && !isAlone;
    if (after.isLive !== isLive) faults.push(`it is ${after.isLive ? "there" : "deleted"}`);
    for (const field of full.fields.keys()) if (isEdited(field)) expect(field, full);
    return faults;
  }
  const isLive = isOfApp("deletedAt") ? without.isLive : full.isLive;
  if (after.isLive !== isLive) faults.push(`it is ${after.isLive ? "there" : "deleted"}`);
  for (const field of new Set([...full.fields.keys(), ...without.fields.keys()])) {
    if (isEdited(field)) expect(field, isOfApp(field) ? without : full);
  }
  return faults;
}

/** What differs between two states of a record, in the fields that `rows` wrote. */
export function differencesIn(
  rows: readonly LogRow[],
  before: readonly LogRow[],
  after: readonly LogRow[],
): string[] {
  const [one, other] = [standingOf(before), standingOf(after)];
  if (one === null || other === null) return one === other ? [] : ["it is gone"];
  const differing = one.isLive === other.isLive ? [] : [`it is ${other.isLive ? "there" : "deleted"}`];
  const written = new Set(rows.flatMap(({ fields }) => Object.keys(fields ?? {})));
  for (const field of written) {
    if (isEdited(field) && !isSame(one.fields.get(field)?.value, other.fields.get(field)?.value)) {
      differing.push(field);
    }
  }
  return differing;
}

/** Whether an undo wrote a row, as the row says. */
export function isUndo({ actor }: LogRow): boolean {
  return actor?.principalId === "mana-mcp:undo";
}

/** What the rows of one record fold to; null where it was never inserted. */
export function standingOf(rows: readonly LogRow[]): Standing | null {
  const [row] = rows;
  if (row === undefined) return null;
  const isLive = foldSequentially(rows).has(row.id);
  const revived: LogRow = {
    eventId: "",
    id: row.id,
    op: "update",
    fields: { deletedAt: { value: null, at: "9999-12-31T23:59:59.999Z" } },
  };
  const fields = foldSequentially([...rows, revived]).get(row.id);
  return fields === undefined ? null : { isLive, fields };
}

/** Whose the present value of a field is. A list that was only sent again is of whoever wrote it before. */
function ownerOf(log: readonly LogRow[], field: string): LogRow | null {
  let owner: LogRow | null = null;
  let winner: { readonly value: unknown; readonly at: string } | null = null;
  for (const row of log) {
    const written = writtenIn(row, field);
    if (written === null || (winner !== null && written.at < winner.at)) continue;
    const isAgain = winner !== null && row.op === "update" && Array.isArray(written.value) &&
      isSame(written.value, winner.value);
    winner = written;
    if (!isAgain) owner = row;
  }
  return owner;
}

function writtenIn(row: LogRow, field: string): { readonly value: unknown; readonly at: string } | null {
  if (row.op === "delete") {
    const at = row.deletedAt;
    return field === "deletedAt" && at !== undefined ? { value: at, at } : null;
  }
  if (row.op === "update") return row.fields?.[field] ?? null;
  const { updatedAt, createdAt, [field]: value } = row.data ?? {};
  if (value === undefined) return null;
  return { value, at: [updatedAt, createdAt].find((stamp) => typeof stamp === "string") ?? "" };
}

function isHardDelete({ op, deletedAt }: LogRow): boolean {
  return op === "delete" && deletedAt === undefined;
}

/** Whether people edit a field: not those that go with every write, and whether a record is deleted is judged by itself. */
function isEdited(field: string): boolean {
  return !GOES_ALONG.has(field);
}

const GOES_ALONG = new Set([
  "id",
  "spaceId",
  "authorId",
  "userId",
  "createdAt",
  "updatedAt",
  "deletedAt",
]);
