// The calls behind "Log today" and its undo. Before an entry is made the habit is read again: what the person pressed may be an old frame.
import type { Answer } from "../host/answer.ts";
import type { Host } from "../host/connect_host.ts";
import { textOf } from "../host/parse.ts";
import { type Habit, habitsOf } from "./habit.ts";

/** What became of a press. */
export type Logged =
  | { readonly kind: "done"; readonly habit: Habit; readonly entry: string | null }
  | { readonly kind: "not"; readonly words: string };

/** Logs a habit now. */
export async function logHabit(host: Host, shown: Habit, timeZone: string): Promise<Logged> {
  const read = await host.call("habits_overview", { weeks: 1, includeArchived: shown.isArchived, timeZone });
  if (read.kind !== "done") return { kind: "not", words: read.words };
  const habit = habitsOf(read.data).find(({ id }) => id === shown.id);
  // Of more habits than an answer holds the last ones are not in it: then the gateway alone says whether there is such a habit.
  const isUnknown = habit === undefined && read.data.hasMore === true;
  if (!isUnknown && (habit === undefined || habit.title !== shown.title)) {
    return {
      kind: "not",
      words: "This habit was changed elsewhere, so nothing was logged. Refresh to see it.",
    };
  }
  const answer = await host.call("habits_log", { id: shown.id, timeZone });
  if (answer.kind !== "done") return { kind: "not", words: answer.words };
  return { kind: "done", habit: habit ?? shown, entry: textOf(answer.data.id) };
}

/** Takes an entry back. */
export function unlogHabit(host: Host, entry: string): Promise<Answer> {
  return host.call("habits_unlog", { id: entry });
}
