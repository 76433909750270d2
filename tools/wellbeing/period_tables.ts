// The tables of the menstrual cycle, and when a day's flow opens or closes a period (contract: modules, period). Records that are
// predicted are forecasts of the apps and never count.
import { addDays, daysBetween, defineAppTable, isDay, type ReadRecords } from "../../lib/tool/authoring.ts";

/** Periods: from the first day of bleeding to the day before the next. */
export const periods = defineAppTable("period/periods", {
  record: "period",
  fields: [
    "startDate",
    "periodEndDate",
    "endDate",
    "length",
    "isPredicted",
    "isArchived",
    "notes",
    "timeBlockId",
  ],
});

/** What was logged of a day; one for each. */
export const dayLogs = defineAppTable("period/periodDayLogs", {
  record: "cycle day",
  fields: [
    "logDate",
    "periodId",
    "flow",
    "mood",
    "energy",
    "temperature",
    "cervicalMucus",
    "symptoms",
    "sexualActivity",
    "notes",
  ],
});

/** Symptoms with the number of days that name them. */
export const symptoms = defineAppTable("period/periodSymptoms", {
  record: "symptom",
  fields: ["name", "category", "count"],
});

/** A period that happened, as far as dates are concerned. */
export interface RealPeriod {
  readonly id: string;
  readonly startDate: string;
  readonly periodEndDate: string | null;
  readonly endDate: string | null;
}

/** A day of the log, as far as it is in plaintext. */
export interface LoggedDay {
  readonly id: string;
  readonly logDate: string;
  readonly flow: string;
  readonly periodId: string | null;
  readonly symptoms: readonly string[];
}

/** The periods that happened, the newest first. Opens nothing. */
export async function realPeriods(records: Pick<ReadRecords, "count">): Promise<RealPeriod[]> {
  const found: RealPeriod[] = [];
  await records.count(periods, (period) => {
    const { id, startDate = "", periodEndDate = null, endDate = null, isPredicted, isArchived } = period;
    if (!isDay(startDate) || isPredicted === true || isArchived === true) return false;
    return found.push({ id, startDate, periodEndDate, endDate }) > 0;
  });
  return found.sort((a, b) => a.startDate < b.startDate ? 1 : -1);
}

/** All logged days, in no order. Opens nothing. */
export async function loggedDays(records: Pick<ReadRecords, "count">): Promise<LoggedDay[]> {
  const found: LoggedDay[] = [];
  await records.count(dayLogs, ({ id, logDate = "", flow = "none", periodId = null, symptoms = [] }) => {
    return isDay(logDate) && found.push({ id, logDate, flow, periodId, symptoms }) > 0;
  });
  return found;
}

/** Whether a day's flow opens a new period: when there is none, or the newest has ended ten days ago or more. */
export function opensPeriod(newest: RealPeriod | undefined, date: string, flow: string): boolean {
  if (!isBleeding(flow)) return false;
  if (newest === undefined) return true;
  return newest.periodEndDate !== null && isDay(newest.periodEndDate) &&
    daysBetween(newest.periodEndDate, date) >= DAYS_APART;
}

/** The day on which a day without bleeding closes the newest period: its last day of bleeding, two days ago or more. */
export function closesPeriodOn(
  newest: RealPeriod | undefined,
  days: readonly LoggedDay[],
  date: string,
): string | null {
  if (newest === undefined || newest.periodEndDate !== null) return null;
  let last: string | null = null;
  for (const { logDate, flow } of days) {
    const counts = isBleeding(flow) && logDate >= newest.startDate && logDate < date;
    if (counts && (last === null || logDate > last)) last = logDate;
  }
  return last !== null && daysBetween(last, date) >= DAYS_WITHOUT ? last : null;
}

/** The period that a day belongs to, up to the day before the next one. */
export function periodOn(real: readonly RealPeriod[], date: string): string | null {
  const found = real.find(({ startDate }) => startDate <= date);
  return found !== undefined && (found.endDate === null || date <= found.endDate) ? found.id : null;
}

/** What a period keeps of the next one's first day. */
export function cycleUntil(
  startDate: string,
  next: string,
): { readonly endDate: string; readonly length: number } {
  return { endDate: addDays(next, -1), length: daysBetween(startDate, next) };
}

function isBleeding(flow: string): boolean {
  return flow === "light" || flow === "medium" || flow === "heavy";
}

/** Days between the end of a period and a new one. */
const DAYS_APART = 10;
/** Days after the last bleeding until a day without bleeding ends the period. */
const DAYS_WITHOUT = 2;
