// The arguments that prompts take: a day, a week, the title of a note. Knows neither the person's time zone nor their records:
// "today" stays a word, which the model reads with the date that it was told.
import { z } from "zod";
import { addDays, dayInput, shownText, visibleText } from "../../lib/tool/authoring.ts";

/** A day: `today`, `tomorrow`, `yesterday`, or YYYY-MM-DD. */
export const dayArgument = z.string().max(10).refine(
  (day) => DAY_WORDS.includes(day) || dayInput.safeParse(day).success,
  "expected YYYY-MM-DD, today, tomorrow or yesterday",
);

/** A week: `this week`, `last week`, `next week`, or any day of the week as YYYY-MM-DD. */
export const weekArgument = z.string().max(10).refine(
  (week) => WEEK_WORDS.includes(week) || dayInput.safeParse(week).success,
  "expected any day of the week as YYYY-MM-DD, this week, last week or next week",
);

/** The title of a note, or its beginning. */
export const noteArgument = visibleText(500);

/** A week in words: the words themselves, or its days from Monday to Sunday (ISO 8601). */
export function weekInWords(week: string): string {
  if (WEEK_WORDS.includes(week)) return week;
  const monday = addDays(week, 1 - Temporal.PlainDate.from(week).dayOfWeek);
  return `the week from ${monday} to ${addDays(monday, 6)}`;
}

/**
 * A title between quotes. Whoever shares a space with the person may have chosen it: it stays inside its quotes, so that nothing
 * in it reads like a line of the prompt.
 */
export function quotedTitle(title: string): string {
  return `"${shownText(title, 200)}"`;
}

const DAY_WORDS: readonly string[] = ["today", "tomorrow", "yesterday"];
const WEEK_WORDS: readonly string[] = ["this week", "last week", "next week"];
