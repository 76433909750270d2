// The list of modules: name, label, group, spaces, tools and resource of each. Scopes, words on the pages, counts of uses and the
// instructions for models are made of it (docs/house.md).
import { ALL_SPACE_TYPES, defineModule, type Module } from "../lib/tool/authoring.ts";
import { habitsResource, habitsTools } from "./habits.ts";
import { journalResource, journalTools } from "./journal.ts";
import { notesResource, notesTools } from "./notes.ts";
import { spacesTools } from "./spaces.ts";
import { todoResource, todoTools } from "./todo.ts";

/** The one list of modules, in the order of `tools/list` and of the pages. After a change: `deno task modules`. */
export const MODULES: readonly Module[] = [
  defineModule({
    name: "habits",
    label: "Habits",
    group: "Your data",
    spaceTypes: ["personal"],
    tools: habitsTools,
    resource: habitsResource,
  }),
  defineModule({
    name: "spaces",
    label: "Spaces",
    group: "Your account",
    spaceTypes: ALL_SPACE_TYPES,
    tools: spacesTools,
    accessWords: { read: "See the names of your spaces" },
  }),
  defineModule({
    name: "todo",
    label: "To-dos",
    group: "Your data",
    spaceTypes: ["personal"],
    tools: todoTools,
    resource: todoResource,
  }),
  defineModule({
    name: "notes",
    label: "Notes",
    group: "Your data",
    spaceTypes: ALL_SPACE_TYPES,
    tools: notesTools,
    resource: notesResource,
  }),
  defineModule({
    name: "journal",
    label: "Journal",
    group: "Your data",
    spaceTypes: ["personal"],
    tools: journalTools,
    resource: journalResource,
  }),
];
