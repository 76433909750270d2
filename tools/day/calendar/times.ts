// The times that a tool is given for an event, and the rule of its series: checked, and as a block stores them.
import {
  addDays,
  type Calendar,
  dateTimeInput,
  dayInput,
  daysBetween,
  isDay,
  refuseInput,
  storedRule,
} from "../../../lib/tool/authoring.ts";
import { z } from "zod";
import type { Span } from "../time_blocks.ts";

/** A day or a date-time: what of the two it is says whether an event has whole days. */
export const momentInput = z.string().max(40).refine(
  (text) => dayInput.safeParse(text).success || dateTimeInput.safeParse(text).success,
  "expected an existing YYYY-MM-DDTHH:mm, or YYYY-MM-DD for whole days",
);

/** When an event is. */
export interface EventTimes extends Span {
  readonly allDay: boolean;
}

/** The times that a call gives. */
export interface GivenTimes {
  readonly startDate?: string | undefined;
  readonly endDate?: string | undefined;
}

/**
 * The times of an event by what a call gives, and by what the event has so far: an event that is moved keeps its length, a new one
 * lasts an hour or a day. Throws Refused `input-invalid` for an end before the start, a day beside a date-time, and a skipped time.
 */
export function eventTimes(zone: Calendar, given: GivenTimes, before: EventTimes | null): EventTimes {
  const { startDate, endDate } = given;
  const allDay = startDate === undefined ? before?.allDay === true : isDay(startDate);
  if (endDate !== undefined && isDay(endDate) !== allDay) {
    refuseInput(
      "endDate: it has to be a day where the event has whole days, and a date-time where it has a time",
    );
  }
  const start = startDate === undefined ? before?.start ?? 0 : instantOf(zone, startDate);
  const end = endDate === undefined
    ? usualEnd(zone, start, allDay, before)
    : isDay(endDate)
    ? zone.endOfDay(endDate)
    : instantOf(zone, endDate);
  if (end < start) refuseInput("endDate: it is before the start");
  return { start, end, allDay };
}

/** The fields of a block. */
export function storedTimes(zone: Calendar, { start, end, allDay }: EventTimes) {
  return { startDate: zone.stored(start), endDate: end === null ? null : zone.stored(end), allDay };
}

/**
 * The rule as it is stored. Throws Refused `input-invalid` where the start is no time of the series: the apps would show a first
 * time that the rule does not have.
 */
export function seriesRule(zone: Calendar, rule: string, { start, allDay }: EventTimes): string {
  const first = zone.firstOccurrence({ rule, start, isAllDay: allDay });
  if (first === null) refuseInput("recurrenceRule: it gives no time at all from the start on");
  const day = zone.dayAt(start);
  if (first.day !== day) {
    refuseInput(
      `recurrenceRule: it does not give ${day}, on which the event starts; the first day it gives is ${first.day}`,
    );
  }
  return storedRule(rule);
}

function instantOf(zone: Calendar, moment: string): number {
  if (isDay(moment)) return zone.startOfDay(moment);
  return zone.storedInstant(zone.instant(moment)) ?? 0;
}

function usualEnd(zone: Calendar, start: number, allDay: boolean, before: EventTimes | null): number {
  const length = before === null || before.allDay !== allDay || before.end === null ? null : before;
  if (!allDay) {
    return length === null ? start + HOUR_MS : start + ((length.end ?? length.start) - length.start);
  }
  const days = length === null
    ? 0
    : daysBetween(zone.dayAt(length.start), zone.dayAt(length.end ?? length.start));
  return zone.endOfDay(addDays(zone.dayAt(start), days));
}

const HOUR_MS = 3_600_000;
