import type { Cipher } from "../../lib/sealing/cipher.ts";
import { type Population, subjectOf } from "./population.ts";

/** The space that every person here has, of type personal. */
export const SPACE_ID = "space-home";
/** Time between two changes of a history. */
const STEP_MICROS = 1_000;
const PAGE_CHANGES = 1_000;

/** The change log of one table, oldest first: each change as the JSON it is sent as, with its time. */
export interface History {
  readonly length: number;
  /** The answer to a pull after `sinceMicros` as far as the history goes; null when nothing in it is newer. */
  page(sinceMicros: number): HistoryPage | null;
}

/** One page of a history. */
export interface HistoryPage {
  /** Changes as JSON, joined with commas. */
  readonly changes: string;
  readonly lastMicros: number;
  /** Whether the history itself goes on. */
  readonly hasMore: boolean;
}

/** What {@link createHistory} makes a log of. */
export interface HistoryOptions {
  readonly table: "habits" | "tasks";
  readonly population: Population;
  readonly cipher: Cipher;
  readonly key: CryptoKey;
  /** Microseconds since the epoch at which the last change happened. */
  readonly endMicros: number;
}

/** Makes the log of one table. Pages are made once each: whoever pulls the same ones costs little. */
export async function createHistory(options: HistoryOptions): Promise<History> {
  const changes = await changesOf(options);
  const firstMicros = options.endMicros - (changes.length - 1) * STEP_MICROS;
  const pages = new Map<number, HistoryPage>();

  return {
    length: changes.length,
    page(sinceMicros) {
      const from = Math.max(0, Math.floor((sinceMicros - firstMicros) / STEP_MICROS) + 1);
      if (from >= changes.length) return null;
      let page = pages.get(from);
      if (page === undefined) {
        const until = Math.min(from + PAGE_CHANGES, changes.length);
        page = {
          changes: changes.slice(from, until).join(","),
          lastMicros: firstMicros + (until - 1) * STEP_MICROS,
          hasMore: until < changes.length,
        };
        pages.set(from, page);
      }
      return page;
    },
  };
}

async function changesOf({ table, population, cipher, key, endMicros }: HistoryOptions): Promise<string[]> {
  const rows = table === "habits" ? population.habits : population.tasks;
  const total = table === "habits" ? rows : Math.max(population.changes, rows);
  const changes: string[] = [];
  for (let i = 0; i < total; i++) {
    const row = i % Math.max(rows, 1);
    const at = new Date((endMicros - (total - 1 - i) * STEP_MICROS) / 1000).toISOString();
    const common = { eventId: crypto.randomUUID(), schemaVersion: 1, table, id: rowId(table, row) };
    // Deleted or completed nothing: what is listed in the end is the same for every length of history.
    const change = i < rows
      ? { op: "insert", data: await rowData(table, row, at, population, cipher, key), spaceId: SPACE_ID }
      : { op: "update", fields: await updateFields(i, row, at, cipher, key), spaceId: SPACE_ID };
    changes.push(JSON.stringify({ ...common, ...change }));
  }
  return changes;
}

function rowId(table: string, row: number): string {
  return `${table}-${String(row).padStart(6, "0")}-0000-4000-8000-000000000000`;
}

async function rowData(
  table: "habits" | "tasks",
  row: number,
  at: string,
  population: Population,
  cipher: Cipher,
  key: CryptoKey,
): Promise<Record<string, unknown>> {
  const data = {
    id: rowId(table, row),
    spaceId: SPACE_ID,
    authorId: subjectOf(population, 0),
    visibility: "space",
    createdAt: at,
    order: row,
  };
  if (table === "habits") {
    return {
      ...data,
      title: `Habit ${row}: a short walk`,
      icon: "star",
      color: "#6366f1",
      targetPerDay: null,
      defaultDuration: null,
      isArchived: false,
    };
  }
  return {
    ...data,
    title: await cipher.seal(key, `Task ${row}: water the plants on the balcony`),
    description: await cipher.seal(key, `Every other day, and twice when it is hot. Number ${row}.`),
    priority: "medium",
    isCompleted: false,
    completedAt: null,
    dueDate: null,
  };
}

/** Two of three updates move the row, the third words it anew, sealed. */
async function updateFields(
  i: number,
  row: number,
  at: string,
  cipher: Cipher,
  key: CryptoKey,
): Promise<Record<string, unknown>> {
  if (i % 3 !== 0) {
    return { priority: { value: i % 2 === 0 ? "medium" : "high", at }, order: { value: row, at } };
  }
  return { title: { value: await cipher.seal(key, `Task ${row}: water the plants, wording ${i}`), at } };
}
