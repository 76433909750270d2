import type { ClientWrite, History } from "./history.ts";
import { isSame, openValue } from "./open_value.ts";
import type { Person } from "./people.ts";
import type { LogRow } from "./sequential_fold.ts";
import type { SoakTable } from "./tables.ts";
import type { Verdicts } from "./verdicts.ts";

const STORED = "every acknowledged write of a client is in the log";
const EXACT = "it is there exactly as acknowledged";
const NOTHING_ELSE = "nothing is there that was refused for certain or never asked for";

/** What a client wrote through one tool to one record, or created through one tool. */
interface Group {
  readonly writes: ClientWrite[];
  /** Rows of the log by stamp, or by id for inserts: a repeated push is one write. */
  readonly rows: Map<string, LogRow>;
}

/** Holds what the clients were told against what is in the log, both ways. */
export async function checkWrites(
  history: History,
  clients: ReadonlyMap<string, Person>,
  logs: readonly { readonly person: Person; readonly table: SoakTable; readonly rows: readonly LogRow[] }[],
  verdicts: Verdicts,
): Promise<void> {
  const groups = new Map<string, Group>();
  const groupOf = (client: string, tool: string, kind: string, id: string | null): Group => {
    const key = JSON.stringify([client, tool, kind === "insert" ? null : id]);
    const group = groups.get(key) ?? { writes: [], rows: new Map() };
    groups.set(key, group);
    return group;
  };
  for (const write of history.writes) {
    groupOf(write.client, write.tool, write.kind, write.id).writes.push(write);
  }
  for (const { person, rows } of logs) {
    for (const row of rows) {
      const { displayName = "", rationale = "" } = row.actor ?? {};
      // Each row of a shared space is in the logs of all its members; the author's own is enough.
      if (clients.get(displayName) !== person) continue;
      groupOf(displayName, rationale, row.op, row.id).rows.set(
        row.op === "insert" ? row.id : stampOf(row),
        row,
      );
    }
  }
  for (const [key, group] of groups) {
    const person = clients.get(String(JSON.parse(key)[0]));
    const isInsert = JSON.parse(key)[2] === null;
    if (person === undefined) verdicts.fail(NOTHING_ELSE, `${key} is by nobody`);
    else if (isInsert) await checkInserts(key, group, person, verdicts);
    else await checkChanges(key, group, person, verdicts);
  }
  checkDevices(history, logs, verdicts);
}

async function checkInserts(
  key: string,
  { writes, rows }: Group,
  person: Person,
  verdicts: Verdicts,
): Promise<void> {
  const unexplained = new Map(rows);
  const table = writes[0]?.table;
  for (const { id, outcome, record, values, table } of writes) {
    if (outcome !== "acknowledged") continue;
    const row = id === null ? undefined : rows.get(id);
    verdicts.judge(STORED, row !== undefined, () => `${key} ${id}`);
    if (row === undefined || id === null) continue;
    unexplained.delete(id);
    const differing: string[] = [];
    // Some tools give back the id alone: then what was sent has to be there.
    const told = record ?? values;
    for (const name of record === null ? Object.keys(values) : [...table.fields, "createdAt"]) {
      const opened = await openValue(person.key, row.data?.[name]);
      const isClipped = Array.isArray(record?.clipped) && record.clipped.includes(name);
      if (!isClipped && !(opened.ok && isSame(opened.value, told[name]))) differing.push(name);
    }
    verdicts.judge(EXACT, differing.length === 0, () => `${key} ${id} differs: ${differing.join(", ")}`);
  }
  // What is left may be there only if its client was told that nobody knows.
  const textOf = (values: Readonly<Record<string, unknown>>) => values[table?.text ?? "title"];
  const open = new Set(
    writes.filter(({ outcome }) => outcome === "unknown").map(({ values }) => textOf(values)),
  );
  for (const row of unexplained.values()) {
    const text = await openValue(person.key, textOf(row.data ?? {}));
    verdicts.judge(NOTHING_ELSE, text.ok && open.delete(text.value), () => {
      const told = writes.filter(({ values }) => text.ok && textOf(values) === text.value)
        .map(({ id, outcome, reason }) => `${outcome} ${reason} ${id}`);
      return `${key} ${row.id} of ${row.data?.["createdAt"]}, told: ${told.join("; ") || "nothing"}`;
    });
  }
  verdicts.pass(NOTHING_ELSE, writes.filter(({ outcome }) => outcome === "refused").length);
}

async function checkChanges(
  key: string,
  { writes, rows }: Group,
  person: Person,
  verdicts: Verdicts,
): Promise<void> {
  const acknowledged = writes.filter(({ outcome }) => outcome === "acknowledged");
  const unknown = writes.filter(({ outcome }) => outcome === "unknown").length;
  const others = writes.filter(({ outcome }) => outcome === "refused").map(({ reason }) => reason);
  const counts = `${rows.size} in the log, ${acknowledged.length} acknowledged, ${unknown} unknown; ` +
    `refused: ${others.join(", ") || "none"}`;
  verdicts.judge(STORED, rows.size >= acknowledged.length, () => `${key}: ${counts}`);
  verdicts.judge(NOTHING_ELSE, rows.size <= acknowledged.length + unknown, () => `${key}: ${counts}`);
  for (const { kind, values } of acknowledged) {
    if (kind !== "update") continue;
    let isThere = false;
    for (const row of rows.values()) isThere ||= await hasValues(row, values, person);
    verdicts.judge(EXACT, isThere, () => `${key} at ${[...rows.keys()].join(", ")}`);
  }
}

async function hasValues(
  row: LogRow,
  values: Readonly<Record<string, unknown>>,
  person: Person,
): Promise<boolean> {
  for (const [name, value] of Object.entries(values)) {
    const opened = await openValue(person.key, row.fields?.[name]?.value);
    // A field that had the value already is not written again.
    if (row.fields?.[name] !== undefined && !(opened.ok && isSame(opened.value, value))) return false;
  }
  return Object.keys(values).some((name) => row.fields?.[name] !== undefined);
}

function checkDevices(
  history: History,
  logs: readonly { readonly person: Person; readonly table: SoakTable; readonly rows: readonly LogRow[] }[],
  verdicts: Verdicts,
): void {
  const stored = new Set<string>();
  for (const { person, table, rows } of logs) {
    for (const row of rows) {
      const stamps = row.op === "update"
        ? Object.values(row.fields ?? {}).map(({ at }) => at)
        : [row.deletedAt ?? ""];
      for (const stamp of stamps) stored.add([person.name, table.name, row.id, row.op, stamp].join(" "));
    }
  }
  for (const { person, table, id, op, stamp } of history.deviceWrites) {
    const key = [person.name, table.name, id, op, stamp].join(" ");
    verdicts.judge("every acknowledged write of a device is in the log", stored.has(key), () => key);
  }
}

/** What tells two changes of one record by one client apart. */
function stampOf(row: LogRow): string {
  if (row.op === "delete") return row.deletedAt ?? "";
  return Object.values(row.fields ?? {}).reduce((latest, { at }) => at > latest ? at : latest, "");
}
