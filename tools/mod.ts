import type { Tool } from "../lib/tool.ts";
import { habitsTools } from "./habits.ts";
import { journalTools } from "./journal.ts";
import { notesTools } from "./notes.ts";
import { spacesTools } from "./spaces.ts";
import { todoTools } from "./todo.ts";

/** Every tool, in the order of `tools/list`. A new module is one file and one line here. */
export const TOOLS: readonly Tool[] = [
  ...habitsTools,
  ...spacesTools,
  ...todoTools,
  ...notesTools,
  ...journalTools,
];
