// The tools that the operator lets run without asking (DESTRUCTIVE_TOOLS).
import type { Log } from "../../observe/log.ts";
import type { ToolRegistry } from "../../tool/tool_registry.ts";

/** A setting that cannot be used, found when the gateway is built: the settings alone do not know the tools. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/** {@link optedInTools}, each told in the log at the start. Throws as that. */
export function loggedUnaskedTools(
  names: readonly string[],
  registry: ToolRegistry,
  log: Log,
): ReadonlySet<string> {
  const optedIn = optedInTools(names, registry);
  for (const tool of optedIn) {
    log.warn("settings", { tool, problem: "DESTRUCTIVE_TOOLS lets it run unasked" });
  }
  return optedIn;
}

/**
 * The tools that run without asking (DESTRUCTIVE_TOOLS), each by either form of its name. Throws SettingsError for a name that is no destructive tool: a
 * misspelt opt-in must not be taken for one that works.
 */
export function optedInTools(names: readonly string[], registry: ToolRegistry): ReadonlySet<string> {
  const known = registry.tools.filter(({ access, scope }) => access === "destructive" && scope !== "general");
  return new Set(names.map((name) => {
    const tool = registry.getTool(name);
    if (tool !== undefined && known.includes(tool)) return tool.name;
    throw new SettingsError(
      `DESTRUCTIVE_TOOLS names ${JSON.stringify(name)}: expected a comma list of ${
        known.map((tool) => tool.name).join(", ")
      }`,
    );
  }));
}
