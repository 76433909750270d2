// Seals what lies in the database or in a page and must be read by this server alone: AES-256-GCM, each purpose with a key of
// its own from the server's secrets. Knows no database and no cookie.
import type { Secrets } from "../../secrets/secrets.ts";

/**
 * Creates the sealing for one purpose. The first secret seals and all secrets open, so that a secret can be renewed: put the
 * new one in front and take the old one out once nothing is sealed with it any more.
 */
export function createSealing(deps: SealingDeps): Sealing {
  const derived = new Map<string, Promise<Keys>>();
  /** The keys of a secret, derived when they are first needed; `undefined`: the secret is not known. */
  const keysOf = (id: string): Promise<Keys> | undefined => {
    const secret = deps.secrets.find((each) => String(each.id) === id);
    if (secret === undefined) return undefined;
    const keys = derived.get(id) ?? deriveKeys(secret.text, deps.purpose);
    derived.set(id, keys);
    return keys;
  };
  const [{ id: sealingId, text: sealingText }] = deps.secrets;
  const first = () => keysOf(String(sealingId)) ?? deriveKeys(sealingText, deps.purpose);
  return {
    async seal(text, place) {
      const iv = deps.randomBytes(IV_BYTES);
      const cipher = await crypto.subtle.encrypt(
        { name: "AES-GCM", iv, additionalData: toAdditionalData(deps.purpose, place) },
        (await first()).sealing,
        new TextEncoder().encode(text),
      );
      const bytes = new Uint8Array(IV_BYTES + cipher.byteLength);
      bytes.set(iv);
      bytes.set(new Uint8Array(cipher), IV_BYTES);
      return `${sealingId}.${bytes.toBase64(BASE64URL)}`;
    },
    async open(sealed, place) {
      const [id = "", text = "", ...rest] = sealed.split(".");
      const key = await keysOf(id);
      const bytes = decode(text);
      if (key === undefined || bytes === undefined || rest.length > 0) return undefined;
      try {
        const plain = await crypto.subtle.decrypt(
          {
            name: "AES-GCM",
            iv: bytes.subarray(0, IV_BYTES),
            additionalData: toAdditionalData(deps.purpose, place),
          },
          key.sealing,
          bytes.subarray(IV_BYTES),
        );
        return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(plain);
      } catch {
        return undefined; // cut, changed, or sealed for another place
      }
    },
    async fingerprint(text) {
      const mac = await crypto.subtle.sign("HMAC", (await first()).marking, new TextEncoder().encode(text));
      return new Uint8Array(mac).toBase64(BASE64URL);
    },
  };
}

/** Seals and opens texts of one purpose. */
export interface Sealing {
  /** Seals a text for one place: nowhere else does it open. */
  seal(text: string, place: SealedPlace): Promise<string>;
  /** The text; `undefined`: sealed for another place, with a secret that is not known, cut or changed. */
  open(sealed: string, place: SealedPlace): Promise<string | undefined>;
  /** A keyed hash: tells equal texts, and nothing of the text. It changes with the first secret. */
  fingerprint(text: string): Promise<string>;
}

/** Where a sealed text belongs. */
export interface SealedPlace {
  /** Who keeps the text: `grant:<id>`, `session:<id>`. */
  readonly holder: string;
  /** The person whose text it is; empty where that is not known yet. */
  readonly userId: string;
}

/** What the sealing is made of. */
export interface SealingDeps {
  readonly secrets: Secrets;
  /** What is sealed, in fixed words: a text of one purpose never opens for another. */
  readonly purpose: string;
  readonly randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
}

/** Length of an initialisation vector (NIST SP 800-38D, section 8.2). */
const IV_BYTES = 12;
const BASE64URL = { alphabet: "base64url", omitPadding: true } as const;

interface Keys {
  /** Seals and opens. */
  readonly sealing: CryptoKey;
  /** Makes fingerprints. */
  readonly marking: CryptoKey;
}

async function deriveKeys(secret: string, purpose: string): Promise<Keys> {
  const input = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), "HKDF", false, [
    "deriveKey",
  ]);
  const from = (use: string) => ({
    name: "HKDF",
    hash: "SHA-256",
    salt: new Uint8Array(),
    info: new TextEncoder().encode(JSON.stringify(["mana sign-in", purpose, use])),
  });
  return {
    sealing: await crypto.subtle.deriveKey(
      from("seal"),
      input,
      { name: "AES-GCM", length: 256 },
      false,
      ["encrypt", "decrypt"],
    ),
    marking: await crypto.subtle.deriveKey(
      from("mark"),
      input,
      { name: "HMAC", hash: "SHA-256", length: 256 },
      false,
      ["sign"],
    ),
  };
}

/** JSON, so that no holder with a separator in it can pass for another pair of holder and person. */
function toAdditionalData(purpose: string, { holder, userId }: SealedPlace): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify([purpose, holder, userId]));
}

function decode(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.fromBase64(text, { alphabet: "base64url" });
  } catch {
    return undefined;
  }
}
