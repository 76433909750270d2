import { type Calendar, calendarOf } from "../../../lib/tool/time/calendar.ts";
import { createSeriesMonths } from "../../../lib/tool/time/series_months.ts";

/** The calendar of a zone, with nothing kept of earlier expansions. */
export function inZone(zone: string | null): Calendar {
  return calendarOf(zone, 0, createSeriesMonths());
}
