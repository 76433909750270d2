// Time entries and their blocks: which timer runs, when an entry was, and how its duration is rounded. The rows are what the web app
// stores (contract: modules, times). The times of an entry are those of its block; an entry without a block was discarded.
import {
  type Calendar,
  defineAppTable,
  type PlainRecordOf,
  type ReadRecords,
  type RowsTogether,
  type StoredRecordOf,
} from "../../lib/tool/authoring.ts";
import { spanOf, timeBlocks } from "../day/time_blocks.ts";
import { projects } from "./times_projects.ts";

/** Entries. `description` is in clear, `duration` in seconds. */
export const timeEntries = defineAppTable("times/timeEntries", {
  record: "time entry",
  fields: [
    "description",
    "duration",
    "projectId",
    "clientId",
    "isBillable",
    "tags",
    "billingRate",
    "timeBlockId",
    "source",
  ],
});

const settings = defineAppTable("times/settings", {
  record: "set of time tracking settings",
  fields: ["roundingIncrement", "roundingMethod"],
});

/** Descriptions of other writers can be of any length; the whole text is for the app. */
export const MAX_DESCRIPTION_CHARS = 2_000;

/** An entry with the block that says when it was. */
export interface TimedEntry {
  readonly entry: PlainRecordOf<typeof timeEntries>;
  readonly block: PlainRecordOf<typeof timeBlocks>;
  /** In milliseconds since 1970. */
  readonly start: number;
  /** Null where it runs, and where only the duration is known. */
  readonly end: number | null;
}

/** Every entry that has its block, in no order. In a shared space the entries of others are private, and their blocks left out. */
export async function timedEntries(records: ReadRecords, calendar: Calendar): Promise<TimedEntry[]> {
  const blocks = new Map<string, PlainRecordOf<typeof timeBlocks>>();
  await records.lookThrough(timeBlocks, (block) => {
    if (isOfTimes(block)) blocks.set(block.id, block);
  });
  const entries: TimedEntry[] = [];
  await records.lookThrough(timeEntries, (entry) => {
    const named = blocks.get(entry.timeBlockId ?? "");
    const block = named !== undefined && isOfEntry(entry.id, named) ? named : undefined;
    const span = block === undefined ? null : spanOf(block, calendar);
    if (block !== undefined && span !== null) entries.push({ entry, block, ...span });
  });
  return entries;
}

/** The entry whose timer runs, the newest where another device has started a second one; undefined where none runs. */
export async function runningEntry(
  records: ReadRecords,
  calendar: Calendar,
): Promise<TimedEntry | undefined> {
  let newest: TimedEntry | undefined;
  for (const timed of await timedEntries(records, calendar)) {
    if (timed.block.isLive === true && (newest === undefined || timed.start > newest.start)) newest = timed;
  }
  return newest;
}

/** The live block of an entry; undefined where the entry was discarded. */
export async function blockOf(
  records: ReadRecords,
  { id, timeBlockId }: Pick<StoredRecordOf<typeof timeEntries>, "id" | "timeBlockId">,
): Promise<PlainRecordOf<typeof timeBlocks> | undefined> {
  let found: PlainRecordOf<typeof timeBlocks> | undefined;
  await records.lookThrough(timeBlocks, (block) => {
    if (block.id === timeBlockId && isOfEntry(id, block)) found = block;
  });
  return found;
}

/** Whether a block says that it is this entry's. The entry's word alone would not do: it can name a block of something else. */
function isOfEntry(id: string, block: PlainRecordOf<typeof timeBlocks>): boolean {
  return isOfTimes(block) && block.sourceId === id;
}

function isOfTimes({ type, sourceModule }: PlainRecordOf<typeof timeBlocks>): boolean {
  return type === "timeEntry" && sourceModule === "times";
}

/** What an entry takes from its project. Throws Refused `record-not-found` for a project that is not there. */
export async function projectFields(
  records: ReadRecords,
  projectId: string | undefined,
): Promise<ProjectFields> {
  if (projectId === undefined) return { projectId: null, clientId: null, isBillable: false };
  const { clientId = null, isBillable = false } = await records.get(projects, projectId);
  return { projectId, clientId, isBillable };
}

/** Adds an entry and its block, the block first. Gives the id of the entry. */
export async function insertEntry(
  rows: RowsTogether,
  { description, project, isBillable = project.isBillable, startDate, endDate, isLive, duration, app }:
    NewEntry,
): Promise<string> {
  const id = rows.newId(timeEntries);
  const text = description.trim();
  const { projectId, clientId } = project;
  const block = await rows.insert(timeBlocks, {
    kind: "logged",
    type: "timeEntry",
    sourceModule: "times",
    sourceId: id,
    title: blockTitle(text),
    startDate,
    endDate,
    isLive,
    projectId,
  });
  const values = { description: text, duration, projectId, clientId, isBillable, timeBlockId: block.id };
  await rows.insert(timeEntries, { ...values, source: { app } }, { id });
  return id;
}

/** What the calendar calls an entry. */
export function blockTitle(description: string): string {
  return description === "" ? "Time Entry" : description;
}

interface ProjectFields {
  readonly projectId: string | null;
  readonly clientId: string | null;
  readonly isBillable: boolean;
}

interface NewEntry {
  readonly description: string;
  readonly project: ProjectFields;
  /** As its project where it is not given. */
  readonly isBillable?: boolean | undefined;
  readonly startDate: string;
  readonly endDate: string | null;
  readonly isLive: boolean;
  /** Seconds. */
  readonly duration: number;
  readonly app: "timer" | "manual";
}

/** Whole seconds between two instants. */
export function secondsBetween(start: number, end: number): number {
  return Math.max(0, Math.floor((end - start) / 1000));
}

/**
 * Seconds rounded as the person has set it. The settings belong to the person and to no space, so they are absent in a shared
 * space: nothing is rounded there.
 */
export async function roundedSeconds(records: ReadRecords, seconds: number): Promise<number> {
  const { rows: [own] } = await records.list(settings, { page: { limit: 1 } });
  const increment = (own?.roundingIncrement ?? 0) * 60;
  const round = METHODS[own?.roundingMethod ?? "none"];
  if (round === undefined || !(increment > 0)) return seconds;
  return Math.round(round(seconds / increment) * increment);
}

/** By the words of the settings; half of an increment is rounded up. */
const METHODS: Readonly<Record<string, ((increments: number) => number) | undefined>> = {
  up: Math.ceil,
  down: Math.floor,
  nearest: Math.round,
};
