// The prompt that looks back on a week. Its steps are those of the skill for a review too.
import { z } from "zod";
import { definePrompt } from "../../lib/tool/authoring.ts";
import { weekArgument, weekInWords } from "./arguments.ts";
import { BEFORE_CHANGES, TO_THE_END } from "./before_changes.ts";

/** The steps of a review, of a week that was named before them. */
export const WEEKLY_REVIEW_STEPS =
  `1. Call {todo.list} with \`includeCompleted\` as true, {habits.list} with \`counts\` as true, and {notes.search} without a query for the notes that were changed last. ${TO_THE_END}
2. Where you have {habits.overview}, call it with \`weeks\` as 1 and the last day of the week as \`until\`. Where you have {journal.list}, call it with the first and the last day as \`from\` and \`to\`.
3. Tell what was completed in that week, what is overdue and what comes next, and which habits deserve attention. Read a note with {notes.read} only where its snippet matters for this. Keep it to a page.
4. Suggest at most three things for the week after. After a yes, use {todo.create} for new tasks and {todo.complete} for tasks that are done, and offer to keep the review with {journal.add}.`;

/** Looks back on a week of tasks, habits and notes, and ahead to the next. */
export const weeklyReview = definePrompt({
  name: "weekly_review",
  title: "Review a week",
  description: "Looks back on a week of tasks, habits and notes, and ahead to the next.",
  arguments: z.object({
    week: weekArgument.optional().describe(
      "any day of the week, YYYY-MM-DD, or last week, this week; this week when left out",
    ),
  }),
  offers: { week: "weeks" },
  modules: ["todo", "habits", "notes"],
  text: ({ week }) =>
    `Help me review ${week === undefined ? "this week" : weekInWords(week)}.\n\n${WEEKLY_REVIEW_STEPS}\n\n` +
    BEFORE_CHANGES,
});
