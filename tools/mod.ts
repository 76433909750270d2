import type { Resource, Tool } from "../lib/tool.ts";
import { habitsResource, habitsTools } from "./habits.ts";
import { journalResource, journalTools } from "./journal.ts";
import { notesResource, notesTools } from "./notes.ts";
import { spacesTools } from "./spaces.ts";
import { todoResource, todoTools } from "./todo.ts";

/** Every tool, in the order of `tools/list`. A new module is one file and one line here. */
export const TOOLS: readonly Tool[] = [
  ...habitsTools,
  ...spacesTools,
  ...todoTools,
  ...notesTools,
  ...journalTools,
];

/** Every module whose records are resources, in the order of `resources/list`. */
export const RESOURCES: readonly Resource[] = [habitsResource, todoResource, notesResource, journalResource];
