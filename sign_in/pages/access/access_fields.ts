// The choice of permissions and spaces in a form: what is offered, what is ticked, what that allows, what is missing. What of each
// module is seen is narrowing_fields.ts.
import type { ModuleChoice } from "../../oauth/grants/narrowing.ts";
import { moduleOf, type Permission, type ScopeList } from "../../oauth/grants/scopes.ts";
import type { GrantableProfile } from "../../oauth/grants/grantable_modules.ts";
import { SCOPE_CHARS } from "../../kit/limits.ts";
import type { Problem } from "../layout.tsx";
import { type NarrowableModule, type NarrowingFields, readNarrowing } from "./narrowing_fields.ts";
import type { PermissionWords } from "./permission_words.ts";
import {
  hasSame,
  isCovered,
  isHandful,
  narrowedBy,
  offeredPresets,
  plainOf,
  type Preset,
  PRESET_WORDS,
  presetPermissions,
} from "./presets.ts";

/** A choice, as a form holds it. */
export interface AccessFields {
  readonly preset: Preset;
  /** The ticks. With a preset only those of sensitive groups count ({@link allowedPermissions}). */
  readonly permissions: readonly Permission[];
  readonly where: "all" | "some";
  readonly spaces: readonly string[];
  /** The profile of tools that the app is shown; `undefined`: by what it was allowed. */
  readonly profile: string | undefined;
  /** Whether the person wants to be asked before each change. */
  readonly askFirst: boolean;
  readonly narrowing: NarrowingFields;
}

/** Reads a form. What was not offered is left out; a form without a preset is one of ticks alone. */
export function readAccess(form: URLSearchParams, offer: AccessOffer): AccessFields {
  const ticks = new Set(form.getAll("allow"));
  return {
    preset: offer.presets.find((preset) => preset === form.get("preset")) ?? "choose",
    permissions: offer.permissions.filter((permission) => ticks.has(permission)),
    where: offer.canHaveAllSpaces && form.get("where") === "all" ? "all" : "some",
    spaces: offer.spaces.map(({ id }) => id).filter((id) => form.getAll("space").includes(id)),
    profile: offer.profiles.find(({ name }) => name === form.get("profile"))?.name,
    askFirst: form.get("ask") === "first",
    narrowing: readNarrowing(form, {
      modules: offer.narrowable,
      spaces: offer.spaces,
      before: offer.narrowedBefore,
    }),
  };
}

/** A space that can be ticked. */
export interface OfferedSpace {
  readonly id: string;
  readonly name: string;
}

/** What a person may choose from. */
export interface AccessOffer {
  readonly permissions: readonly Permission[];
  readonly spaces: readonly OfferedSpace[];
  /** Whether "all" may be chosen: an app that named spaces gets no more than those. */
  readonly canHaveAllSpaces: boolean;
  /** Whether there is a page on which the person can be asked before each change, and anything to be asked about. */
  readonly canAskFirst: boolean;
  readonly presets: readonly Preset[];
  readonly isSensitive: (permission: Permission) => boolean;
  /** Permissions that the app asks for by name and does not have: their lines are shown unfolded. */
  readonly asked: readonly Permission[];
  readonly profiles: readonly GrantableProfile[];
  /** The modules of which less than everything can be chosen. */
  readonly narrowable: readonly NarrowableModule[];
  /** What the app was narrowed to before, by module. */
  readonly narrowedBefore: Readonly<Record<string, ModuleChoice>>;
  /** Whether it was narrowed in a way that nobody can read any more: it sees nothing until the person chooses again. */
  readonly isNarrowingLost: boolean;
}

/** Makes the offer of these permissions and spaces. */
export function createOffer(
  { scopeList, words }: { readonly scopeList: ScopeList; readonly words: PermissionWords },
  parts: Pick<
    AccessOffer,
    | "permissions"
    | "spaces"
    | "canHaveAllSpaces"
    | "canAskFirst"
    | "asked"
    | "narrowedBefore"
    | "isNarrowingLost"
  >,
): AccessOffer {
  const { isSensitive } = scopeList;
  const narrowable = words.narrowable(parts.permissions);
  return {
    ...parts,
    canAskFirst: parts.canAskFirst && parts.permissions.some((permission) => !permission.endsWith(":read")),
    isSensitive,
    narrowable,
    presets: offeredPresets(parts.permissions, { isSensitive, narrowable }),
    profiles: words.profiles(parts.permissions),
    // An app that names everything has named nothing in particular.
    asked: isHandful(parts.asked) ? parts.asked : [],
  };
}

