// The two keys that authorship derives of a person's master key, each made once: one signs changes, one makes the pseudonyms of
// apps. What is signed is signed_text.ts.
import type { MasterKeys } from "../sealing/master_key.ts";

/** The keys of people, as long as their master keys are held. */
export interface AuthorKeys {
  /** What a person's keys sign and name. */
  of(masterKey: CryptoKey): Promise<AuthorKey>;
}

/** What one master key signs and names. All texts are 32 hex digits: the first half of an HMAC-SHA-256. */
export interface AuthorKey {
  /** The signature of a text of {@link signedText}. */
  sign(text: string): Promise<string>;
  /** Stands for an app in the change log. Only who has the key can tell for which. */
  pseudonymOf(appKey: string): Promise<string>;
}

/** Starts with no key. */
export function createAuthorKeys(masterKeys: Pick<MasterKeys, "macKey">): AuthorKeys {
  const keys = new WeakMap<CryptoKey, Promise<AuthorKey>>();
  return Object.freeze({
    of(masterKey: CryptoKey) {
      let key = keys.get(masterKey);
      if (key === undefined) keys.set(masterKey, key = deriveKey(masterKeys, masterKey));
      return key;
    },
  });
}

/** Apps of one person whose pseudonyms are remembered: more are made again each time that they are needed. */
const MAX_PSEUDONYMS = 100;
const UTF8 = new TextEncoder();
const MAC_BYTES = 16;

async function deriveKey({ macKey }: Pick<MasterKeys, "macKey">, masterKey: CryptoKey): Promise<AuthorKey> {
  const [calls, apps] = await Promise.all([
    macKey(masterKey, "mana-mcp/call/v1"),
    macKey(masterKey, "mana-mcp/app/v1"),
  ]);
  const pseudonyms = new Map<string, string>();
  return Object.freeze({
    sign: (text: string) => macOf(calls, text),
    async pseudonymOf(appKey: string) {
      const known = pseudonyms.get(appKey);
      if (known !== undefined) return known;
      const pseudonym = await macOf(apps, appKey);
      if (pseudonyms.size < MAX_PSEUDONYMS) pseudonyms.set(appKey, pseudonym);
      return pseudonym;
    },
  });
}

async function macOf(key: CryptoKey, text: string): Promise<string> {
  const mac = await crypto.subtle.sign("HMAC", key, UTF8.encode(text));
  return new Uint8Array(mac, 0, MAC_BYTES).toHex();
}
