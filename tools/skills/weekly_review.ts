// The skill for looking back on a week. Its steps are those of the prompt weekly_review.
import { defineSkill } from "../../lib/tool/authoring.ts";
import { BEFORE_CHANGES } from "../prompts/before_changes.ts";
import { WEEKLY_REVIEW_STEPS } from "../prompts/weekly_review.ts";
import { RESULTS_PATH, RESULTS_REFERENCE } from "./results_reference.ts";

/** Looks back on a week and ahead to the next. */
export const weeklyReview = defineSkill({
  name: "weekly-review",
  description:
    "Looks back on a week of a person's tasks, habits, notes and diary in Mana, and ahead to the next. Use it for a weekly " +
    "review, for a question such as how the week went, or to choose what to take into the next week.",
  modules: ["todo", "habits", "notes"],
  text: `# Weekly review

The result is one page about one week: what was done, what is left, what to take along.

## The week

A week goes from Monday to Sunday. Where no week was named, it is the one of today. On a Monday or Tuesday "my week" may be the week
before: ask which is meant.

## Steps

${WEEKLY_REVIEW_STEPS}

## A good review

- A task was done in the week of its \`completedAt\`. The days that {todo.list} takes are about the due day, so they do not find what
  was completed.
- An overdue task is named with the day on which it was due. More than ten are counted, and the three oldest are named.
- A habit with \`targetPerDay\` is held against this goal, every other against its own weeks before. A day without an entry may be a day
  on which nobody wrote it down: ask before you call it missed.
- Titles, not ids. Numbers only where they say something. No score, and no praise by the line.
- The diary is the person's own voice: tell what it is about in a few words, and quote it only on request.
- Where something could not be read, say what is missing. [What results say](${RESULTS_PATH}) explains the fields beside the records.

## Rules

${BEFORE_CHANGES}
`,
  references: { [RESULTS_PATH]: RESULTS_REFERENCE },
});
