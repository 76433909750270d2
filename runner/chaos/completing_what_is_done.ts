// Completes a task that is completed: that is no mistake, and changes nothing.
import { CARRIED_OUT, type Misdeed } from "./misdeed.ts";

/** Twice is once. */
export const COMPLETING_WHAT_IS_DONE: Misdeed = {
  name: "completing-what-is-done",
  weight: 2,
  tools: ["todo_complete"],
  wishes: ({ rows }) => {
    const [row] = rows("todo");
    if (row === undefined) return [];
    const wish = { tool: "todo_complete", args: { id: row.id }, expects: CARRIED_OUT };
    return [wish, wish];
  },
};
