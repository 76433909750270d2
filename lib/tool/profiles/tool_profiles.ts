// The profiles of a gateway, each as the set of its tools. Which profile a caller gets is mcp/server/tool_lists.ts.
import type { Module } from "../define_module.ts";
import type { Tool } from "../define_tool.ts";
import type { Profile } from "./define_profile.ts";

/** The profiles by name, in the order of tools/profiles.ts. */
export interface ToolProfiles {
  readonly names: readonly string[];
  has(name: string): boolean;
  /** Whether the profile holds the tool; false for a profile that does not exist. */
  holds(name: string, tool: Tool): boolean;
}

/** Resolves the profiles. Throws TypeError when two share a name. */
export function createToolProfiles(
  { profiles, modules, general }: {
    readonly profiles: readonly Profile[];
    readonly modules: readonly Module[];
    /** Of no module: only a profile that names them has them. */
    readonly general: readonly Tool[];
  },
): ToolProfiles {
  const byName = new Map(profiles.map((profile) => [profile.name, heldTools(profile, modules, general)]));
  if (byName.size < profiles.length) throw new TypeError("Cannot offer profiles: two share a name");
  return Object.freeze({
    names: Object.freeze([...byName.keys()]),
    has: (name: string) => byName.has(name),
    holds: (name: string, tool: Tool) => byName.get(name)?.has(tool.name) ?? false,
  });
}

function heldTools(
  { group, tools, without = [] }: Profile,
  modules: readonly Module[],
  general: readonly Tool[],
): ReadonlySet<string> {
  const named = new Set(tools);
  const inGroup = modules.filter((module) => group !== undefined && module.group === group);
  return new Set([
    ...inGroup.flatMap((module) => module.tools.map(({ name }) => name))
      .filter((name) => !without.includes(name)),
    ...[...modules.flatMap((module) => module.tools), ...general]
      .filter(({ name, module }) => named.has(name) || named.has(`${module}.*`)).map(({ name }) => name),
  ]);
}
