// What people do with their to-dos.
import { dayFrom, type Deed, deed, deedTo, deletion, type Phrases, say } from "../behaviour.ts";

/** Writes a task down; `dueIn` are days from today on which tasks are due. */
export function addTask(
  weight: number,
  titles: Phrases,
  dueIn: readonly [number, ...number[]] = [0, 1, 3, 7],
): Deed {
  return deed("todo_create", weight, (making) => ({
    title: say(making, titles),
    priority: making.random.pick(["low", "medium", "medium", "high"]),
    ...(making.random.happens(0.6) ? { dueDate: dayFrom(making, making.random.pick(dueIn)) } : {}),
  }));
}

/** Writes a task with a checklist. */
export function addChecklist(weight: number, titles: Phrases, steps: Phrases): Deed {
  return deed("todo_create", weight, (making) => ({
    title: say(making, titles),
    subtasks: [...new Set([1, 2, 3].map(() => making.random.pick(steps)))],
  }));
}

/** Completes an open task. */
export function completeTask(weight: number): Deed {
  return deedTo("todo_complete", weight, (row) => row.isCompleted !== true);
}

/** Gives an open task another title. */
export function renameTask(weight: number, titles: Phrases): Deed {
  return deedTo("todo_update", weight, (row) => row.isCompleted !== true, (making) => ({
    title: say(making, titles),
  }));
}

/** Puts an open task off. */
export function postponeTask(weight: number): Deed {
  return deedTo("todo_update", weight, (row) => row.isCompleted !== true, (making) => ({
    dueDate: dayFrom(making, making.random.whole(1, 10)),
    priority: making.random.pick(["low", "high", "urgent"]),
  }));
}

/** Deletes what is done. */
export function deleteDoneTask(weight: number): Deed {
  return deletion("todo_delete", weight, (row) => row.isCompleted === true);
}

/** Looks at what is due. */
export function lookAtTasks(weight: number): Deed {
  return deed("todo_list", weight, ({ random }) => ({
    state: random.pick(["open", "today", "overdue", "upcoming"]),
    counts: true,
  }));
}
