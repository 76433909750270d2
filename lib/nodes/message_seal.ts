// Seals what gateways tell each other through the store, whose operator can then neither read a message nor write one.
import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";
import { joinBytes } from "../kit/bytes/join_bytes.ts";
import type { NodeKeys } from "./node_keys.ts";

/** Seals and opens messages. */
export interface MessageSeal {
  seal(text: string): string;
  /** The text; null where no gateway with one of these secrets has sealed it. */
  open(sealed: string): string | null;
}

const CIPHER = "aes-256-gcm";
/** Of each message: the first half makes its key, the second half is the nonce under that key. */
const RANDOM_BYTES = 24;
const TAG_BYTES = 16;

/**
 * Creates the seal: AES-256-GCM, under a key of its own for each message, out of the newest key; what was sealed under any of them
 * opens. With one key for all, 96 random bits would be too few for the messages that many gateways send within a year (NIST
 * SP 800-38D section 8.3: 2^32). `kid.` and, in base64url, the random bytes, the ciphertext and the tag.
 */
export function createMessageSeal(nodeKeys: NodeKeys): MessageSeal {
  const keys = nodeKeys.derive("node-message");
  return Object.freeze({
    seal(text: string): string {
      const [{ kid, bytes }] = keys;
      const random = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES));
      const { key, nonce } = messageKey(bytes, random);
      const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
      const parts = [random, cipher.update(text, "utf8"), cipher.final()];
      return `${kid}.${joinBytes(...parts, cipher.getAuthTag()).toBase64({ alphabet: "base64url" })}`;
    },
    open(sealed: string): string | null {
      const dot = sealed.indexOf(".");
      const shared = keys.find(({ kid }) => kid === sealed.slice(0, dot));
      if (shared === undefined) return null;
      try {
        const bytes = Uint8Array.fromBase64(sealed.slice(dot + 1), { alphabet: "base64url" });
        if (bytes.length < RANDOM_BYTES + TAG_BYTES) return null;
        const { key, nonce } = messageKey(shared.bytes, bytes.subarray(0, RANDOM_BYTES));
        const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
        decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
        const text = decipher.update(bytes.subarray(RANDOM_BYTES, -TAG_BYTES));
        return new TextDecoder().decode(joinBytes(text, decipher.final()));
      } catch {
        return null;
      }
    },
  });
}

/** As XAES-256-GCM does it (c2sp.org/XAES-256-GCM), with HMAC-SHA-256 in the place of CMAC. */
function messageKey(shared: Uint8Array, random: Uint8Array): { key: Uint8Array; nonce: Uint8Array } {
  const half = RANDOM_BYTES / 2;
  return {
    key: createHmac("sha256", shared).update(random.subarray(0, half)).digest(),
    nonce: random.subarray(half),
  };
}
