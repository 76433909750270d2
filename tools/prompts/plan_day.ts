// The prompt that plans a day.
import { z } from "zod";
import { definePrompt } from "../../lib/tool/authoring.ts";
import { dayArgument } from "./arguments.ts";
import { BEFORE_CHANGES, TO_THE_END } from "./before_changes.ts";

/** Plans a day from open tasks, habits, and the calendar where it may be seen. */
export const planDay = definePrompt({
  name: "plan_day",
  title: "Plan a day",
  description: "Makes a plan for a day from your open tasks and your habits.",
  arguments: z.object({
    date: dayArgument.optional().describe("the day, YYYY-MM-DD, or today, tomorrow; today when left out"),
  }),
  offers: { date: "days" },
  modules: ["todo", "habits"],
  text: ({ date }) => `Help me plan ${date ?? "today"}.\n\n${PLAN_DAY_STEPS}\n\n${BEFORE_CHANGES}`,
});

const PLAN_DAY_STEPS = `1. Call {todo.list} for the open tasks and {habits.list} for the habits. ${TO_THE_END}
2. Where you have {calendar.list}, call it with the day as \`from\` and as \`to\`: what stands there is taken time.
3. Propose a short plan: what is overdue or due by then first, then what is urgent or of high priority, then the habits. Leave out what can wait and say so. If the tasks do not fit into one day, name the ones to move.
4. After a yes, use {todo.create} for tasks that are missing, {todo.update} for a new due day, and {todo.complete} for tasks that are done.`;
