// Time blocks, the time axis that the Mana apps share: each belongs to a record of another module, which its `type` and
// `sourceModule` name (contract: modules, timeblocks). No module of its own: the tools of the owners read and write it.
import { addDays, type Calendar, daysBetween, defineAppTable } from "../../lib/tool/authoring.ts";

/** The blocks. `title`, `description`, `color`, `icon` and `projectId` are copies of the owner's. */
export const timeBlocks = defineAppTable("timeblocks/timeBlocks", {
  record: "time block",
  isPart: true,
  fields: [
    "startDate",
    "endDate",
    "allDay",
    "isLive",
    "timezone",
    "recurrenceRule",
    "kind",
    "type",
    "sourceModule",
    "sourceId",
    "linkedBlockId",
    "parentBlockId",
    "recurrenceDate",
    "isRecurrenceException",
    "title",
    "description",
    "color",
    "icon",
    "projectId",
  ],
});

/** When a block is, in milliseconds since 1970. */
export interface Span {
  readonly start: number;
  /** Null: a point in time, or a timer that runs. A block of whole days ends with its last day. */
  readonly end: number | null;
}

/** What the times of a block are read from. */
export interface StoredTimes {
  readonly startDate?: string;
  readonly endDate?: string | null;
  readonly allDay?: boolean;
  readonly type?: string;
  readonly sourceModule?: string;
}

/**
 * When a block is, whichever of the three forms its times are stored in; null where the start is no date-time. An end before the
 * start counts as none.
 */
export function spanOf(
  { startDate, endDate, allDay, type, sourceModule }: StoredTimes,
  calendar: Calendar,
): Span | null {
  if (startDate === undefined) return null;
  // Dreams and periods store the person's local time and end it with `Z` all the same.
  const isLocal = type === "period" || (type === "sleep" && sourceModule === "dreams");
  const start = calendar.storedInstant(startDate, isLocal);
  if (start === null) return null;
  const end = typeof endDate === "string" ? calendar.storedInstant(endDate, isLocal) : null;
  if (allDay === true) {
    const first = calendar.dayAt(start);
    const stored = end === null || end < start ? first : calendar.dayAt(end);
    const last = daysBetween(first, stored) > MAX_DAYS ? addDays(first, MAX_DAYS) : stored;
    return { start: calendar.startOfDay(first), end: calendar.endOfDay(last) };
  }
  return { start, end: end === null || end < start ? null : end };
}

/** A hundred years: what another writer stores beyond would lead out of the years that days are written in. */
const MAX_DAYS = 36_500;
