// The heat map of habits: what `habits_overview` answered, a grid of weeks for each habit, as many weeks as the frame is wide.
import { type JsonObject, textOf } from "../host/parse.ts";
import { dayAfter, todayIn } from "../kit/days.ts";
import { button, html } from "../kit/element.ts";
import { showFirst } from "../kit/first_rows.ts";
import { type Frame, startView } from "../kit/start_view.ts";
import { writersOf } from "../kit/writers.ts";
import { dayList } from "./day_list.ts";
import { LEFT, PITCH } from "./grid.ts";
import { type Habit, habitsOf, type Weeks, weeksOf } from "./habit.ts";
import { habitRow } from "./habit_row.ts";

/** So many habits stay below 500 CSS pixels. */
const FIRST_ROWS = 2;

void startView({
  name: "habits",
  title: "Habits",
  tool: "habits_overview",
  // From the first page on: a cursor of the call before would show what comes after it.
  refreshArguments: ({ cursor: _, ...input }) => input,
  draw(frame, data, meta) {
    drawHabits({
      frame,
      weeks: weeksOf(data),
      habits: habitsOf(data),
      writers: writersOf(meta),
      page: data,
      isWhole: false,
      later: 0,
    });
  },
});

interface Shown {
  readonly frame: Frame;
  readonly weeks: Weeks;
  habits: Habit[];
  readonly writers: ReadonlyMap<string, string>;
  readonly page: JsonObject;
  /** Whether every habit is shown, and not only the first ones. */
  isWhole: boolean;
  /** Weeks after the last one in sight. */
  later: number;
}

function drawHabits(shown: Shown): void {
  const { frame: { host, body }, weeks, habits, writers } = shown;
  if (habits.length === 0) {
    body.replaceChildren(html("p", { attributes: { class: "state" } }, "No habits here."));
    return;
  }
  const today = todayIn(weeks.timeZone);
  const room = roomFor(body.clientWidth, weeks.mondays.length);
  const end = weeks.mondays.length - shown.later;
  const mondays = weeks.mondays.slice(Math.max(0, end - room), Math.max(room, end));
  const readout = html("p", { attributes: { class: "readout soft", "aria-hidden": "true" } }, LEGEND);
  const rows = habits.map((habit, index) =>
    habitRow({
      frame: shown.frame,
      key: `h${index}`,
      weeks,
      today,
      mondays,
      days: daysOf(weeks),
      writer: writers.get(habit.id),
      onDay: (words) => readout.textContent = words,
      keep: (now) => shown.habits[index] = now,
    }, habit)
  );
  const list = html("ul", { attributes: { class: "habits" } }, ...rows);
  const more = shown.isWhole ? null : showFirst(rows, FIRST_ROWS);
  more?.addEventListener("click", () => shown.isWhole = true);
  body.replaceChildren(
    list,
    readout,
    html(
      "div",
      { attributes: { class: "foot" } },
      ...timeButtons(shown, room),
      more,
      nextPage(shown),
      dayList(() => shown.habits, today, host.locale),
    ),
  );
  watchWidth(shown, room);
}

const LEGEND = "A full square: as often as wanted. Half full: less. Empty: not done.";

/** How many weeks there is room for. */
function roomFor(width: number, all: number): number {
  return Math.max(4, Math.min(all, Math.floor((width - LEFT) / PITCH)));
}

/** Draws anew where a frame of another width has room for more weeks, or for fewer. */
function watchWidth(shown: Shown, room: number): void {
  const { body } = shown.frame;
  const list = body.firstElementChild;
  const observer = new ResizeObserver(() => {
    // What was drawn by an earlier answer watches no more.
    if (body.firstElementChild !== list) return observer.disconnect();
    if (roomFor(body.clientWidth, shown.weeks.mondays.length) === room) return;
    observer.disconnect();
    shown.later = 0;
    drawHabits(shown);
  });
  observer.observe(body);
}

/** Earlier and later weeks, where there are more than there is room for. */
function timeButtons(shown: Shown, room: number): HTMLElement[] {
  const most = shown.weeks.mondays.length - room;
  if (most <= 0) return [];
  const go = (words: string, later: number) =>
    button(words, () => {
      shown.later = Math.max(0, Math.min(most, later));
      drawHabits(shown);
      shown.frame.body.querySelector<HTMLElement>(`.foot button:not(:disabled)`)?.focus();
    }, { disabled: later < 0 ? shown.later === 0 : later > most ? shown.later === most : false });
  return [go("Earlier", shown.later + room), go("Later", shown.later - room)];
}

/** The next page of habits, where there are more. */
function nextPage(shown: Shown): HTMLElement | null {
  const { frame, page, weeks } = shown;
  if (page.hasMore !== true) return null;
  const cursor = textOf(page.nextCursor);
  if (cursor === null || !frame.host.canCall) {
    return html("p", { attributes: { class: "soft" } }, "There are more habits than are shown here.");
  }
  const load = button("Load more habits", async () => {
    load.disabled = true;
    const answer = await frame.host.call("habits_overview", { ...frame.host.input, cursor });
    load.disabled = false;
    if (answer.kind !== "done") return frame.say(answer.words);
    drawHabits({
      frame,
      weeks,
      habits: [...shown.habits, ...habitsOf(answer.data)],
      writers: new Map([...shown.writers, ...writersOf(answer.meta)]),
      page: answer.data,
      isWhole: true,
      later: shown.later,
    });
  });
  return load;
}

function daysOf({ mondays, until }: Weeks): string[] {
  return mondays.flatMap((monday) => [0, 1, 2, 3, 4, 5, 6].map((at) => dayAfter(monday, at)))
    .filter((day) => day <= until);
}
