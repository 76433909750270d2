// Where an app may be answered: https, loopback, or a scheme of its own (RFC 8252). Everything else is refused.
import { REDIRECT_LENGTH } from "../../kit/limits.ts";

/**
 * The kind of an address that an app wants codes sent to: https anywhere, http on this computer only, or a scheme of the
 * app's own. Such a scheme has a dot, since it is named after a domain (RFC 8252, section 7.1), or is in
 * {@link CLIENT_SCHEMES}. `undefined` for every other address: a list of forbidden schemes can never be complete, and
 * `shell:`, `ms-word:` or `steam:` start programs that were never meant to be an app's way back.
 */
export function redirectKind(uri: string): RedirectKind | undefined {
  if (uri.length > REDIRECT_LENGTH || !URL.canParse(uri)) return undefined;
  const url = new URL(uri);
  // A fragment would swallow the code (RFC 6749, section 3.1.2); credentials disguise the host.
  if (uri.includes("#") || url.username !== "" || url.password !== "") return undefined;
  // Characters that the parser repairs (spaces, backslashes, controls) are shown and matched differently elsewhere.
  if (!/^[\x21-\x7e]+$/.test(uri) || /[\\"'<>`]/.test(uri)) return undefined;
  if (url.protocol === "https:") return LOOPBACK.includes(url.hostname) ? undefined : "web";
  if (url.protocol === "http:") return LOOPBACK.includes(url.hostname) ? "loopback" : undefined;
  const scheme = url.protocol.slice(0, -1);
  return scheme.includes(".") || CLIENT_SCHEMES.has(scheme) ? "app" : undefined;
}

/** Hosts of the person's own computer, spelled exactly (RFC 8252, section 7.3; clients use `localhost` too). */
const LOOPBACK = ["127.0.0.1", "[::1]", "localhost"];

/**
 * Schemes without a dot by which MCP clients of today come back: Cursor (`cursor://anysphere.cursor-mcp/oauth/callback`),
 * VS Code's extensions in each of its builds and offshoots (`vscode://publisher.extension/…`), Claude's desktop app
 * (`claude://claude.ai/mcp-auth-callback/sdk`), Warp (`warp://mcp/oauth2callback`), Raycast (`raycast://oauth?…`).
 */
const CLIENT_SCHEMES: ReadonlySet<string> = new Set(
  "cursor vscode vscode-insiders vscodium windsurf kiro claude warp raycast".split(" "),
);

/** Where a redirect address leads. */
export type RedirectKind = "loopback" | "web" | "app";

/** The part of a redirect address that tells a person where they go: the host, or the scheme of an app. */
export function redirectPlace(uri: string): string {
  const { protocol, host } = new URL(uri);
  return protocol === "https:" || protocol === "http:" ? host : `${protocol}//`;
}
