// The prompt that clears up the list of tasks. Its steps are those of the skill for what has piled up, too.
import { z } from "zod";
import { definePrompt } from "../../lib/tool/authoring.ts";
import { BEFORE_CHANGES, TO_THE_END } from "./before_changes.ts";

/** The steps of clearing up. */
export const TIDY_TASKS_STEPS = `1. Call {todo.list} for the open tasks. ${TO_THE_END}
2. Find what is long overdue, what stands there twice, what is too vague to begin with, and what seems to be done. Where the list is long, begin with the twenty oldest.
3. Propose one thing for each of them: a new due day, a clearer title, tick off, delete, or leave. Show all as one table, and ask what to do; nothing said means leave.
4. Carry out what was agreed to: {todo.update} for due days and titles, {todo.complete} for what is done, {todo.delete} for what is to go. For a deletion the gateway asks the person itself: do not ask again, and do not repeat a call that waits for an answer.`;

/** Clears up the list of open tasks. */
export const tidyTasks = definePrompt({
  name: "tidy_tasks",
  title: "Tidy the tasks",
  description: "Finds tasks that are overdue, there twice, vague or done, and proposes what to do with each.",
  arguments: z.object({}),
  modules: ["todo"],
  text: () => `Help me tidy my tasks.\n\n${TIDY_TASKS_STEPS}\n\n${BEFORE_CHANGES}`,
});
