// Field encryption: a stored value as text, sealed and opened with a given key. The only file that does cryptography on field
// data, and the only one that knows the encryption versions (`enc:1`): another version is a change here and nowhere else.
// Knows nothing of people, tables or where keys come from. Contract: crypto.

import { decodeBase64 } from "./decode_base64.ts";

/**
 * Seals and opens single values. Sealed form: prefix of the version + base64(iv) + `.` + base64(ciphertext and tag), AES-256-GCM
 * over the JSON text of the value. No associated data, for byte compatibility with the web app: a sealed value says nothing
 * about where it belongs.
 */
export interface Cipher {
  /** Throws TypeError for a value that JSON cannot hold (undefined). */
  seal(key: CryptoKey, value: unknown): Promise<string>;
  /** Never throws for stored text. */
  open(key: CryptoKey, sealed: string): Promise<Opened>;
}

/** An opened value, or why there is none. */
export type Opened =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: UnreadableReason };

/** Why a sealed value stays closed: another version, not the form, another key or altered bytes, not JSON. */
export type UnreadableReason = "version" | "form" | "tag" | "text";

/** What every version begins with. */
const ANY_PREFIX = "enc:";
/** How a stored value of any version begins, of those that do not exist yet as well. */
const ANY_VERSION = /^enc:\d+:/;
/** The version in which values are sealed, and the only one that is opened. */
const PREFIX = "enc:1:";
const IV_BYTES = 12;
const IV_CHARS = 16;

/**
 * Creates the cipher.
 *
 * @param randomBytes fills a fresh IV; the system's generator by default. Two values sealed with the same key and IV
 * give both away, so only tests may pass anything else.
 */
export function createCipher(
  randomBytes: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> = (bytes) =>
    crypto.getRandomValues(bytes),
): Cipher {
  // Made once, since making them takes a twentieth of the time to open a short value. Neither keeps anything between values.
  const encoder = new TextEncoder();
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return Object.freeze({
    async seal(key: CryptoKey, value: unknown) {
      const json = JSON.stringify(value);
      if (json === undefined) throw new TypeError("Cannot seal a value that is not JSON");
      const iv = randomBytes(new Uint8Array(IV_BYTES));
      const tail = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, encoder.encode(json));
      return `${PREFIX}${iv.toBase64()}.${new Uint8Array(tail).toBase64()}`;
    },

    async open(key: CryptoKey, sealed: string): Promise<Opened> {
      if (!isSealed(sealed)) return { ok: false, reason: looksSealed(sealed) ? "version" : "form" };
      const dot = sealed.indexOf(".", PREFIX.length);
      if (dot !== PREFIX.length + IV_CHARS) return { ok: false, reason: "form" };
      const iv = decodeBase64(sealed.slice(PREFIX.length, dot));
      const tail = decodeBase64(sealed.slice(dot + 1));
      if (iv === null || iv.byteLength !== IV_BYTES || tail === null) return { ok: false, reason: "form" };
      let plain: ArrayBuffer;
      try {
        plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, tail);
      } catch {
        // A wrong key and altered bytes cannot be told apart, and need not be.
        return { ok: false, reason: "tag" };
      }
      try {
        const json = decoder.decode(plain);
        const value: unknown = JSON.parse(json);
        return { ok: true, value };
      } catch {
        return { ok: false, reason: "text" };
      }
    },
  });
}

/** Whether a stored value claims to be sealed in a version that {@link Cipher.open} reads. */
export function isSealed(value: unknown): value is string {
  return typeof value === "string" && value.startsWith(PREFIX);
}

/** Whether a stored value claims to be sealed in any version: such a value is never shown as text. */
export function looksSealed(value: unknown): value is string {
  return typeof value === "string" && ANY_VERSION.test(value);
}

/** Whether a text may not be stored in a field of sealed texts, since some reader would take it for a sealed value. */
export function couldPassForSealed(text: string): boolean {
  return text.startsWith(ANY_PREFIX);
}

/** The prefix and IV of a sealed value: enough to know the value again. */
export function markOf(sealed: string): string {
  return sealed.slice(0, PREFIX.length + IV_CHARS);
}

/** Whether two keys open the same values. Keys cannot be read, so one key is tried on what the other has sealed. */
export async function isSameKey(one: CryptoKey, other: CryptoKey): Promise<boolean> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, one, new Uint8Array());
  return await crypto.subtle.decrypt({ name: "AES-GCM", iv }, other, sealed).then(() => true, () => false);
}
