// What a gateway offers, all of it from outside: the lists of tools/, or lists of a test.
import type { Module } from "./define_module.ts";
import type { Profile } from "./profiles/define_profile.ts";
import type { Prompt } from "./define_prompt.ts";

/** The lists that a gateway is made with. */
export interface Offered {
  /** What clients can work with: tools/modules.ts. */
  readonly modules: readonly Module[];
  /** What a person can pick in their client: tools/prompts.ts. */
  readonly prompts: readonly Prompt[];
  /** Which tools a connection is shown: tools/profiles.ts. Empty: each shows all that it may do. */
  readonly profiles: readonly Profile[];
}
