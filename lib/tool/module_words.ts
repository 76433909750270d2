// The modules in a sentence, for people and for models.

import type { Module } from "./define_module.ts";

/** The labels of modules in a sentence: `habits, notes and journal`. */
export function moduleWords(modules: readonly Pick<Module, "label">[]): string {
  const labels = modules.map(({ label }) => label.charAt(0).toLowerCase() + label.slice(1));
  return new Intl.ListFormat("en-GB", { type: "conjunction" }).format(labels);
}
