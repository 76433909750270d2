import { REDIRECT_LENGTH } from "../limits.ts";

/** Hosts of the person's own computer, spelled exactly (RFC 8252, section 7.3; `localhost` because clients use it). */
const LOOPBACK = ["127.0.0.1", "[::1]", "localhost"];
/**
 * Schemes that run code, read files or start programs that were never meant to be an app's way back. A list of
 * what is forbidden cannot be complete; consent is the other lock: nobody is sent to a custom scheme unasked.
 */
const FORBIDDEN_SCHEMES: ReadonlySet<string> = new Set([
  ..."javascript data vbscript file ftp blob about mailto tel sms ws wss filesystem jar intent".split(" "),
  ..."view-source ms-msdt search-ms search ms-officecmd ms-appinstaller resource chrome edge".split(" "),
]);

/** Where a redirect address leads. */
export type RedirectKind = "loopback" | "web" | "app";

/**
 * Checks an address that an app wants codes sent to: https anywhere, http on this computer only, or a scheme of the
 * app's own such as `cursor://`. `undefined` for everything else.
 */
export function redirectKind(uri: string): RedirectKind | undefined {
  if (uri.length > REDIRECT_LENGTH || !URL.canParse(uri)) return undefined;
  const url = new URL(uri);
  // A fragment would swallow the code (RFC 6749, section 3.1.2); credentials disguise the host.
  if (uri.includes("#") || url.username !== "" || url.password !== "") return undefined;
  // What the parser repairs (spaces, backslashes, control characters) is shown and matched differently elsewhere.
  if (!/^[\x21-\x7e]+$/.test(uri) || /[\\"'<>`]/.test(uri)) return undefined;
  if (url.protocol === "https:") return LOOPBACK.includes(url.hostname) ? undefined : "web";
  if (url.protocol === "http:") return LOOPBACK.includes(url.hostname) ? "loopback" : undefined;
  return FORBIDDEN_SCHEMES.has(url.protocol.slice(0, -1)) ? undefined : "app";
}

/** The part of a redirect address that tells a person where they are going. */
export function redirectPlace(uri: string): string {
  const url = new URL(uri);
  return redirectKind(uri) === "app" ? `${url.protocol}//` : url.host;
}
