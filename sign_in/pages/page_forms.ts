// Guards forms against requests that another site has the browser send (CSRF), at sign-in as well.
import { timingSafeEqual } from "node:crypto";
import type { Secrets } from "../secrets/secrets.ts";

/** Proves that a form comes from a page of ours, in the browser and session that the page was made for. */
export interface PageForms {
  issueTicket(headers: Headers): FormTicket;
  /** Whether the token in the field `form` was made for this browser and this purpose. */
  isOurs(request: Request, form: URLSearchParams, purpose: string): Promise<boolean>;
}

/**
 * The token of a form is a MAC over the browser's own cookie and the purpose of the form. The purpose names the session
 * wherever there is a session. Sign-in needs the guard too: a person who is signed in to a stranger's account by another
 * site would write their notes into it.
 */
export async function createPageForms(deps: PageFormsDeps): Promise<PageForms> {
  const { origin, protocol } = new URL(deps.issuer);
  const name = protocol === "https:" ? "__Host-mana.form" : "mana.form";
  const attributes = `Path=/; HttpOnly; SameSite=Lax${protocol === "https:" ? "; Secure" : ""}`;
  const newest = await importKey(deps.secrets[0].text);
  const keys = [newest, ...await Promise.all(deps.secrets.slice(1).map(({ text }) => importKey(text)))];
  const browserOf = (headers: Headers): string | undefined => {
    const cookies = (headers.get("cookie") ?? "").split(";").map((cookie) => cookie.trim());
    const value = cookies.find((cookie) => cookie.startsWith(`${name}=`))?.slice(name.length + 1);
    return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined;
  };
  return {
    issueTicket(headers) {
      const known = browserOf(headers);
      const browser = known ??
        deps.randomBytes(COOKIE_BYTES).toBase64({ alphabet: "base64url", omitPadding: true });
      return {
        token: async (purpose) => (await sign(newest, browser, purpose)).toBase64({ alphabet: "base64url" }),
        cookies: known === undefined ? [`${name}=${browser}; ${attributes}`] : [],
      };
    },
    async isOurs(request, form, purpose) {
      const from = request.headers.get("origin");
      // Browsers name the origin of a form. The second origin is this service under its other name (127.0.0.1).
      if (from !== null && from !== origin && from !== new URL(request.url).origin) return false;
      const browser = browserOf(request.headers);
      if (browser === undefined) return false;
      const given = decode(form.get("form") ?? "");
      for (const key of keys) {
        const expected = await sign(key, browser, purpose);
        if (given.length === expected.length && timingSafeEqual(given, expected)) return true;
      }
      return false;
    },
  };
}

/** What the guard of the forms needs. */
export interface PageFormsDeps {
  /** The first signs; each is good for checking, so that open pages outlive a change of secrets. */
  readonly secrets: Secrets;
  /** Public base URL; decides where forms may come from and how the cookie is named. */
  readonly issuer: string;
  readonly randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
}

/** The token of a form, and the cookie that has to come back with it. */
export interface FormTicket {
  /** For the hidden field `form`. */
  readonly token: (purpose: string) => Promise<string>;
  /** `Set-Cookie` lines; empty when the browser has its cookie already. */
  readonly cookies: readonly string[];
}

/** Bytes of the browser's cookie. */
const COOKIE_BYTES = 32;

function importKey(secret: string): Promise<CryptoKey> {
  const bytes = new TextEncoder().encode(`forms\n${secret}`);
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}

async function sign(key: CryptoKey, browser: string, purpose: string): Promise<Uint8Array> {
  const text = new TextEncoder().encode(`${browser}\n${purpose}`);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, text));
}

function decode(text: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(text, { alphabet: "base64url" });
  } catch {
    return new Uint8Array();
  }
}
