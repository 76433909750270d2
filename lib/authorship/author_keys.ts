// The two keys that authorship derives of a person's master key, each made once and when it is needed: one signs changes, one makes
// the pseudonyms of apps. What is signed is signed_text.ts.
import { createHmac, KeyObject } from "node:crypto";
import type { KeyUse, MasterKeys } from "../sealing/master_key.ts";

/** The keys of people, as long as their master keys are held. */
export interface AuthorKeys {
  /** What a person's keys sign and name. */
  of(masterKey: CryptoKey): AuthorKey;
}

/** What one master key signs and names. All texts are 32 hex digits: the first half of an HMAC-SHA-256. */
export interface AuthorKey {
  /** Signs texts of `signedText`. The function stays good as long as the master key. */
  signing(): Promise<(text: string) => string>;
  /** Stands for an app in the change log. Only who has the key can tell for which. */
  pseudonymOf(appKey: string): Promise<string>;
}

/** Starts with no key. */
export function createAuthorKeys(masterKeys: Pick<MasterKeys, "macKey">): AuthorKeys {
  const keys = new WeakMap<CryptoKey, AuthorKey>();
  return Object.freeze({
    of(masterKey: CryptoKey) {
      let key = keys.get(masterKey);
      if (key === undefined) keys.set(masterKey, key = createAuthorKey(masterKeys, masterKey));
      return key;
    },
  });
}

/** Apps of one person whose pseudonyms are remembered: more are made again each time that they are needed. */
const MAX_PSEUDONYMS = 100;
const MAC_CHARS = 32;

function createAuthorKey(masterKeys: Pick<MasterKeys, "macKey">, masterKey: CryptoKey): AuthorKey {
  const macOf = async (use: KeyUse) => {
    // node's HMAC takes a third of the time of WebCrypto's, which goes through another thread.
    const key = KeyObject.from(await masterKeys.macKey(masterKey, use));
    return (text: string) => createHmac("sha256", key).update(text).digest("hex").slice(0, MAC_CHARS);
  };
  let calls: Promise<(text: string) => string> | null = null;
  let apps: Promise<(text: string) => string> | null = null;
  const pseudonyms = new Map<string, string>();
  return Object.freeze({
    signing: () => calls ??= macOf("mana-mcp/call/v1"),
    async pseudonymOf(appKey: string) {
      const known = pseudonyms.get(appKey);
      if (known !== undefined) return known;
      const pseudonym = (await (apps ??= macOf("mana-mcp/app/v1")))(appKey);
      if (pseudonyms.size < MAX_PSEUDONYMS) pseudonyms.set(appKey, pseudonym);
      return pseudonym;
    },
  });
}
