/** What an app can be allowed, module by module; on the wire these are OAuth scopes. `spaces` can only be read. */
export const PERMISSIONS = [
  "habits:read",
  "habits:write",
  "habits:destructive",
  "todo:read",
  "todo:write",
  "todo:destructive",
  "notes:read",
  "notes:write",
  "notes:destructive",
  "journal:read",
  "journal:write",
  "journal:destructive",
  "spaces:read",
] as const;
/** One of {@link PERMISSIONS}. */
export type Permission = (typeof PERMISSIONS)[number];

/** What an app may ask for in one word; the person's choice turns it into {@link PERMISSIONS}. */
export const BROAD_SCOPES = ["mana:read", "mana:write", "mana:destructive"] as const;
/** Asks for a refresh token. */
export const OFFLINE_ACCESS = "offline_access";
/** Begins a scope that names one space. */
export const SPACE_PREFIX = "space:";

/** Every scope that has a fixed name, in the order of the metadata. */
export const SUPPORTED_SCOPES: readonly string[] = [...BROAD_SCOPES, ...PERMISSIONS, OFFLINE_ACCESS];
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

/**
 * Reads a scope string. Broad words stand for all permissions of that access. Words that nobody defined are left
 * out: an app written for several services may ask for those of another one (RFC 6749, section 3.3).
 */
export function parseScopes(text: string): Scopes {
  const words = new Set(text.split(" "));
  const spaces = [...words].filter((word) => word.startsWith(SPACE_PREFIX))
    .map((word) => word.slice(SPACE_PREFIX.length)).filter((id) => SPACE_ID.test(id));
  return {
    permissions: PERMISSIONS.filter((one) => words.has(one) || words.has(`mana:${one.split(":")[1]}`)),
    spaces,
    offline: words.has(OFFLINE_ACCESS),
  };
}

/** Writes a scope string, always in the same order. */
export function formatScopes({ permissions, spaces, offline }: Scopes): string {
  return [
    ...PERMISSIONS.filter((one) => permissions.includes(one)),
    ...spaces.map((id) => SPACE_PREFIX + id),
    ...(offline ? [OFFLINE_ACCESS] : []),
  ].join(" ");
}

/** The fixed names in a scope string: what better-auth may see, since it knows no spaces. */
export function fixedScopes(text: string): string {
  const words = new Set(text.split(" "));
  return SUPPORTED_SCOPES.filter((scope) => words.has(scope)).join(" ");
}

/** Whether everything in `inner` is allowed by `outer`. No space in `outer` means all of them. */
export function isWithin(inner: Scopes, outer: Scopes): boolean {
  return inner.permissions.every((one) => outer.permissions.includes(one)) &&
    (outer.spaces.length === 0 ||
      inner.spaces.length > 0 && inner.spaces.every((id) => outer.spaces.includes(id))) &&
    (outer.offline || !inner.offline);
}
