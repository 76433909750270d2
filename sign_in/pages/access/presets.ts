// The presets of a choice: what "only look", "look and add", "last 30 days" and "tasks only" stand for. Nothing sensitive and no
// deleting is in any of them.
import type { ModuleChoice } from "../../oauth/grants/narrowing.ts";
import { moduleOf, type Permission } from "../../oauth/grants/scopes.ts";
import type { AccessOffer } from "./access_fields.ts";

/**
 * The presets that a choice among these permissions begins with. A handful of modules is shown as it is: there are fewer
 * boxes than presets would save. A preset that would stand for nothing, or for what another stands for, is left out.
 */
export function offeredPresets(
  permissions: readonly Permission[],
  offer: PresetOffer,
): readonly Preset[] {
  if (isHandful(permissions)) return ["choose"];
  const plain = permissions.filter((permission) => !offer.isSensitive(permission));
  const stands = {
    look: plain.some((permission) => isCovered("look", permission, offer)),
    add: plain.some((permission) => permission.endsWith(":write")),
    month: plain.some((permission) => isCovered("month", permission, offer)),
    tasks: plain.some((permission) => isCovered("tasks", permission, offer)),
    choose: true,
  };
  return PRESETS.filter((preset) => stands[preset]);
}

/** What presets go by. */
export interface PresetOffer extends Pick<AccessOffer, "isSensitive"> {
  readonly narrowable: readonly { readonly name: string }[];
}

/** How a person says what an app may do: by a preset, or by ticks. */
export type Preset = typeof PRESETS[number];

/** Every preset, in the order of the pages. */
export const PRESETS = ["look", "add", "month", "tasks", "choose"] as const;

/** The words of the presets. */
export const PRESET_WORDS: Readonly<Record<Preset, { readonly name: string; readonly about: string }>> = {
  look: { name: "Only look", about: "and change nothing" },
  add: { name: "Look and add", about: "but not delete" },
  month: { name: "Last 30 days", about: "look, at nothing older" },
  tasks: { name: "Tasks only", about: "see and add to-dos" },
  choose: { name: "Let me choose", about: "group by group" },
};

/** Whether these permissions are of so few modules that nothing has to be folded away. */
export function isHandful(permissions: readonly Permission[]): boolean {
  return new Set(permissions.map(moduleOf)).size <= HANDFUL;
}

/** Modules whose lines fit on a phone beside everything else. */
const HANDFUL = 4;

/** Whether a preset goes as far as this permission. Where no time can be chosen, nothing is known to be of the last 30 days. */
export function isCovered(preset: Preset, permission: Permission, { narrowable }: PresetOffer): boolean {
  const isRead = permission.endsWith(":read");
  switch (preset) {
    case "look":
      return isRead;
    case "add":
      return isRead || permission.endsWith(":write");
    case "month":
      return isRead && narrowable.some(({ name }) => name === moduleOf(permission));
    case "tasks":
      return moduleOf(permission) === TASKS && !permission.endsWith(":destructive");
    case "choose":
      return true;
  }
}

/** The module that "tasks only" stands for. */
export const TASKS = "todo";

/** What a preset stands for without any tick: everything on offer that it covers and that is not sensitive. */
export function presetPermissions(
  preset: Preset,
  offer: PresetOffer & Pick<AccessOffer, "permissions">,
): readonly Permission[] {
  return offer.permissions.filter((permission) =>
    !offer.isSensitive(permission) && isCovered(preset, permission, offer)
  );
}

/** The preset that stands for exactly these ticks, narrowed so; `choose` where none does. */
export function presetOf(ticks: readonly Permission[], narrowing: Narrowed, offer: AccessOffer): Preset {
  const isMonth = [...new Set(ticks.map(moduleOf))].every((module) =>
    narrowing[module]?.since !== undefined && daysOf(narrowing[module].since) <= MONTH_DAYS
  );
  const others = offer.presets.filter((preset) => preset !== "month");
  // What is all of the last 30 days may have the very ticks of "only look".
  const candidates = isMonth && others.length < offer.presets.length ? ["month" as const, ...others] : others;
  const found = candidates.find((preset) =>
    preset !== "choose" && ticks.every((tick) => isCovered(preset, tick, offer)) &&
    hasSame(plainOf(ticks, offer), presetPermissions(preset, offer))
  );
  return found ?? "choose";
}

/** By module what a person narrowed. */
type Narrowed = Readonly<Record<string, ModuleChoice>>;

/** What a choice narrows: with "last 30 days" everything that it allows, and further where the person chose less. */
export function narrowedBy(preset: Preset, narrowing: Narrowed, allowed: readonly Permission[]): Narrowed {
  if (preset !== "month") return narrowing;
  const within = allowed.map(moduleOf).map((module) => {
    const choice = narrowing[module];
    const isLess = choice?.since !== undefined && daysOf(choice.since) <= MONTH_DAYS;
    return [module, isLess ? choice : { ...choice, since: MONTH }] as const;
  });
  return { ...narrowing, ...Object.fromEntries(within) };
}

const MONTH = "P30D";
const MONTH_DAYS = 30;

/** About how many days a period has; endless for any other text. */
function daysOf(since: string): number {
  const [, count = "", unit = ""] = /^P(\d{1,4})([DWMY])$/.exec(since) ?? [];
  return Number(count) * (DAYS[unit] ?? Infinity);
}

const DAYS: Readonly<Record<string, number>> = { D: 1, W: 7, M: 31, Y: 366 };

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
