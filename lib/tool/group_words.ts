// The groups of modules in a sentence, for people and for models: the labels of all modules would be a paragraph.

import type { Module } from "./define_module.ts";

/** The groups of modules in a sentence, in the order of the modules: `Day, People and Home`. */
export function groupWords(modules: readonly Pick<Module, "group">[]): string {
  const groups = new Set(modules.map(({ group }) => group));
  return new Intl.ListFormat("en-GB", { type: "conjunction" }).format(groups);
}