/** Whether the lines of these modules are shown unfolded. */
export function isUnfolded(modules: readonly { readonly name: string }[], offer: AccessOffer): boolean {
  return isHandful(offer.permissions) ||
    offer.asked.some((permission) => modules.some(({ name }) => name === moduleOf(permission)));
}

/**
 * What a choice allows. A preset stands for everything on offer that it covers, and for the sensitive permissions that it covers
 * and that the person ticked. So a sensitive permission is never allowed without its tick, and ticking never reaches further than the preset.
 */
export function allowedPermissions(
  { preset, permissions }: AccessFields,
  offer: AccessOffer,
): readonly Permission[] {
  if (preset === "choose") return permissions;
  return offer.permissions.filter((permission) =>
    isCovered(preset, permission, offer) &&
    (!offer.isSensitive(permission) || permissions.includes(permission))
  );
}

/** What of each module a choice shows; a module that is not there is shown whole. */
export function grantedNarrowing(
  fields: AccessFields,
  offer: AccessOffer,
): Readonly<Record<string, ModuleChoice>> {
  return narrowedBy(fields.preset, fields.narrowing.modules, allowedPermissions(fields, offer));
}

/**
 * The faults of a choice. `shown` is the choice as the page first had it; `prefix` begins the ids of the fields on the page.
 */
export function accessProblems(
  fields: AccessFields,
  { offer, shown, scopeList, prefix = "" }: AccessForm,
): readonly Problem[] {
  const allowed = allowedPermissions(fields, offer);
  const scope = scopeList.format({ permissions: allowed, spaces: grantedSpaces(fields), offline: true });
  const problems = [
    ...narrowingProblems(fields, prefix),
    !isTakenAway(fields, offer, shown) ||
    {
      text: `You changed single ticks, but “${PRESET_WORDS[fields.preset].name}” is chosen, which stands ` +
        "for all of them. Look again which of the two you want.",
      field: `${prefix}permissions`,
    },
    allowed.length > 0 ||
    { text: "Tick at least one thing that the app may do.", field: `${prefix}permissions` },
    fields.where === "all" || fields.spaces.length > 0 ||
    { text: "Tick at least one space.", field: `${prefix}where` },
    scope.length <= SCOPE_CHARS ||
    { text: "These are too many spaces for one app. Tick fewer, or choose all.", field: `${prefix}where` },
  ];
  return problems.filter((problem) => problem !== true);
}

/** The faults of what narrows a choice, each at its field. */
export function narrowingProblems({ narrowing }: AccessFields, prefix = ""): readonly Problem[] {
  return narrowing.faults.map(({ module, text }) => ({
    text,
    field: prefix + (module === "" ? "permissions" : `only-${module}`),
  }));
}

/** The form that a choice was made in. */
export interface AccessForm {
  readonly offer: AccessOffer;
  readonly shown: AccessFields;
  readonly scopeList: ScopeList;
  readonly prefix?: string;
}

/**
 * The choice as the page shows it again after a fault. The ticks beside a preset become what the preset stands for, so that the
 * person sees what they would allow; and so that the next answer is taken.
 */
export function shownAgain(fields: AccessFields, offer: AccessOffer): AccessFields {
  const { preset, permissions } = fields;
  if (preset === "choose") return fields;
  const plain = presetPermissions(preset, offer);
  return {
    ...fields,
    permissions: offer.permissions.filter((permission) =>
      offer.isSensitive(permission) ? permissions.includes(permission) : plain.includes(permission)
    ),
  };
}

/**
 * Whether a tick was taken away of something that the preset stands for. The page hides these ticks beside a preset, but not
 * every browser can; what a person took away there must not be allowed by the preset.
 */
function isTakenAway(
  { preset, permissions }: AccessFields,
  offer: AccessOffer,
  shown: AccessFields,
): boolean {
  if (preset === "choose") return false;
  const ticks = plainOf(permissions, offer);
  return !hasSame(ticks, plainOf(shown.permissions, offer)) &&
    presetPermissions(preset, offer).some((permission) => !ticks.includes(permission));
}

/** The spaces of a choice as a grant has them: empty for all. */
export function grantedSpaces(
  { where, spaces }: Pick<AccessFields, "where" | "spaces">,
): readonly string[] {
  return where === "all" ? [] : spaces;
}
