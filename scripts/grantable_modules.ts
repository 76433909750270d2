// What the backend has to know of the gateway's modules, groups and profiles, as the text of sign_in/modules.json.
import { grantableAccesses } from "../lib/tool/define_module.ts";
import type { Module } from "../lib/tool/define_module.ts";
import { GROUPS } from "../tools/groups.ts";
import { PROFILES } from "../tools/profiles.ts";

/** The text of the file, for these modules. */
export function grantableModules(all: readonly Module[]): string {
  const modules = all.map((module) => ({
    name: module.name,
    label: module.label,
    group: module.group,
    accesses: grantableAccesses(module),
    ...(module.accessWords === undefined ? {} : { accessWords: module.accessWords }),
  }));
  const profiles = PROFILES.map(({ name, about, group }) => ({
    name,
    about,
    ...(group === undefined ? {} : { group }),
  }));
  return `${JSON.stringify({ groups: GROUPS, profiles, modules }, null, 2)}\n`;
}
