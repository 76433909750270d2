// Every view that hosts can show beside a tool's result: a tool names its own (`view`), and docs/views.md says how another is added.
// The documents are generated from views/.
import { defineView, type View } from "../lib/tool/authoring.ts";
import { APPROVAL_HTML } from "./views/approval_html.ts";
import { HABITS_HTML } from "./views/habits_html.ts";
import { JOURNAL_HTML } from "./views/journal_html.ts";
import { TASKS_HTML } from "./views/tasks_html.ts";
import { WEEK_HTML } from "./views/week_html.ts";

/** In the order in which resources/list names them. */
export const VIEWS: readonly View[] = [
  defineView({
    name: "tasks",
    title: "Tasks",
    description: "Shows the tasks of the list by when they are due, to be ticked off in place.",
    html: TASKS_HTML,
  }),
  defineView({
    name: "habits",
    title: "Habits",
    description:
      "Shows half a year of habits, a square for each day, with a button that logs a habit for today.",
    html: HABITS_HTML,
  }),
  defineView({
    name: "journal",
    title: "Journal",
    description:
      "Shows which days of a month have diary entries, and reads the entries of the day that is pressed.",
    html: JOURNAL_HTML,
  }),
  defineView({
    name: "week",
    title: "Week",
    description: "Shows what is in the calendar on the days of a week.",
    html: WEEK_HTML,
  }),
  defineView({
    name: "approval",
    title: "Approval",
    description: "Shows that a call waits for the person, and leads to the page where they decide.",
    html: APPROVAL_HTML,
  }),
];
