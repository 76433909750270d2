// What a gateway offers, all of it from outside: the lists of tools/, or lists of a test; and what is made of them.
import type { ToolNames } from "../settings/settings.ts";
import type { Module } from "./define_module.ts";
import type { Prompt } from "./define_prompt.ts";
import { createGeneralTools } from "./general/general_tools.ts";
import type { Profile } from "./profiles/define_profile.ts";
import { createToolProfiles, type ToolProfiles } from "./profiles/tool_profiles.ts";
import type { Skill } from "./skills/define_skill.ts";
import { createToolRegistry, type ToolRegistry } from "./tool_registry.ts";
import type { View } from "./views/define_view.ts";

/** The tools of the modules with the general ones, and the profiles of both. Throws TypeError where they do not fit together. */
export function createOffer(
  { modules, profiles, views }: Pick<Offered, "modules" | "profiles" | "views">,
  toolNames: ToolNames,
): Offer {
  const general = createGeneralTools({ modules, listed: () => registry.list() });
  const registry: ToolRegistry = createToolRegistry(
    [...modules.flatMap(({ tools }) => tools), ...general],
    toolNames,
    views,
  );
  return { registry, profiles: createToolProfiles({ profiles, modules, general }) };
}

/** What is made of the lists. */
export interface Offer {
  readonly registry: ToolRegistry;
  readonly profiles: ToolProfiles;
}

/** The lists that a gateway is made with. */
export interface Offered {
  /** What clients can work with: tools/modules.ts. */
  readonly modules: readonly Module[];
  /** What a person can pick in their client: tools/prompts.ts. */
  readonly prompts: readonly Prompt[];
  /** What hosts load for a piece of work: tools/skills/skills.ts. */
  readonly skills: readonly Skill[];
  /** Which tools a connection is shown: tools/profiles.ts. Empty: each shows all that it may do. */
  readonly profiles: readonly Profile[];
  /** What hosts can show beside a result: tools/views.ts. */
  readonly views: readonly View[];
}
