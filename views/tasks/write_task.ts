// The calls behind a tick and a delete. Before each, the task is read again: what the person pressed may be an old frame of the list.
import type { Answer } from "../host/answer.ts";
import type { Host } from "../host/connect_host.ts";
import { objectOf } from "../host/parse.ts";
import { type Task, taskOf } from "./task.ts";

/** What became of a press. `changed`: the task is not as it was shown, so that nothing was done. */
export type Written =
  | Answer
  | { readonly kind: "changed"; readonly task: Task; readonly words: string };

/** Ticks a task off, or opens it again. */
export function completeTask(host: Host, shown: Task, reopen: boolean): Promise<Written> {
  return afterReading(host, shown, () => host.call("todo_complete", { id: shown.id, reopen }));
}

/** Asks for the task to be deleted. The gateway asks the person: most often the answer is a refusal with the way to their page. */
export function deleteTask(host: Host, shown: Task): Promise<Written> {
  return afterReading(host, shown, () => host.call("todo_delete", { id: shown.id }));
}

async function afterReading(host: Host, shown: Task, write: () => Promise<Answer>): Promise<Written> {
  const read = await host.call("todo_read", { id: shown.id });
  if (read.kind !== "done") return read;
  const task = taskOf(objectOf(read.data.task), host.timeZone);
  if (task === null) {
    return { kind: "failed", words: "The task could not be read again, so nothing was done." };
  }
  const isSame = task.title === shown.title && task.isCompleted === shown.isCompleted &&
    task.due === shown.due;
  return isSame ? await write() : {
    kind: "changed",
    task,
    words: "This task was changed elsewhere, so nothing was done. It is shown as it is now.",
  };
}
