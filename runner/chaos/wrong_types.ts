// Values of the wrong type, length or form.
import { signed } from "../behaviours/sign_off.ts";
import { type Misdeed, refused } from "./misdeed.ts";

/** Values that fit no schema. */
export const WRONG_TYPES: Misdeed = {
  name: "wrong-types",
  weight: 3,
  tools: ["todo_create", "notes_create"],
  wishes: ({ random, name }) => {
    const title = signed("odd", name);
    const { tool, args } = random.pick<{ tool: string; args: Record<string, unknown> }>([
      { tool: "todo_create", args: { title: 5 } },
      { tool: "todo_create", args: { title: [title] } },
      { tool: "todo_create", args: { title: null } },
      { tool: "todo_create", args: { title, estimatedDuration: "1e9" } },
      { tool: "todo_create", args: { title: signed("x".repeat(600), name) } },
      { tool: "notes_create", args: { title, isPinned: "yes" } },
      { tool: "notes_create", args: { title, color: "red" } },
      { tool: "notes_create", args: { title, content: "y".repeat(200_001) } },
    ]);
    return [{ tool, args, expects: refused("input-invalid") }];
  },
};
