// The product's tools in one list, and a module around loose tools of a test.
import { ALL_SPACE_TYPES, defineModule, type Module } from "../../lib/tool/define_module.ts";
import type { Tool } from "../../lib/tool/define_tool.ts";
import { MODULES } from "../../tools/modules.ts";

/** Every tool of the product, in the order of `tools/list`. */
export const TOOLS: readonly Tool[] = MODULES.flatMap(({ tools }) => tools);

/** The modules that the product had first: few enough tools that every connection is shown each of them. */
export const FIRST_MODULES: readonly Module[] = MODULES.filter(({ name }) =>
  ["habits", "spaces", "todo", "notes", "journal"].includes(name)
);

/** The module that loose tools of a test make up: all of them are of one module. */
export function moduleOf(...tools: readonly Tool[]): Module {
  const name = tools[0]?.module ?? "none";
  return defineModule({ name, label: name, group: "Day", spaceTypes: ALL_SPACE_TYPES, tools });
}
