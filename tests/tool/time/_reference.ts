/** What a recurrence rule means, slowly: every day is looked at by itself. Knows the usual parts only. */

export interface ReferenceRule {
  readonly freq: "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY";
  readonly interval: number;
  readonly byDay?: readonly string[];
  readonly byMonthDay?: readonly number[];
  readonly byMonth?: readonly number[];
  readonly count?: number;
  readonly untilDay?: string;
}

const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/** The rule as text. */
export function textOf(
  { freq, interval, byDay, byMonthDay, byMonth, count, untilDay }: ReferenceRule,
): string {
  return [
    `RRULE:FREQ=${freq}`,
    ...(interval === 1 ? [] : [`INTERVAL=${interval}`]),
    ...(byDay ? [`BYDAY=${byDay.join(",")}`] : []),
    ...(byMonthDay ? [`BYMONTHDAY=${byMonthDay.join(",")}`] : []),
    ...(byMonth ? [`BYMONTH=${byMonth.join(",")}`] : []),
    ...(count === undefined ? [] : [`COUNT=${count}`]),
    ...(untilDay === undefined ? [] : [`UNTIL=${untilDay.replaceAll("-", "")}`]),
  ].join(";");
}

/** The days of a series from a day to a day. `time` is null for whole days. */
export function referenceDays(
  rule: ReferenceRule,
  { start, time, zone, from, to }: {
    readonly start: string;
    readonly time: string | null;
    readonly zone: string;
    readonly from: string;
    readonly to: string;
  },
): string[] {
  const first = Temporal.PlainDate.from(start);
  const days: string[] = [];
  let counted = 0;
  for (let day = first; day.toString() <= to; day = day.add({ days: 1 })) {
    const isFirst = day.equals(first);
    if (!isFirst) {
      if (rule.untilDay !== undefined && day.toString() > rule.untilDay) break;
      if (!isDayOf(rule, first, day)) continue;
      if (time !== null && !exists(day, time, zone)) continue;
    }
    counted += 1;
    if (rule.count !== undefined && counted > rule.count) break;
    if (day.toString() >= from) days.push(day.toString());
  }
  return days;
}

function isDayOf(rule: ReferenceRule, first: Temporal.PlainDate, day: Temporal.PlainDate): boolean {
  const { byDay, byMonth, byMonthDay } = rule;
  if (byMonth && !byMonth.includes(day.month)) return false;
  const months = (day.year - first.year) * 12 + day.month - first.month;
  switch (rule.freq) {
    case "DAILY":
      return first.until(day, { largestUnit: "days" }).days % rule.interval === 0 &&
        (!byDay || hasWeekday(byDay, day)) && (!byMonthDay || hasMonthDay(byMonthDay, day));
    case "WEEKLY": {
      const weeks = monday(first).until(monday(day), { largestUnit: "days" }).days / 7;
      return weeks % rule.interval === 0 &&
        (byDay ? hasWeekday(byDay, day) : day.dayOfWeek === first.dayOfWeek);
    }
    case "MONTHLY":
      if (months % rule.interval !== 0) return false;
      if (!byDay && !byMonthDay) return day.day === first.day;
      return (!byDay || hasWeekday(byDay, day)) && (!byMonthDay || hasMonthDay(byMonthDay, day));
    case "YEARLY":
      if ((day.year - first.year) % rule.interval !== 0) return false;
      if (!byMonth && day.month !== first.month) return false;
      return byMonthDay ? hasMonthDay(byMonthDay, day) : day.day === first.day;
  }
}

function monday(day: Temporal.PlainDate): Temporal.PlainDate {
  return day.subtract({ days: day.dayOfWeek - 1 });
}

function hasMonthDay(list: readonly number[], day: Temporal.PlainDate): boolean {
  return list.some((number) => number === day.day || number === day.day - day.daysInMonth - 1);
}

/** Weekdays, and with a number the so-manieth of the month. */
function hasWeekday(list: readonly string[], day: Temporal.PlainDate): boolean {
  return list.some((text) => {
    if (WEEKDAYS[day.dayOfWeek - 1] !== text.slice(-2)) return false;
    const number = text.slice(0, -2);
    if (number === "") return true;
    const fromStart = Math.ceil(day.day / 7);
    const fromEnd = -Math.ceil((day.daysInMonth - day.day + 1) / 7);
    return Number(number) === fromStart || Number(number) === fromEnd;
  });
}

/** Whether a clock of the zone shows this time on this day. */
export function exists(day: Temporal.PlainDate, time: string, zone: string): boolean {
  return firstInstantOf(day, time, zone) !== null;
}

/** The first instant at which a clock of the zone shows this time on this day: every offset of these days is tried. */
export function firstInstantOf(day: Temporal.PlainDate, time: string, zone: string): number | null {
  const wall = `${day}T${time}`;
  const asUtc = Date.parse(`${wall}:00Z`);
  const zoned = (instant: number) => Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
  const offsets = [-86_400_000, 0, 86_400_000].map((away) => zoned(asUtc + away).offsetNanoseconds / 1e6);
  for (const offset of offsets.sort((a, b) => b - a)) {
    const shown = zoned(asUtc - offset).toPlainDateTime().toString({ smallestUnit: "minute" });
    if (shown === wall) return asUtc - offset;
  }
  return null;
}
