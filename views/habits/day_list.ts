// The same days as a list of words, for whoever reads rather than looks. Made when it is opened.
import { html } from "../kit/element.ts";
import { nameOf, tickWords } from "./day_words.ts";
import type { Habit } from "./habit.ts";

/** A part that opens, with each habit's days, the latest first. */
export function dayList(habits: () => readonly Habit[], today: string, locale: string): HTMLElement {
  const inside = html("div", { attributes: { class: "list" } });
  const details = html("details", {}, html("summary", {}, "As a list"), inside);
  details.addEventListener("toggle", () => {
    inside.replaceChildren(
      ...(details.open ? habits().flatMap((habit) => ofHabit(habit, today, locale)) : []),
    );
  });
  return details;
}

function ofHabit(habit: Habit, today: string, locale: string): HTMLElement[] {
  const days = [...habit.ticks].filter(([, count]) => count > 0).map(([day]) => day).sort().reverse();
  const words = days.length === 0
    ? [html("li", {}, "No entries in these weeks.")]
    : days.map((day) => html("li", {}, tickWords(habit, day, today, locale)));
  return [html("h3", { attributes: { dir: "auto" } }, nameOf(habit)), html("ul", {}, ...words)];
}
