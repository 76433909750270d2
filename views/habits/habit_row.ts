// One habit: its name, how it goes, "Log today", its weeks.
import { namedRecord } from "../kit/named_record.ts";
import { button, html, svg } from "../kit/element.ts";
import type { Frame } from "../kit/start_view.ts";
import { nameOf, summaryWords } from "./day_words.ts";
import { habitGrid } from "./grid.ts";
import { type Habit, ticked, type Weeks } from "./habit.ts";
import { logHabit, unlogHabit } from "./log_habit.ts";

/** Where rows are drawn. */
export interface RowPlace {
  readonly frame: Frame;
  /** Tells the row from others in the document. */
  readonly key: string;
  readonly weeks: Weeks;
  readonly today: string;
  /** The weeks in sight. */
  readonly mondays: readonly string[];
  /** All days that the answer tells of. */
  readonly days: readonly string[];
  /** Who else wrote the habit, in words. */
  readonly writer: string | undefined;
  readonly onDay: (words: string) => void;
  /** Keeps a habit as it is now, for the next drawing. */
  readonly keep: (habit: Habit) => void;
}

/** Draws a habit, and does what is pressed. */
export function habitRow(place: RowPlace, first: Habit): HTMLElement {
  const row: Row = {
    place,
    habit: first,
    isBusy: false,
    facts: html("p", { attributes: { class: "facts" } }),
    grid: html("div"),
    below: html("div"),
  };
  const name = nameOf(first);
  const canLog = place.weeks.until >= place.today && !first.isArchived;
  const log = canLog
    ? button("Log today", () => void press(row), { "data-writes": true, "aria-label": `Log today: ${name}` })
    : null;
  drawRow(row);
  return html(
    "li",
    { attributes: { class: "habit" } },
    html(
      "div",
      { attributes: { class: "head" } },
      html(
        "div",
        { attributes: { class: "name" } },
        html("h2", { attributes: { dir: "auto" } }, dot(first.color), name),
        row.facts,
      ),
      log,
    ),
    row.grid,
    row.below,
  );
}

interface Row {
  readonly place: RowPlace;
  habit: Habit;
  isBusy: boolean;
  readonly facts: HTMLElement;
  readonly grid: HTMLElement;
  readonly below: HTMLElement;
}

function drawRow({ place, habit, facts, grid }: Row): void {
  const { key, mondays, weeks: { until }, today, frame, onDay, days, writer, keep } = place;
  keep(habit);
  facts.textContent = [summaryWords(habit, days), writer ?? null].filter((part) => part !== null).join(" · ");
  grid.replaceChildren(habitGrid({ habit, key, mondays, until, today, locale: frame.host.locale, onDay }));
}

/** Shown as logged at once, and put back where it was not. */
async function press(row: Row): Promise<void> {
  const { place: { frame, today, weeks }, habit, below } = row;
  if (row.isBusy || !frame.demandFresh()) return;
  row.isBusy = true;
  below.replaceChildren();
  row.habit = ticked(habit, today, 1);
  drawRow(row);
  const logged = await logHabit(frame.host, habit, weeks.timeZone);
  row.isBusy = false;
  if (logged.kind === "not") {
    row.habit = habit;
    drawRow(row);
    below.replaceChildren(html("p", { attributes: { class: "bad", role: "alert" } }, logged.words));
    return;
  }
  // What was logged elsewhere meanwhile counts, too.
  const before = Math.max(logged.habit.ticks.get(today) ?? 0, habit.ticks.get(today) ?? 0);
  row.habit = ticked(habit, today, before + 1 - (habit.ticks.get(today) ?? 0));
  drawRow(row);
  const { entry } = logged;
  frame.say(
    `Logged: ${nameOf(habit)}`,
    entry === null ? undefined : { words: "Undo", act: () => void takeBack(row, entry) },
  );
  // By its id: a title may be somebody else's text, and would be read as the person's words here.
  frame.host.tellModel(
    `In the view of habits the person logged ${namedRecord("habit", habit.id)} for ${today}.`,
  );
}

async function takeBack(row: Row, entry: string): Promise<void> {
  const { place: { frame, today } } = row;
  if (row.isBusy || !frame.demandFresh()) return;
  row.isBusy = true;
  const answer = await unlogHabit(frame.host, entry);
  row.isBusy = false;
  if (answer.kind !== "done") return frame.say(answer.words);
  row.habit = ticked(row.habit, today, -1);
  drawRow(row);
  frame.say(`Taken back: ${nameOf(row.habit)}`);
  frame.host.tellModel(
    `In the view of habits the person took back an entry of ${namedRecord("habit", row.habit.id)}.`,
  );
}

/** The person's own colour for the habit, as an ornament. */
function dot(color: string | null): SVGSVGElement | null {
  if (color === null) return null;
  return svg(
    "svg",
    { attributes: { class: "dot", width: 12, height: 12, viewBox: "0 0 12 12", "aria-hidden": "true" } },
    svg("circle", { attributes: { cx: 6, cy: 6, r: 5, fill: color } }),
  );
}
