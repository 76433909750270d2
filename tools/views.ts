// Every view that hosts can show beside a tool's result: a tool names its own (`view`), and docs/views.md says how another is added.
// The documents are generated from views/.
import { defineView, type View } from "../lib/tool/authoring.ts";
import { APPROVAL_HTML } from "./views/approval_html.ts";
import { TASKS_HTML } from "./views/tasks_html.ts";

/** In the order in which resources/list names them. */
export const VIEWS: readonly View[] = [
  defineView({
    name: "tasks",
    title: "Tasks",
    description: "Shows the tasks of the list by when they are due, to be ticked off in place.",
    html: TASKS_HTML,
  }),
  defineView({
    name: "approval",
    title: "Approval",
    description: "Shows that a call waits for the person, and leads to the page where they decide.",
    html: APPROVAL_HTML,
  }),
];
