// A task as the view shows it, read out of what `todo_list` and `todo_read` answer.
import { type JsonObject, objectsOf, textOf, textsOf } from "../host/parse.ts";
import { dayOf } from "../kit/days.ts";

/** One task. */
export interface Task {
  readonly id: string;
  /** What stands for a title that cannot be shown is in `gaps`. */
  readonly title: string | null;
  readonly isCompleted: boolean;
  readonly priority: string | null;
  /** YYYY-MM-DD in the time zone of the host. */
  readonly due: string | null;
  readonly items: { readonly done: number; readonly all: number } | null;
  /** What is missing, in words. */
  readonly gaps: readonly string[];
}

/** Reads a task; null for what is none. */
export function taskOf(record: JsonObject, timeZone: string): Task | null {
  const id = textOf(record.id);
  if (id === null) return null;
  const items = objectsOf(record.subtasks);
  return {
    id,
    title: textOf(record.title),
    isCompleted: record.isCompleted === true,
    priority: textOf(record.priority),
    due: dueOf(textOf(record.dueDate), timeZone),
    items: items.length === 0
      ? null
      : { done: items.filter(({ isCompleted }) => isCompleted === true).length, all: items.length },
    gaps: gapsOf(record),
  };
}

/** The tasks of a list. */
export function tasksOf(data: JsonObject, timeZone: string): Task[] {
  return objectsOf(data.tasks).map((record) => taskOf(record, timeZone)).filter((task) => task !== null);
}

function dueOf(stored: string | null, timeZone: string): string | null {
  if (stored === null) return null;
  // The app's editors store midnight UTC for the day that was chosen, whatever the zone.
  return /^\d{4}-\d{2}-\d{2}(T00:00:00(\.0{1,9})?Z)?$/.test(stored)
    ? stored.slice(0, 10)
    : dayOf(stored, timeZone);
}

function gapsOf(record: JsonObject): string[] {
  return [
    ...textsOf(record.withheld).map((field) => `${wordOf(field)} is kept back from this app`),
    ...textsOf(record.unreadable).map((field) => `${wordOf(field)} cannot be read`),
    ...textsOf(record.clipped).filter((field) => field === "title").map(() => "The title is cut"),
  ];
}

function wordOf(field: string): string {
  const words: Readonly<Record<string, string>> = {
    title: "The title",
    description: "The description",
    subtasks: "The checklist",
    dueDate: "The due day",
    priority: "The priority",
    metadata: "A part",
  };
  return Object.hasOwn(words, field) ? words[field] ?? "A part" : "A part";
}
