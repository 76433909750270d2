import type { GrantableModule } from "./grantable_modules.ts";

/** The scopes of an installation: those of its modules, and the fixed ones. */
export interface ScopeList {
  /** Everything that can be allowed, in the order of the modules. */
  readonly permissions: readonly Permission[];
  /** Every scope that has a fixed name, in the order of the metadata. */
  readonly supported: readonly string[];
  /**
   * Reads a scope string. Broad words stand for all permissions of that access. Words that nobody defined are left
   * out: an app written for several services may ask for those of another one (RFC 6749, section 3.3).
   */
  parse(text: string): Scopes;
  /** Writes a scope string, always in the same order. */
  format(scopes: Scopes): string;
  /** The fixed names in a scope string: what better-auth may see, since it knows no spaces. */
  fixed(text: string): string;
}

/** Makes the scopes of these modules. */
export function createScopeList(
  modules: readonly Pick<GrantableModule, "name" | "accesses">[],
): ScopeList {
  const permissions = modules.flatMap(({ name, accesses }) =>
    accesses.map((access): Permission => `${name}:${access}`)
  );
  const supported = [...BROAD_SCOPES, ...permissions, OFFLINE_ACCESS];
  return {
    permissions,
    supported,
    parse(text) {
      const words = new Set(text.split(" "));
      const spaces = [...words].filter((word) => word.startsWith(SPACE_PREFIX))
        .map((word) => word.slice(SPACE_PREFIX.length)).filter((id) => SPACE_ID.test(id));
      return {
        permissions: permissions.filter((one) => words.has(one) || words.has(`mana:${one.split(":")[1]}`)),
        spaces,
        offline: words.has(OFFLINE_ACCESS),
      };
    },
    format: (scopes) =>
      [
        ...permissions.filter((one) => scopes.permissions.includes(one)),
        ...scopes.spaces.map((id) => SPACE_PREFIX + id),
        ...(scopes.offline ? [OFFLINE_ACCESS] : []),
      ].join(" "),
    fixed(text) {
      const words = new Set(text.split(" "));
      return supported.filter((scope) => words.has(scope)).join(" ");
    },
  };
}

/** What an app can be allowed in one module; on the wire an OAuth scope: `notes:write`. */
export type Permission = `${string}:${string}`;

/** What an app may ask for in one word; the person's choice turns it into permissions. */
export const BROAD_SCOPES = ["mana:read", "mana:write", "mana:destructive"] as const;

/** Asks for a refresh token. */
export const OFFLINE_ACCESS = "offline_access";

/** Begins a scope that names one space. */
export const SPACE_PREFIX = "space:";

/** What an app gets to ask for that names nothing: everything, for the person to choose from. */
export const DEFAULT_SCOPE = [...BROAD_SCOPES, OFFLINE_ACCESS].join(" ");

/** A scope string, understood. */
export interface Scopes {
  readonly permissions: readonly Permission[];
  /** Ids of the spaces it is restricted to; empty: all spaces of the person. */
  readonly spaces: readonly string[];
  readonly offline: boolean;
}

/** Space ids are better-auth ids; what does not look like one is no scope of ours. */
const SPACE_ID = /^[\w-]{1,64}$/;

/** Whether everything in `inner` is allowed by `outer`. No space in `outer` means all of them. */
export function isWithin(inner: Scopes, outer: Scopes): boolean {
  return inner.permissions.every((one) => outer.permissions.includes(one)) &&
    (outer.spaces.length === 0 ||
      inner.spaces.length > 0 && inner.spaces.every((id) => outer.spaces.includes(id))) &&
    (outer.offline || !inner.offline);
}
