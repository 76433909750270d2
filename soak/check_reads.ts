import type { ClientWrite, History, ReadAfterWrite } from "./history.ts";
import { isSame, openValue } from "./open_value.ts";
import type { Person } from "./people.ts";
import type { LogRow } from "./sequential_fold.ts";
import type { SoakTable } from "./tables.ts";
import { isOf } from "./true_log.ts";
import type { Verdicts } from "./verdicts.ts";

/**
 * Holds each read after an acknowledged write against the log: what was shown is what was written, or something that the
 * log has with a stamp that is not older, and not what the client had seen and replaced.
 */
export async function checkReads(
  history: History,
  logs: readonly { readonly person: Person; readonly table: SoakTable; readonly rows: readonly LogRow[] }[],
  verdicts: Verdicts,
): Promise<void> {
  const byRecord = new Map<string, LogRow[]>();
  for (const { person, table, rows } of logs) {
    for (const row of rows) {
      const key = keyOf(person, table, row.id);
      const list = byRecord.get(key) ?? [];
      list.push(row);
      byRecord.set(key, list);
    }
  }
  for (const read of history.reads) {
    const { write, row } = read;
    const of = byRecord.get(keyOf(write.person, write.table, write.id ?? "")) ?? [];
    const problem = await problemOf(read, of.filter((one) => isOf(one, write.person, write.place)));
    verdicts.judge(
      "a person reads their own acknowledged writes",
      problem === null,
      () =>
        `${write.client} after ${write.tool} of ${write.id} (${
          row === null ? "no row" : "a row"
        }): ${problem}`,
    );
  }
}

async function problemOf({ write, row }: ReadAfterWrite, rows: readonly LogRow[]): Promise<string | null> {
  const mine = await rowOfWrite(write, rows);
  if (mine === null) return "the log has no such write";
  const { row: change, stamp: own } = mine;
  if (write.kind === "delete") {
    if (row === null) return null;
    // Two ways back: an un-delete, and a hard delete, which takes the mark along, with an insert after it.
    const isUndeleted = rows.some(({ fields }) => fields?.deletedAt?.value === null);
    const dropped = rows.findIndex(({ op, deletedAt }) => op === "delete" && deletedAt === undefined);
    const isMadeAgain = dropped !== -1 && rows.slice(dropped).some(({ op }) => op === "insert");
    if (isUndeleted || isMadeAgain) return null;
    const story = rows.map(({ op, deletedAt, fields }) =>
      op === "update" ? `update of ${Object.keys(fields ?? {})}` : `${op} ${deletedAt ?? ""}`.trim()
    );
    return `it is still shown; ${own} in ${story.join(", ")}`;
  }
  if (row === null) return rows.some(({ op }) => op === "delete") ? null : "it is not shown";
  for (const [name, value] of Object.entries(write.values)) {
    if (!write.table.fields.includes(name) || isSame(row[name], value)) continue;
    // A listing may leave long texts to another tool; the looks at quiet points ask that one.
    if (name === "content" && row.content === undefined) continue;
    // The texts are unique: whoever had seen this one and replaced it must not lose to it, whatever clock it came from.
    // One that could not be read is none of them: a co-member's key may have sealed it before and after.
    const replaced = name === write.table.text ? write.before?.[name] : undefined;
    if (typeof replaced === "string" && isSame(row[name], replaced)) return "what it replaced is still there";
    // Each field has a stamp of its own: one that was ahead makes only its own next one go beyond. A field that was left
    // as it was has none, and gives way to anything.
    const since = write.kind === "insert" ? own : change.fields?.[name]?.at ?? "";
    let isLater = false;
    for (const [index, one] of rows.entries()) {
      const cell = cellOf(one, name);
      // Of equal stamps the later arrival wins.
      if (cell === undefined || cell.at < since || (cell.at === since && index < rows.indexOf(change))) {
        continue;
      }
      const opened = await openValue(write.person.key, cell.value);
      isLater ||= opened.ok ? isSame(opened.value, row[name]) : row.unreadable?.includes(name) === true;
    }
    if (!isLater) {
      const stamps = rows.map((one) => `${one.op} ${cellOf(one, name)?.at ?? "without"}`);
      return `${name} is older than ${since} of row ${rows.indexOf(change)} in ${stamps.join(", ")}`;
    }
  }
  return null;
}

/** What a row of the log says of a field, by the stamp that the fold compares. */
function cellOf(row: LogRow, name: string): { readonly value: unknown; readonly at: string } | undefined {
  if (row.op !== "insert") return row.fields?.[name];
  const { updatedAt, createdAt, [name]: value } = row.data ?? {};
  if (value === undefined) return undefined;
  return { value, at: [updatedAt, createdAt].find((stamp) => typeof stamp === "string") ?? "" };
}

/** The write in the log with its stamp; where several of one client could be it, the oldest. */
async function rowOfWrite(
  write: ClientWrite,
  rows: readonly LogRow[],
): Promise<{ readonly row: LogRow; readonly stamp: string } | null> {
  let oldest: { readonly row: LogRow; readonly stamp: string } | null = null;
  for (const row of rows) {
    if (
      row.op !== write.kind || row.actor?.displayName !== write.client || row.actor.rationale !== write.tool
    ) continue;
    let stamp: string;
    if (row.op === "insert") {
      stamp = String(row.data?.createdAt);
    } else if (row.op === "delete") {
      stamp = row.deletedAt ?? "";
    } else {
      const [name, value] = Object.entries(write.values)[0] ?? ["", null];
      const cell = row.fields?.[name];
      if (cell === undefined) continue;
      const opened = await openValue(write.person.key, cell.value);
      if (!opened.ok || !isSame(opened.value, value)) continue;
      stamp = cell.at;
    }
    if (stamp >= write.startedAt && (oldest === null || stamp < oldest.stamp)) oldest = { row, stamp };
  }
  return oldest;
}

function keyOf(person: Person, table: SoakTable, id: string): string {
  return `${person.name}/${table.name}/${id}`;
}
