// Arguments that no tool has, or that are missing.
import { signed } from "../behaviours/sign_off.ts";
import { type Misdeed, refused } from "./misdeed.ts";

/** A beginner's arguments. */
export const MISSPELT_ARGUMENTS: Misdeed = {
  name: "misspelt-arguments",
  weight: 3,
  tools: ["todo_create"],
  wishes: ({ random, name }) => {
    const title = signed("my first task", name);
    const args = random.pick<Readonly<Record<string, string>>>([
      { titel: title },
      { title, due: "tomorrow" },
      { title, dueDate: "tomorrow" },
      { title, priority: "very high" },
      {},
    ]);
    return [{ tool: "todo_create", args, expects: refused("input-invalid") }];
  },
};
