// The change log of one table of a kind of people, made up.
import { nameOf, type Population } from "./population.ts";
import type { Seal } from "./seal.ts";

/** The space that every person here has, of type personal. */
export const SPACE_ID = "space-home";
/** Time between two changes of a history. */
const STEP_MICROS = 1_000;
const PAGE_CHANGES = 1_000;

/** The log, oldest first. */
export interface History {
  /** The answer to a pull after `sinceMicros` as far as the history goes; null when nothing in it is newer. */
  page(sinceMicros: number): HistoryPage | null;
}

/** Changes as JSON, joined with commas; the time of the last; whether the history itself goes on. */
interface HistoryPage {
  readonly changes: string;
  readonly lastMicros: number;
  readonly hasMore: boolean;
}

/** The tables that people here have. */
export type TableName = "habits" | "tasks" | "timeBlocks" | "events";

/** Whether somebody here has rows in a table. */
export function isTableName(name: string): name is TableName {
  return name === "habits" || name === "tasks" || name === "timeBlocks" || name === "events";
}

/** What {@link createHistory} makes a log of. */
export interface HistoryOptions {
  readonly table: TableName;
  readonly population: Population;
  readonly seal: Seal;
  /** Microseconds since the epoch at which the last change happened. */
  readonly endMicros: number;
}

/** Makes the log of one table. Pages are made once each: whoever pulls the same ones costs little. */
export async function createHistory(options: HistoryOptions): Promise<History> {
  const changes = await changesOf(options);
  const firstMicros = options.endMicros - (changes.length - 1) * STEP_MICROS;
  const pages = new Map<number, HistoryPage>();
  return {
    page(sinceMicros) {
      const from = Math.max(0, Math.floor((sinceMicros - firstMicros) / STEP_MICROS) + 1);
      if (from >= changes.length) return null;
      const until = Math.min(from + PAGE_CHANGES, changes.length);
      const page = pages.get(from) ?? {
        changes: changes.slice(from, until).join(","),
        lastMicros: firstMicros + (until - 1) * STEP_MICROS,
        hasMore: until < changes.length,
      };
      pages.set(from, page);
      return page;
    },
  };
}

async function changesOf({ table, population, seal, endMicros }: HistoryOptions): Promise<string[]> {
  const rows = table === "habits" || table === "tasks" ? population[table] : population.blocks ?? 0;
  const total = table === "tasks" ? Math.max(population.changes, rows) : rows;
  const origin = { authorId: `${nameOf(population)}-0`, visibility: "space" };
  const changes: string[] = [];
  for (let i = 0; i < total; i++) {
    const row = i % Math.max(rows, 1);
    const at = new Date((endMicros - (total - 1 - i) * STEP_MICROS) / 1000).toISOString();
    const id = idOf(table, row);
    const common = { id, spaceId: SPACE_ID };
    // Deleted or completed nothing: what is listed in the end is the same for every length of history.
    const change = i >= rows ? { op: "update", fields: await updatedFields(i, row, at, seal) } : {
      op: "insert",
      data: { ...common, ...origin, createdAt: at, order: row, ...await ownFields(table, row, seal) },
    };
    changes.push(
      JSON.stringify({ ...common, eventId: crypto.randomUUID(), schemaVersion: 1, table, ...change }),
    );
  }
  return changes;
}

function idOf(table: TableName, row: number): string {
  return `${table}-${String(row).padStart(6, "0")}-0000-4000-8000-000000000000`;
}

async function ownFields(table: TableName, row: number, seal: Seal): Promise<object> {
  if (table === "timeBlocks") return await blockFields(row, seal);
  if (table === "events") {
    const title = await seal(`Event ${row}: a walk with the dog`);
    const none = { description: null, location: null, color: null, reminders: null };
    return { calendarId: "personal-calendar", timeBlockId: idOf("timeBlocks", row), title, ...none };
  }
  if (table === "habits") {
    const none = { targetPerDay: null, defaultDuration: null };
    return {
      title: `Habit ${row}: a short walk`,
      icon: "star",
      color: "#6366f1",
      isArchived: false,
      ...none,
    };
  }
  const title = await seal(`Task ${row}: water the plants on the balcony`);
  const description = await seal(`Every other day, and twice when it is hot. Number ${row}.`);
  return { title, description, priority: "medium", isCompleted: false, completedAt: null, dueDate: null };
}

/** Hours of 2026, over which the blocks are spread. */
const HOURS = 8_760;
/** The first blocks repeat, by these rules in turn. */
const SERIES = 200;
const RULES = ["DAILY", "WEEKLY;BYDAY=MO,WE,FR", "WEEKLY", "MONTHLY", "YEARLY"];

async function blockFields(row: number, seal: Seal): Promise<object> {
  const start = Date.UTC(2026, 0, 1, (row * 53) % HOURS);
  const rule = `RRULE:FREQ=${RULES[row % RULES.length]}`;
  return {
    startDate: new Date(start).toISOString(),
    endDate: new Date(start + 3_600_000).toISOString(),
    allDay: false,
    isLive: false,
    timezone: null,
    recurrenceRule: row < SERIES ? rule : null,
    kind: "scheduled",
    type: "event",
    sourceModule: "calendar",
    sourceId: idOf("events", row),
    title: await seal(`Event ${row}: a walk with the dog`),
    description: null,
    color: null,
  };
}

/** Two of three updates move the row, the third words it anew, sealed. */
async function updatedFields(i: number, row: number, at: string, seal: Seal): Promise<object> {
  if (i % 3 === 0) return { title: { value: await seal(`Task ${row}: water the plants, wording ${i}`), at } };
  return { priority: { value: i % 2 === 0 ? "medium" : "high", at }, order: { value: row, at } };
}
