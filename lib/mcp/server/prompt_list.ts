// Which prompts a caller is shown, and their texts with the names of tools as clients see them. A prompt is shown where a tool
// that reads each of its modules is shown.
import type { Principal } from "../../people/principal.ts";
import type { Prompt } from "../../tool/define_prompt.ts";
import type { ToolRegistry } from "../../tool/tool_registry.ts";
import { createReadableModules, type ReadableModulesDeps } from "./readable_modules.ts";

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
  deps: ReadableModulesDeps & {
    readonly prompts: readonly Prompt[];
    readonly registry: Pick<ToolRegistry, "byModule" | "inWords">;
  },
): PromptList {
  const { prompts, registry } = deps;
  const readable = createReadableModules(deps);
  const byName = new Map(prompts.map((prompt) => [prompt.name, prompt]));
  if (byName.size < prompts.length) throw new TypeError("Cannot list prompts: two share a name");
  for (const { name, modules } of prompts) {
    const unread = readable.findUnread(modules);
    if (unread !== undefined) {
      throw new TypeError(`Cannot list prompt ${name}: no tool reads the module ${unread}`);
    }
  }
  const isShown = ({ modules }: Prompt, principal: Principal): boolean =>
    readable.areShown(modules, principal);
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
