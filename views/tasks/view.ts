// The task list: what `todo_list` answered, by when it is due, with ticks.
import type { JsonObject } from "../host/parse.ts";
import { textOf } from "../host/parse.ts";
import { todayIn } from "../kit/days.ts";
import { button, html } from "../kit/element.ts";
import { showFirst } from "../kit/first_rows.ts";
import { type Frame, startView } from "../kit/start_view.ts";
import { writersOf } from "../kit/writers.ts";
import { groupTasks } from "./groups.ts";
import { type Task, tasksOf } from "./task.ts";
import { taskRow } from "./task_row.ts";

/** So many rows and their headings stay below 500 CSS pixels. */
const FIRST_ROWS = 5;

void startView({
  name: "tasks",
  title: "Tasks",
  tool: "todo_list",
  // From the first page on: a cursor of the call before would show what comes after it.
  refreshArguments: ({ cursor: _, ...input }) => input,
  draw(frame, data, meta) {
    drawTasks(frame, { tasks: tasksOf(data, frame.host.timeZone), writers: writersOf(meta) }, data, false);
  },
});

interface Listed {
  readonly tasks: readonly Task[];
  readonly writers: ReadonlyMap<string, string>;
}

function drawTasks(frame: Frame, { tasks, writers }: Listed, page: JsonObject, isWhole: boolean): void {
  const { host, body } = frame;
  const rows: HTMLElement[] = [];
  const groups = groupTasks(tasks, todayIn(host.timeZone)).map(({ title, tasks }) => {
    const items = tasks.map((task) => taskRow(frame, task, writers.get(task.id)));
    rows.push(...items);
    return html("section", {}, html("h2", {}, `${title} · ${tasks.length}`), html("ul", {}, ...items));
  });
  const cursor = textOf(page.nextCursor);
  body.replaceChildren(
    ...(groups.length === 0 ? [html("p", { attributes: { class: "state" } }, "No tasks here.")] : groups),
    ...unreadable(page),
  );
  const more = isWhole ? null : showFirst(rows, FIRST_ROWS);
  if (more !== null) body.append(more);
  if (page.hasMore !== true) return;
  if (cursor === null || !host.canCall) {
    body.append(html("p", { attributes: { class: "soft" } }, "There are more tasks than are shown here."));
    return;
  }
  const load = button("Load more tasks", async () => {
    load.disabled = true;
    const answer = await host.call("todo_list", { ...host.input, cursor });
    load.disabled = false;
    if (answer.kind !== "done") return frame.say(answer.words);
    const later = tasksOf(answer.data, host.timeZone);
    drawTasks(
      frame,
      { tasks: [...tasks, ...later], writers: new Map([...writers, ...writersOf(answer.meta)]) },
      answer.data,
      true,
    );
  });
  body.append(load);
}

/** Tasks of which nothing could be shown. */
function unreadable({ unreadable }: JsonObject): HTMLElement[] {
  if (typeof unreadable !== "number" || unreadable <= 0) return [];
  const words = unreadable === 1
    ? "1 task cannot be read in full."
    : `${unreadable} tasks cannot be read in full.`;
  return [html("p", { attributes: { class: "soft" } }, words)];
}
