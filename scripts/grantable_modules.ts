// What the backend has to know of the gateway's modules, groups and profiles, as the text of sign_in/modules.json.
import { grantableAccesses } from "../lib/tool/define_module.ts";
import type { Module } from "../lib/tool/define_module.ts";
import type { ModuleNarrowing } from "../lib/tool/tables/narrowing.ts";
import { GROUPS } from "../tools/groups.ts";
import { NARROWING } from "../tools/narrowing.ts";
import { PROFILES } from "../tools/profiles.ts";
import { compactJson } from "./compact_json.ts";

/** The text of the file, for these modules. */
export function grantableModules(all: readonly Module[]): string {
  const modules = all.map((module) => ({
    name: module.name,
    label: module.label,
    group: module.group,
    accesses: grantableAccesses(module),
    ...(module.accessWords === undefined ? {} : { accessWords: module.accessWords }),
    ...writtenNarrowing(NARROWING[module.name]),
  }));
  const profiles = PROFILES.map(({ name, about, group }) => ({
    name,
    about,
    ...(group === undefined ? {} : { group }),
  }));
  return `${compactJson({ groups: GROUPS, profiles, modules })}\n`;
}

/** What a person can narrow a module by, lists of fields as words on one line. */
export function writtenNarrowing(narrowing: ModuleNarrowing | undefined) {
  if (narrowing === undefined) return {};
  const fieldChoices = narrowing.fieldChoices.map(({ name, label, fields }) => ({
    name,
    label,
    fields: Object.fromEntries(Object.entries(fields).map(([table, own]) => [table, own.join(" ")])),
  }));
  return { narrowing: { ...narrowing, fieldChoices } };
}
