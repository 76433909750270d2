// A person's master key as the gateway holds it: for field values as AES-GCM, as the web app uses it, and beside it as the source of
// keys for the gateway's own uses. Its bytes are imported for both at once, and can be read by nobody afterwards. Contract: crypto.

import type { Secret } from "../kit/secret.ts";
import { decodeBase64 } from "./decode_base64.ts";

/** Imports master keys, and derives keys for other uses of them. A derived key lives as long as its master key is held. */
export interface MasterKeys {
  /**
   * The key that opens and seals field values. Null unless the text is standard base64 of exactly 32 bytes. The raw bytes are
   * zeroed.
   */
  import(masterKey: Secret<string>): Promise<CryptoKey | null>;
  /** A 256-bit AES-GCM key for one use. Throws TypeError for a key that {@link import} did not give. */
  sealingKey(masterKey: CryptoKey, use: KeyUse): Promise<CryptoKey>;
  /** An HMAC-SHA-256 key for one use. Throws as {@link sealingKey}. */
  macKey(masterKey: CryptoKey, use: KeyUse): Promise<CryptoKey>;
}

/** A use of a master key, with its version: no two uses share a key (`info` of HKDF, RFC 5869 section 3.2). */
export type KeyUse = `mana-mcp/${string}/v${number}`;

/** Starts with no key. */
export function createMasterKeys(): MasterKeys {
  const sources = new WeakMap<CryptoKey, KeySource>();
  const derived = (
    masterKey: CryptoKey,
    use: KeyUse,
    derive: (source: CryptoKey) => Promise<CryptoKey>,
  ): Promise<CryptoKey> => {
    const source = sources.get(masterKey);
    if (source === undefined) throw new TypeError("Cannot derive a key: this is no master key");
    let key = source.keys.get(use);
    if (key === undefined) source.keys.set(use, key = derive(source.key));
    return key;
  };
  return Object.freeze({
    async import(masterKey: Secret<string>) {
      const raw = decodeBase64(masterKey.reveal());
      if (raw === null) return null;
      try {
        if (raw.byteLength !== KEY_BYTES) return null;
        const [key, source] = await Promise.all([
          crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]),
          crypto.subtle.importKey("raw", raw, "HKDF", false, ["deriveKey"]),
        ]);
        sources.set(key, { key: source, keys: new Map() });
        return key;
      } finally {
        raw.fill(0);
      }
    },
    sealingKey: async (masterKey: CryptoKey, use: KeyUse) =>
      await derived(
        masterKey,
        use,
        (source) => crypto.subtle.deriveKey(hkdf(use), source, SEALING, false, ["encrypt", "decrypt"]),
      ),
    macKey: async (masterKey: CryptoKey, use: KeyUse) =>
      await derived(
        masterKey,
        use,
        (source) => crypto.subtle.deriveKey(hkdf(use), source, MAC, false, ["sign", "verify"]),
      ),
  });
}

const KEY_BYTES = 32;
const SEALING = Object.freeze({ name: "AES-GCM", length: 8 * KEY_BYTES });
const MAC = Object.freeze({ name: "HMAC", hash: "SHA-256", length: 8 * KEY_BYTES });

/** The second import of a master key, with what was derived of it. */
interface KeySource {
  readonly key: CryptoKey;
  readonly keys: Map<KeyUse, Promise<CryptoKey>>;
}

/** Without a salt: the master key is uniformly random already (RFC 5869 section 3.1). */
function hkdf(use: KeyUse) {
  return { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: new TextEncoder().encode(use) };
}
