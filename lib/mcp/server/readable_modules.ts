// Whether a caller may read the modules that a text has a model read: prompts and skills are shown by this rule. It is the gate's.
import type { Principal } from "../../people/principal.ts";
import type { Gate } from "../../policy/gate.ts";
import type { ToolRegistry } from "../../tool/tool_registry.ts";

/** Which modules callers may read. */
export interface ReadableModules {
  /** Whether the caller is shown a tool that reads, in each of these modules. */
  areShown(modules: readonly string[], principal: Principal): boolean;
  /** A module of these without any tool that reads; undefined where each has one. */
  findUnread(modules: readonly string[]): string | undefined;
}

/** Dependencies of {@link createReadableModules}. */
export interface ReadableModulesDeps {
  readonly registry: Pick<ToolRegistry, "byModule">;
  readonly gate: Pick<Gate, "shows">;
}

/** Keeps nothing: the tools are the registry's. */
export function createReadableModules({ registry, gate }: ReadableModulesDeps): ReadableModules {
  const readersOf = (module: string) => registry.byModule(module).filter(({ access }) => access === "read");
  return Object.freeze({
    areShown: (modules: readonly string[], principal: Principal) =>
      modules.every((module) => readersOf(module).some((tool) => gate.shows(tool, principal))),
    findUnread: (modules: readonly string[]) => modules.find((module) => readersOf(module).length === 0),
  });
}
