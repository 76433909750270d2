// OAuth scopes and the permissions behind them: `notes:write`, `mana:read`, `space:<id>`, `offline_access`.
import type { GrantableModule } from "./grantable_modules.ts";

/** The scopes of an installation: those of its modules, and those that every installation has. */
export interface ScopeList {
  /** Every permission, in the order of the modules. */
  readonly permissions: readonly Permission[];
  /** Every scope that has a fixed name, in the order of the metadata. */
  readonly supported: readonly string[];
  /** Whether a permission is of a sensitive group: nobody but the person ticks it. */
  isSensitive(permission: Permission): boolean;
  /**
   * Reads a scope string. Broad words stand for all permissions of that access. Words that nobody defined are left
   * out: an app written for several services may ask for words of another service (RFC 6749, section 3.3).
   */
  parse(text: string): Scopes;
  /** Writes a scope string, always in the same order. */
  format(scopes: Scopes): string;
  /** The fixed names in a scope string. better-auth may see these alone: it knows no spaces. */
  fixed(text: string): string;
}

/** Makes the scopes of these modules. */
export function createScopeList(
  modules: readonly Pick<GrantableModule, "name" | "accesses" | "group">[],
): ScopeList {
  const permissions = modules.flatMap(({ name, accesses }) =>
    accesses.map((access): Permission => `${name}:${access}`)
  );
  const sensitive = new Set(
    modules.filter(({ group }) => group.isSensitive).map(({ name }) => name),
  );
  const supported = [...BROAD_SCOPES, ...permissions, OFFLINE_ACCESS];
  return {
    permissions,
    supported,
    isSensitive: (permission) => sensitive.has(moduleOf(permission)),
    parse(text) {
      const words = new Set(text.split(" "));
      const spaces = [...words].filter((word) => word.startsWith(SPACE_PREFIX))
        .map((word) => word.slice(SPACE_PREFIX.length)).filter((id) => SPACE_ID.test(id));
      return {
        permissions: permissions.filter((permission) =>
          words.has(permission) || words.has(`mana:${permission.split(":")[1]}`)
        ),
        spaces,
        offline: words.has(OFFLINE_ACCESS),
      };
    },
    format: (scopes) =>
      [
        ...permissions.filter((permission) => scopes.permissions.includes(permission)),
        ...scopes.spaces.map((id) => SPACE_PREFIX + id),
        ...(scopes.offline ? [OFFLINE_ACCESS] : []),
      ].join(" "),
    fixed(text) {
      const words = new Set(text.split(" "));
      return supported.filter((scope) => words.has(scope)).join(" ");
    },
  };
}

/** A kind of access to a module; on the wire an OAuth scope: `notes:write`. */
export type Permission = `${string}:${string}`;

/** The module of a permission: its first half. */
export function moduleOf(permission: Permission): string {
  return permission.slice(0, permission.indexOf(":"));
}

/** Scopes for one kind of access to all modules. The person's choice turns them into permissions. */
export const BROAD_SCOPES = ["mana:read", "mana:write", "mana:destructive"] as const;

/** Asks for a refresh token. */
export const OFFLINE_ACCESS = "offline_access";

/** Begins a scope that names one space. */
export const SPACE_PREFIX = "space:";

/** The scope of a request that names none: everything, for the person to choose from. */
export const DEFAULT_SCOPE = [...BROAD_SCOPES, OFFLINE_ACCESS].join(" ");

/** A scope string, parsed. */
export interface Scopes {
  readonly permissions: readonly Permission[];
  /** Ids of the spaces that the scopes are restricted to; empty: all spaces of the person. */
  readonly spaces: readonly string[];
  readonly offline: boolean;
}

/** Ids of spaces are better-auth's; a word with another form is no scope of ours. */
export const SPACE_ID = /^[\w-]{1,64}$/;

/** Whether everything in `inner` is allowed by `outer`. No space in `outer` means all of them. */
export function isWithin(inner: Scopes, outer: Scopes): boolean {
  return inner.permissions.every((permission) => outer.permissions.includes(permission)) &&
    (outer.spaces.length === 0 ||
      inner.spaces.length > 0 && inner.spaces.every((id) => outer.spaces.includes(id))) &&
    (outer.offline || !inner.offline);
}
