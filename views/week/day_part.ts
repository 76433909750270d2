// One day of the week: what lies on it, and what is due.
import { dayWords } from "../kit/days.ts";
import { html } from "../kit/element.ts";
import { type Entry, ofDay, overlaps } from "./entry.ts";

/** A task that is due on a day. */
export interface DueTask {
  readonly id: string;
  readonly title: string | null;
  readonly due: string;
}

/** What a day is drawn of. */
export interface DayPart {
  readonly day: string;
  readonly today: string;
  readonly locale: string;
  readonly entries: readonly Entry[];
  readonly tasks: readonly DueTask[];
  /** Who else wrote a record, by its id. */
  readonly writers: ReadonlyMap<string, string>;
}

/** Draws a day. Returns the rows beside it, for whoever shows only the first ones. */
export function dayPart(
  part: DayPart,
): { readonly section: HTMLElement; readonly rows: readonly HTMLElement[] } {
  const { day, today, locale, entries, tasks, writers } = part;
  const found = ofDay(entries, day);
  const rows = [
    ...tasks.filter(({ due }) => due === day).map((task) => taskRow(task, writers)),
    ...found.map((entry) => entryRow(part, entry, found)),
  ];
  const name = new Intl.DateTimeFormat(locale, {
    timeZone: "UTC",
    weekday: "short",
    day: "numeric",
    month: "short",
  })
    .format(Date.parse(`${day}T12:00:00Z`));
  const isToday = day === today;
  const section = html(
    "section",
    {
      attributes: {
        class: isToday ? "day today" : "day",
        "aria-label": isToday ? `${dayWords(day, today, locale)}, ${name}` : name,
      },
    },
    html(
      "h2",
      {},
      name,
      isToday ? html("span", { attributes: { class: "now" } }, dayWords(day, today, locale)) : null,
    ),
    rows.length === 0
      ? html("p", { attributes: { class: "free" } }, "Nothing planned")
      : html("ul", {}, ...rows),
  );
  return { section, rows };
}

function taskRow({ id, title }: DueTask, writers: ReadonlyMap<string, string>): HTMLElement {
  return html(
    "li",
    { attributes: { class: "entry" } },
    html("span", { attributes: { class: "time" } }, "Due"),
    html(
      "div",
      {},
      html("p", { attributes: { class: "title", dir: "auto" } }, title ?? "Task without a readable title"),
      facts(["Task", writers.get(id) ?? null]),
    ),
  );
}

function entryRow({ day, locale, writers }: DayPart, entry: Entry, ofSameDay: readonly Entry[]): HTMLElement {
  const others = ofSameDay.filter((other) => overlaps(entry, other)).length;
  return html(
    "li",
    { attributes: { class: entry.allDay ? "entry whole" : "entry" } },
    html("span", { attributes: { class: "time" } }, timeWords(entry, day, locale)),
    html(
      "div",
      {},
      html("p", { attributes: { class: "title", dir: "auto" } }, entry.title || "Busy"),
      facts([
        kindOf(entry.module),
        spanWords(entry, day, locale),
        entry.location === "" ? null : entry.location,
        entry.repeats ? "repeats" : null,
        others === 0 ? null : others === 1 ? "overlaps another time" : `overlaps ${others} times`,
        writers.get(entry.id) ?? null,
      ]),
    ),
  );
}

function facts(parts: readonly (string | null)[]): HTMLElement | null {
  const told = parts.filter((part) => part !== null);
  if (told.length === 0) return null;
  return html(
    "p",
    { attributes: { class: "facts" } },
    ...told.map((part) => html("span", { attributes: { dir: "auto" } }, part)),
  );
}

/** When it is on this day: "all day", "09:00 – 10:00", "from 22:00", "until 01:00". */
function timeWords({ allDay, from, to, start, end }: Entry, day: string, locale: string): string {
  if (allDay || start === null) return "All day";
  const clock = (time: string) => clockWords(time, locale);
  if (day > from) return day < to || end === null ? "All day" : `until ${clock(end)}`;
  if (end === null || end === start && from === to) return clock(start);
  return to > from ? `from ${clock(start)}` : `${clock(start)} – ${clock(end)}`;
}

/** What goes beyond this day: "until Tue, 3 Mar, 01:00", or "day 2 of 3". */
function spanWords({ allDay, from, to, end }: Entry, day: string, locale: string): string | null {
  if (from === to) return null;
  const days = Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;
  if (allDay) return `day ${Math.round((Date.parse(day) - Date.parse(from)) / DAY_MS) + 1} of ${days}`;
  if (day > from) return "goes on from the day before";
  return end === null ? null : `until ${clockWords(end, locale)} ${laterWords(days - 1)}`;
}

function laterWords(days: number): string {
  return days === 1 ? "the next day" : `${days} days later`;
}

const DAY_MS = 86_400_000;

function clockWords(time: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { timeZone: "UTC", timeStyle: "short" })
    .format(Date.parse(`2026-01-01T${time}:00Z`));
}

function kindOf(module: string | null): string | null {
  const kinds: Readonly<Record<string, string>> = {
    todo: "Task",
    habits: "Habit",
    events: "Get-together",
    times: "Tracked time",
  };
  return module !== null && Object.hasOwn(kinds, module) ? kinds[module] ?? null : null;
}
