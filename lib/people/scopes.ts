// What a token allows: accesses, modules and spaces by its scope (docs/architecture.md, Who calls).
/** What a tool may do, and what a scope allows. */
export type Access = "read" | "write" | "destructive";

/**
 * Scopes of an access token: `mana:<access>` for every module or `<module>:<access>` for one, with access `read`, `write`
 * or `destructive`; `space:<id>` restricts the token to the spaces so named. A token without a scope claim is the person's
 * own and keeps everything: it is given here as null.
 */
export type Scopes = ReadonlySet<string> | null;

/** What a scope check looks at. */
export interface ScopedTool {
  /** `general`: it reads and changes nothing itself, so it needs no scope. */
  readonly scope?: string;
  readonly module: string;
  readonly access: Access;
}

/** Longest `scope` claim that is read; the verifier refuses a longer claim. */
export const MAX_SCOPE_CHARS = 4_096;

/** Parses a `scope` claim (RFC 8693 section 4.2: words separated by spaces). */
export function parseScopes(claim: string): ReadonlySet<string> {
  return new Set(claim.split(" ").filter((word) => word !== ""));
}

/** Whether the token may use the tool. */
export function isInScope(scopes: Scopes, tool: ScopedTool): boolean {
  return scopes === null || tool.scope === "general" || scopes.has(`mana:${tool.access}`) ||
    scopes.has(`${tool.module}:${tool.access}`);
}

/** The scope that is missing when {@link isInScope} says no. */
export function scopeFor(tool: ScopedTool): string {
  return `${tool.module}:${tool.access}`;
}

/**
 * What the challenge of a missing scope asks for: that scope, and none that the client has, which it keeps and adds to by
 * itself (RFC 6750 section 3.1; MCP 2026-07-28 authorization, step-up). `offline_access` is repeated for clients that ask
 * for the words of the challenge alone: without it they would get no refresh token any more.
 */
export function challengeScope(scopes: Scopes, missing: string): string {
  return scopes?.has("offline_access") ? `${missing} offline_access` : missing;
}

/** The spaces a token is restricted to, or null when it may use all of the person's. */
export function grantedSpaces(scopes: Scopes): ReadonlySet<string> | null {
  if (scopes === null) return null;
  const spaces = [...scopes].filter((scope) => scope.startsWith("space:")).map((scope) => scope.slice(6));
  return spaces.length === 0 ? null : new Set(spaces);
}
