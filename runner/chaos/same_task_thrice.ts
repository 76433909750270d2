// The same task three times, because nothing seemed to happen. Each is a task of its own: the gateway does not guess what was meant.
import { signed } from "../behaviours/sign_off.ts";
import { CARRIED_OUT, type Misdeed } from "./misdeed.ts";

/** An impatient finger. */
export const SAME_TASK_THRICE: Misdeed = {
  name: "same-task-thrice",
  weight: 1,
  tools: ["todo_create"],
  wishes: ({ random, name }) => {
    const title = signed(random.pick(["call the landlord", "buy stamps"]), name);
    const wish = { tool: "todo_create", args: { title }, expects: CARRIED_OUT };
    return [wish, wish, wish];
  },
};
