// The presets of a choice: what "only look" and "look and add" stand for. Nothing sensitive and no deleting is in any of them.
import { moduleOf, type Permission } from "../../oauth/grants/scopes.ts";
import type { AccessOffer } from "./access_fields.ts";

/**
 * The presets that a choice among these permissions begins with. A handful of modules is shown as it is: there are fewer
 * boxes than presets would save. A preset that would stand for nothing, or for what another stands for, is left out.
 */
export function offeredPresets(
  permissions: readonly Permission[],
  isSensitive: (permission: Permission) => boolean,
): readonly Preset[] {
  if (isHandful(permissions)) return ["choose"];
  const plain = permissions.filter((permission) => !isSensitive(permission));
  const canLook = plain.some((permission) => isCovered("look", permission));
  const canAdd = plain.some((permission) => permission.endsWith(":write"));
  return [...canLook ? ["look" as const] : [], ...canAdd ? ["add" as const] : [], "choose"];
}

/** How a person says what an app may do: by one of two presets, or by ticks. */
export type Preset = typeof PRESETS[number];

/** Every preset, in the order of the pages. */
export const PRESETS = ["look", "add", "choose"] as const;

/** The words of the presets. */
export const PRESET_WORDS: Readonly<Record<Preset, { readonly name: string; readonly about: string }>> = {
  look: { name: "Only look", about: "and change nothing" },
  add: { name: "Look and add", about: "but not delete" },
  choose: { name: "Let me choose", about: "group by group" },
};

/** Whether these permissions are of so few modules that nothing has to be folded away. */
export function isHandful(permissions: readonly Permission[]): boolean {
  return new Set(permissions.map(moduleOf)).size <= HANDFUL;
}

/** Modules whose lines fit on a phone beside everything else. */
const HANDFUL = 4;

/** Whether a preset goes as far as this permission. */
export function isCovered(preset: Preset, permission: Permission): boolean {
  if (preset === "choose") return true;
  return permission.endsWith(":read") || (preset === "add" && permission.endsWith(":write"));
}

/** What a preset stands for without any tick: everything on offer that it covers and that is not sensitive. */
export function presetPermissions(
  preset: Preset,
  { permissions, isSensitive }: Pick<AccessOffer, "permissions" | "isSensitive">,
): readonly Permission[] {
  return permissions.filter((permission) => !isSensitive(permission) && isCovered(preset, permission));
}

/** The preset that stands for exactly these ticks; `choose` where none does. */
export function presetOf(ticks: readonly Permission[], offer: AccessOffer): Preset {
  const found = offer.presets.find((preset) =>
    preset !== "choose" && ticks.every((tick) => isCovered(preset, tick)) &&
    hasSame(plainOf(ticks, offer), presetPermissions(preset, offer))
  );
  return found ?? "choose";
}

/** The ticks that are not sensitive. */
export function plainOf(
  ticks: readonly Permission[],
  { isSensitive }: Pick<AccessOffer, "isSensitive">,
): readonly Permission[] {
  return ticks.filter((permission) => !isSensitive(permission));
}

/** Whether two lists without repetitions have the same members. */
export function hasSame(some: readonly Permission[], others: readonly Permission[]): boolean {
  return some.length === others.length && some.every((permission) => others.includes(permission));
}
