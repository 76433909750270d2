// Cookies of the auth service: which of its answer's or a browser's cookies are meant, by exact names. Keeps none.
import { AUTH_COOKIE_LENGTH } from "../../kit/limits.ts";

/** The cookie of a session (auth-vault, section 2). The first name is the one in production. */
export const SESSION_COOKIE = ["__Secure-mana.session_token", "mana.session_token"] as const;
/** The cookie of a sign-in that waits for a second factor. */
export const SECOND_FACTOR_COOKIE = ["__Secure-mana.two_factor", "mana.two_factor"] as const;

/** Names of a cookie, the safest first. */
export type CookieNames = readonly string[];

/** A cookie that an answer set. */
export interface SetCookie {
  /** `name=value`, as a request sends it. */
  readonly pair: string;
  /** Seconds; `undefined`: the answer says none. */
  readonly maxAge: number | undefined;
}

/**
 * The cookie that an answer leaves a browser with. Of several lines the last one counts: better-auth sets the cookie of a
 * session and takes it back in the same answer where a second factor is asked for.
 */
export function takeSetCookie(headers: Headers, names: CookieNames): SetCookie | undefined {
  const lines = headers.getSetCookie();
  for (const name of names) {
    const line = lines.findLast((each) => nameOf(each) === name);
    if (line === undefined) continue;
    const [first = "", ...attributes] = line.split(";");
    const age = attributes.find((attribute) => /^\s*max-age\s*=/i.test(attribute))?.split("=")[1]?.trim();
    const maxAge = age !== undefined && /^-?\d{1,10}$/.test(age) ? Number(age) : undefined;
    const value = valueOf(first);
    if (value !== undefined && (maxAge === undefined || maxAge > 0)) {
      return { pair: `${name}=${value}`, maxAge };
    }
  }
  return undefined;
}

/**
 * The cookie that a browser sent. Two different values under one name are none: another host of the same site can set a
 * cookie for this host (cookie tossing), and nobody can tell then which of the two is the person's own.
 */
export function readRequestCookie(headers: Headers, names: CookieNames): string | undefined {
  const cookies = (headers.get("cookie") ?? "").split(";");
  for (const name of names) {
    const values = new Set(cookies.filter((each) => nameOf(each) === name).map(valueOf));
    if (values.size === 0) continue;
    const [value] = values;
    return values.size === 1 && value !== undefined ? `${name}=${value}` : undefined;
  }
  return undefined;
}

function nameOf(cookie: string): string {
  return cookie.split("=", 1)[0]?.trim() ?? "";
}

/** Characters that a cookie's value may have (RFC 6265, section 4.1.1): nothing that would begin another header. */
const VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/;

function valueOf(cookie: string): string | undefined {
  const at = cookie.indexOf("=");
  const value = at === -1 ? "" : cookie.slice(at + 1).trim();
  return value.length <= AUTH_COOKIE_LENGTH && VALUE.test(value) ? value : undefined;
}
