// In which spaces a module may create records: the Mana apps show each module in some types of space only.
import type { Principal } from "../people/principal.ts";
import type { ResolvedSpace } from "../spaces/spaces.ts";
import { personalSentinel } from "../spaces/active_space.ts";
import type { SpaceType } from "../spaces/choose_space.ts";
import type { Refusal } from "../kit/errors.ts";
import type { Module } from "../tool/define_module.ts";
import { grantedSpaces } from "../people/scopes.ts";

/**
 * Why a tool of this module may not create records in the chosen space; null where it may. The Mana apps show a module in
 * some types of space only (contract: modules section 2): a diary entry in a team would be readable by every member and
 * shown to nobody. Where the type is not known, as where there is no module, nothing is refused.
 */
export function creationRefusal(
  module: Module | undefined,
  { choice, directory }: Pick<ResolvedSpace, "choice" | "directory">,
  { scopes, subject }: Principal,
): Refusal | null {
  if (module === undefined || !choice.ok || choice.space.kind === "unknown") return null;
  const { space } = choice;
  const personal = directory.spaces.find(({ type }) => type === "personal")?.id;
  const spaceType: SpaceType | undefined = space.kind === "personal"
    ? "personal"
    : directory.spaces.find(({ id }) => id === space.id)?.type;
  if (spaceType === undefined || module.spaceTypes.includes(spaceType)) return null;
  const granted = grantedSpaces(scopes);
  const names = [personal, personalSentinel(subject)];
  return {
    reason: "module-not-in-space",
    module: module.label,
    spaceType,
    spaceTypes: module.spaceTypes,
    hasPersonal: granted === null || names.some((name) => name !== undefined && granted.has(name)),
    personalSpace: personal ?? personalSentinel(subject),
  };
}
