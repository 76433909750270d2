// The skill for what has piled up in notes and in the list of tasks. Its steps are those of the prompts note_to_tasks and tidy_tasks.
import { defineSkill } from "../../lib/tool/authoring.ts";
import { BEFORE_CHANGES } from "../prompts/before_changes.ts";
import { NOTE_TO_TASKS_STEPS } from "../prompts/note_to_tasks.ts";
import { TIDY_TASKS_STEPS } from "../prompts/tidy_tasks.ts";
import { RESULTS_PATH, RESULTS_REFERENCE } from "./results_reference.ts";

/** Makes tasks of notes, and clears up the list of tasks. */
export const inboxToTasks = defineSkill({
  name: "inbox-to-tasks",
  description:
    "Makes tasks of what has piled up in a person's notes in Mana, and clears up the list of tasks. Use it when somebody wants to " +
    "get through their notes, to turn a note into to-dos, or to tidy a list of tasks that has become too long.",
  modules: ["notes", "todo"],
  text: `# From notes to tasks

What piles up is either a note that has things to do in it, or a list of tasks that nobody looks at any more. Ask which of the two the
person means where it is not clear, and do one after the other.

## A note

${NOTE_TO_TASKS_STEPS}

Where no note was named, call {notes.search} without a query: it gives pinned notes first, then those that were changed last. Show ten
titles at most and ask with which to begin.

## The list of tasks

${TIDY_TASKS_STEPS}

## A good task

- The title begins with a verb and can be done by one person. What is bigger gets \`subtasks\`, which are titles of a checklist.
- \`dueDate\` only where a day was named or agreed. \`priority\` stays \`medium\` unless the person says more; \`urgent\` is for today.
- Words of the note go into \`description\` where the title alone would not be understood in a month.
- [Fields of a task](references/task-fields.md) has every field with its limits. [What results say](${RESULTS_PATH}) explains the fields
  beside the records.

## Rules

${BEFORE_CHANGES}
`,
  references: {
    [RESULTS_PATH]: RESULTS_REFERENCE,
    "references/task-fields.md": `# Fields of a task

| field | what it takes |
| --- | --- |
| \`title\` | needed; at most 500 characters |
| \`description\` | longer text, at most 10,000 characters |
| \`priority\` | \`low\`, \`medium\`, \`high\` or \`urgent\`; \`medium\` when left out |
| \`dueDate\` | a day, \`YYYY-MM-DD\`; a time belongs to the calendar, see below |
| \`projectId\` | the id of a project, exactly as {todo.projects} gives it |
| \`estimatedDuration\` | seconds that the task takes; an hour is 3600 |
| \`subtasks\` | of {todo.create}: titles. Of {todo.update}: the whole checklist anew, known items with their id |

- A time on the calendar is {todo.schedule}, a reminder is {todo.remind} and takes a task with a due day.
- {todo.update} changes the fields that are given and leaves the others. \`clear\` empties fields by their names.
- {todo.complete} ticks a task off, and with \`reopen\` makes it open again.
`,
  },
});
