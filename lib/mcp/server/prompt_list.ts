// Which prompts a caller is shown, and their texts with the names of tools as clients see them. A prompt is shown where a tool
// that reads each of its modules is shown: the rule is the gate's.
import type { Principal } from "../../people/principal.ts";
import type { Gate } from "../../policy/gate.ts";
import type { Prompt } from "../../tool/define_prompt.ts";
import type { ToolRegistry } from "../../tool/tool_registry.ts";

/** The prompts of a gateway. */
export interface PromptList {
  /** The prompts that the caller is shown, in the order of `tools/prompts.ts`. */
  listFor(principal: Principal): readonly Prompt[];
  /** A prompt that the caller is shown; undefined for any other, and for a name that is none. */
  find(name: string, principal: Principal): Prompt | undefined;
  /** The text for a model. Throws Refused `input-invalid`. */
  textOf(prompt: Prompt, args: Readonly<Record<string, string>> | undefined): string;
}

/** Throws TypeError when two prompts share a name, or when a module of a prompt has no tool that reads. */
export function createPromptList(
  { prompts, registry, gate }: {
    readonly prompts: readonly Prompt[];
    readonly registry: Pick<ToolRegistry, "byModule" | "inWords">;
    readonly gate: Pick<Gate, "shows">;
  },
): PromptList {
  const byName = new Map(prompts.map((prompt) => [prompt.name, prompt]));
  if (byName.size < prompts.length) throw new TypeError("Cannot list prompts: two share a name");
  const readersOf = (module: string) => registry.byModule(module).filter(({ access }) => access === "read");
  for (const { name, modules } of prompts) {
    const unread = modules.find((module) => readersOf(module).length === 0);
    if (unread !== undefined) {
      throw new TypeError(`Cannot list prompt ${name}: no tool reads the module ${unread}`);
    }
  }
  const isShown = ({ modules }: Prompt, principal: Principal): boolean =>
    modules.every((module) => readersOf(module).some((tool) => gate.shows(tool, principal)));
  return Object.freeze({
    listFor: (principal: Principal) => prompts.filter((prompt) => isShown(prompt, principal)),
    find(name: string, principal: Principal) {
      const prompt = byName.get(name);
      return prompt !== undefined && isShown(prompt, principal) ? prompt : undefined;
    },
    textOf: (prompt: Prompt, args: Readonly<Record<string, string>> | undefined) =>
      registry.inWords(prompt.text(args)),
  });
}
