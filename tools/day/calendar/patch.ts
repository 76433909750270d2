// What a call changes of an event: as fields of the event, as copies on its block, as times and as a rule.
import type { Calendar, patchOf, PlainRecordOf } from "../../../lib/tool/authoring.ts";
import { demandReadable, refuseInput } from "../../../lib/tool/authoring.ts";
import type { StoredEvent } from "./series.ts";
import { events } from "./tables.ts";
import { type EventTimes, eventTimes, seriesRule } from "./times.ts";
import { spanOf, type timeBlocks } from "../time_blocks.ts";

/** The fields of an event that can be emptied. */
export const CLEARABLE = ["description", "location", "color", "recurrenceRule"] as const;

/** What a call gives, null for what it empties. */
export type EventPatch = ReturnType<typeof patchOf<GivenFields, typeof CLEARABLE[number]>>;

/** The fields that a call can give. */
export interface GivenFields {
  readonly title?: string | undefined;
  readonly startDate?: string | undefined;
  readonly endDate?: string | undefined;
  readonly recurrenceRule?: string | undefined;
  readonly description?: string | undefined;
  readonly location?: string | undefined;
  readonly color?: string | undefined;
  readonly calendarId?: string | undefined;
}

/** The changed fields that the block has copies of. */
export function textsOf({ title, description, color }: EventPatch) {
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(color === undefined ? {} : { color }),
  };
}

/** The changed fields of the event. */
export function fieldsOf(patch: EventPatch) {
  const { location, calendarId } = patch;
  return {
    ...textsOf(patch),
    ...(location === undefined ? {} : { location }),
    ...(calendarId === undefined ? {} : { calendarId }),
  };
}

/** The fields of a new event that is made of another one. Throws as `demandReadable`. */
export function newFields({ event }: StoredEvent, patch: EventPatch) {
  demandReadable(events, event, Object.keys(events.row.shape));
  const { title = "", description = null, location = null, color = null, calendarId = "", tagIds } = event;
  return {
    title,
    description,
    location,
    color,
    calendarId,
    ...(tagIds === undefined || tagIds === null ? {} : { tagIds }),
    ...fieldsOf(patch),
  };
}

/** The copies of an event's fields on a new block. */
export function blockTexts({ title, description, color }: ReturnType<typeof newFields>) {
  return { title, description, color };
}

/** The times after the change; null where they stay. */
export function timesAfter(
  zone: Calendar,
  { startDate, endDate }: EventPatch,
  before: EventTimes,
): EventTimes | null {
  return startDate === undefined && endDate === undefined
    ? null
    : eventTimes(zone, { startDate, endDate }, before);
}

/** When a block is; null where that cannot be read. */
export function timesOfBlock(zone: Calendar, block: PlainRecordOf<typeof timeBlocks>): EventTimes | null {
  const span = spanOf(block, zone);
  return span === null ? null : { ...span, allDay: block.allDay === true };
}

/**
 * The rule after the change: null to end the series, undefined where the rule stays. Throws Refused `input-invalid` where the
 * times were moved to a day that the rule does not give.
 */
export function ruleAfter(
  zone: Calendar,
  { recurrenceRule }: EventPatch,
  times: EventTimes,
  before: string | null,
  isMoved: boolean,
): string | null | undefined {
  if (recurrenceRule === null) return null;
  if (recurrenceRule !== undefined) return seriesRule(zone, recurrenceRule, times);
  if (!isMoved || before === null || before === "") return undefined;
  const first = zone.firstOccurrence({ rule: before, start: times.start, isAllDay: times.allDay });
  if (first !== null && first.start !== times.start) {
    refuseInput(
      `startDate: the rule of the series does not give this day; give a \`recurrenceRule\` as well`,
    );
  }
  return undefined;
}
