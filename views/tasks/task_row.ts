// One task in the list: tick, title, when it is due, delete.
import { namedRecord } from "../kit/named_record.ts";
import { objectOf, textOf } from "../host/parse.ts";
import { dayWords, todayIn } from "../kit/days.ts";
import { button, html } from "../kit/element.ts";
import { openPage } from "../kit/open_page.ts";
import type { Frame } from "../kit/start_view.ts";
import type { Task } from "./task.ts";
import { completeTask, deleteTask, type Written } from "./write_task.ts";

/** Draws a task, and does what is pressed. `writer` says who else wrote in it. */
export function taskRow(frame: Frame, first: Task, writer: string | undefined): HTMLElement {
  const row: Row = {
    frame,
    writer,
    task: first,
    isBusy: false,
    tick: html("input", { attributes: { type: "checkbox", "data-writes": true } }),
    title: html("span", { attributes: { class: "title", dir: "auto" } }),
    facts: html("div", { attributes: { class: "facts" } }),
    remove: button("Delete", () => void pressDelete(row), { class: "quiet", "data-writes": true }),
    below: html("div", { attributes: { class: "below" } }),
    item: html("li", { attributes: { class: "task" } }),
  };
  row.tick.addEventListener("change", () => void pressTick(row, row.tick.checked));
  row.item.append(html("label", {}, row.tick, row.title), row.remove, row.facts, row.below);
  drawRow(row);
  return row.item;
}

interface Row {
  readonly frame: Frame;
  readonly writer: string | undefined;
  task: Task;
  isBusy: boolean;
  readonly tick: HTMLInputElement;
  readonly title: HTMLElement;
  readonly facts: HTMLElement;
  readonly remove: HTMLButtonElement;
  readonly below: HTMLElement;
  readonly item: HTMLElement;
}

function drawRow({ frame: { host }, task, writer, tick, title, facts, remove, item }: Row): void {
  const words = task.title ?? "Task without a readable title";
  tick.checked = task.isCompleted;
  title.textContent = words;
  remove.setAttribute("aria-label", `Delete ${words}`);
  item.classList.toggle("done", task.isCompleted);
  const today = todayIn(host.timeZone);
  const isLate = !task.isCompleted && task.due !== null && task.due < today;
  const due = task.due === null ? null : html(
    "span",
    { attributes: { class: isLate ? "late" : "" } },
    `Due ${dayWords(task.due, today, host.locale)}`,
  );
  const plain = [
    task.priority === "high" || task.priority === "urgent" ? `${task.priority} priority` : null,
    task.items === null ? null : `${task.items.done} of ${task.items.all} done`,
    writer ?? null,
    ...task.gaps,
  ].filter((fact) => fact !== null).map((fact) => html("span", {}, fact));
  facts.replaceChildren(...(due === null ? [] : [due]), ...plain);
}

/** Shown as done at once, and put back where it was not. */
async function pressTick(row: Row, isDone: boolean): Promise<void> {
  const { frame, task, tick, below } = row;
  if (row.isBusy || !frame.demandFresh()) {
    tick.checked = task.isCompleted;
    return;
  }
  row.isBusy = true;
  row.task = { ...task, isCompleted: isDone };
  drawRow(row);
  below.replaceChildren();
  const written = await completeTask(frame.host, task, !isDone);
  row.isBusy = false;
  if (written.kind === "done") {
    const name = `${isDone ? "Completed" : "Opened again"}: ${task.title ?? "a task"}`;
    frame.say(name, isDone ? { words: "Undo", act: () => void pressTick(row, false) } : undefined);
    // By its id: a title may be somebody else's text, and would be read as the person's words here.
    frame.host.tellModel(
      `In the task list the person ${isDone ? "completed" : "reopened"} ${namedRecord("task", task.id)}.`,
    );
    return;
  }
  putBack(row, task, written);
}

async function pressDelete(row: Row): Promise<void> {
  const { frame, task, remove, below, item } = row;
  if (row.isBusy || !frame.demandFresh()) return;
  row.isBusy = true;
  remove.disabled = true;
  below.replaceChildren(html("p", { attributes: { class: "soft" } }, "Asking…"));
  const written = await deleteTask(frame.host, task);
  row.isBusy = false;
  remove.disabled = false;
  below.replaceChildren();
  if (written.kind === "done") {
    item.remove();
    frame.say(`Deleted: ${task.title ?? "a task"}`);
    return;
  }
  const address = written.kind === "refused" ? textOf(objectOf(written.meta["mana/approval"]).url) : null;
  const way = address === null ? null : openPage(frame.host, "Decide on your page", address);
  if (way === null) return putBack(row, task, written);
  below.replaceChildren(html("p", {}, "Nothing is deleted before you say yes on your own page."), way);
}

function putBack(row: Row, before: Task, written: Exclude<Written, { readonly kind: "done" }>): void {
  row.task = written.kind === "changed" ? written.task : before;
  drawRow(row);
  // Beside the task, not in the line for all: the next press must not wipe it away unread.
  row.below.replaceChildren(html("p", { attributes: { class: "bad", role: "alert" } }, written.words));
}
