// The open tasks that are due in a week. They are read when the person presses and never before: the call that the view belongs to asked
// for the calendar, and a view reads no more than was asked for.
import type { Host } from "../host/connect_host.ts";
import { objectsOf, textOf, textsOf } from "../host/parse.ts";
import { dayAfter } from "../kit/days.ts";
import { writersOf } from "../kit/writers.ts";
import type { DueTask } from "./day_part.ts";

/** What is due. */
export interface DueTasks {
  readonly tasks: readonly DueTask[];
  /** Who else wrote a task, by its id. */
  readonly writers: ReadonlyMap<string, string>;
  /** Whether more is due than was read. */
  readonly hasMore: boolean;
}

/** Whether the person can ask for tasks: where the call took to-dos along, and can be made again from here. */
export function canShowDue(host: Host): boolean {
  return host.canCall && textsOf(host.input.also).includes("todo");
}

/** Reads the tasks that are due in the seven days from `from` on; words where they cannot be read. */
export async function readDueTasks(host: Host, from: string): Promise<DueTasks | string> {
  const { space } = host.input;
  const range = { from, to: dayAfter(from, 6), state: "open", ...(space === undefined ? {} : { space }) };
  const answer = await host.call("todo_list", range);
  if (answer.kind !== "done") return answer.words;
  const tasks = objectsOf(answer.data.tasks).flatMap(({ id, title, dueDate }) => {
    const due = textOf(dueDate);
    return typeof id === "string" && due !== null
      ? [{ id, title: textOf(title), due: due.slice(0, 10) }]
      : [];
  });
  return { tasks, writers: writersOf(answer.meta), hasMore: answer.data.hasMore === true };
}

/** What is due, in words. */
export function dueWords({ tasks, hasMore }: DueTasks): string {
  if (hasMore) return `The first ${tasks.length} to-dos that are due are shown.`;
  if (tasks.length === 0) return "No to-do is due in this week.";
  return tasks.length === 1 ? "1 to-do is due in this week." : `${tasks.length} to-dos are due in this week.`;
}
