// The choice of permissions and spaces in a form: what is offered, what is ticked, what is missing.
import type { Permission } from "../oauth/grants/scopes.ts";
import type { Problem } from "./layout.tsx";

/** A choice: the ticks of a form. */
export interface AccessFields {
  readonly permissions: readonly Permission[];
  readonly where: "all" | "some";
  readonly spaces: readonly string[];
}

/** The ticks of a form. Ticks that were not offered are left out. */
export function readAccess(form: URLSearchParams, offer: AccessOffer): AccessFields {
  return {
    permissions: offer.permissions.filter((permission) => form.getAll("allow").includes(permission)),
    where: offer.canHaveAllSpaces && form.get("where") === "all" ? "all" : "some",
    spaces: offer.spaces.map(({ id }) => id).filter((id) => form.getAll("space").includes(id)),
  };
}

/** A space that can be ticked. */
export interface OfferedSpace {
  readonly id: string;
  readonly name: string;
}

/** The permissions and spaces that a person may choose from. */
export interface AccessOffer {
  readonly permissions: readonly Permission[];
  readonly spaces: readonly OfferedSpace[];
  /** Whether "all" may be chosen: an app that named spaces gets no more than those. */
  readonly canHaveAllSpaces: boolean;
}

/** The faults of a choice; `prefix` begins the ids of the fields on the page. */
export function accessProblems(
  { permissions, where, spaces }: AccessFields,
  prefix = "",
): readonly Problem[] {
  const problems = [
    permissions.length > 0 ||
    { text: "Tick at least one thing that the app may do.", field: `${prefix}permissions` },
    where === "all" || spaces.length > 0 || { text: "Tick at least one space.", field: `${prefix}where` },
  ];
  return problems.filter((problem) => problem !== true);
}

/** The spaces of a choice as a grant has them: empty for all. */
export function grantedSpaces({ where, spaces }: AccessFields): readonly string[] {
  return where === "all" ? [] : spaces;
}
