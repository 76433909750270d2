// A month of the journal, read out of what `journal_calendar` answers, and the weeks in which it is drawn.
import { type JsonObject, objectsOf, textOf } from "../host/parse.ts";
import { dayAfter } from "../kit/days.ts";

/** A day that has entries. */
export interface JournalDay {
  readonly day: string;
  readonly count: number;
  readonly entries: readonly {
    readonly id: string;
    readonly mood: string | null;
    readonly words: number | null;
  }[];
}

/** What is shown: one month. */
export interface Month {
  /** The first day of the month. */
  readonly first: string;
  /** The days that the answer is about: of others nothing is known. */
  readonly from: string;
  readonly to: string;
  readonly today: string;
  readonly days: ReadonlyMap<string, JournalDay>;
  /** The day from which on there are more entries than the answer holds; null for none. */
  readonly nextFrom: string | null;
}

/** The month of an answer: that of today, or the last one of a longer time. Throws Error where the answer names no days. */
export function monthOf(data: JsonObject): Month {
  const [from, to, today] = [textOf(data.from), textOf(data.to), textOf(data.today)];
  if (
    from === null || to === null || today === null || !DAY.test(from) || !DAY.test(to) || !DAY.test(today)
  ) {
    throw new Error("The answer names no days");
  }
  const shown = today >= from && today <= to ? today : to;
  const days = objectsOf(data.days).flatMap((record) => {
    const day = textOf(record.day);
    return day === null ? [] : [[day, dayOf(day, record)] as const];
  });
  return { first: firstOf(shown), from, to, today, days: new Map(days), nextFrom: textOf(data.nextFrom) };
}

/** The first day of the month so many months later. */
export function monthAfter(first: string, months: number): string {
  const [year = 0, month = 1] = first.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1 + months, 1, 12)).toISOString().slice(0, 10);
}

/** The last day of a month. */
export function lastOf(first: string): string {
  return dayAfter(monthAfter(first, 1), -1);
}

/** The weeks of a month, from the first weekday of the language on; null for days of other months. */
export function weeksOf(first: string, locale: string): (string | null)[][] {
  const last = lastOf(first);
  const weekday = new Date(`${first}T12:00:00Z`).getUTCDay();
  let day = dayAfter(first, -((weekday - firstWeekday(locale) + 7) % 7));
  const weeks: (string | null)[][] = [];
  while (day <= last) {
    weeks.push([0, 1, 2, 3, 4, 5, 6].map((at) => {
      const one = dayAfter(day, at);
      return one >= first && one <= last ? one : null;
    }));
    day = dayAfter(day, 7);
  }
  return weeks;
}

/** 0 is Sunday. Monday where the browser does not know. */
export function firstWeekday(locale: string): number {
  try {
    const known: unknown = Reflect.get(new Intl.Locale(locale), "weekInfo") ??
      Reflect.apply(Reflect.get(Intl.Locale.prototype, "getWeekInfo"), new Intl.Locale(locale), []);
    const first: unknown = typeof known === "object" && known !== null
      ? Reflect.get(known, "firstDay")
      : null;
    return typeof first === "number" ? first % 7 : 1;
  } catch {
    return 1;
  }
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function firstOf(day: string): string {
  return `${day.slice(0, 8)}01`;
}

function dayOf(day: string, record: JsonObject): JournalDay {
  const entries = objectsOf(record.entries).flatMap(({ id, mood, words }) =>
    typeof id === "string"
      ? [{ id, mood: textOf(mood), words: typeof words === "number" ? words : null }]
      : []
  );
  return { day, count: typeof record.count === "number" ? record.count : entries.length, entries };
}
