// Seals what gateways tell each other through the store, whose operator can then neither read a message nor write one.
import { createCipheriv, createDecipheriv } from "node:crypto";
import type { NodeKeys } from "./node_keys.ts";

/** Seals and opens messages. */
export interface MessageSeal {
  seal(text: string): string;
  /** The text; null where no gateway with one of these secrets has sealed it. */
  open(sealed: string): string | null;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Creates the seal: AES-256-GCM under the newest key; what was sealed under any of them opens. `kid.` and base64url. */
export function createMessageSeal(nodeKeys: NodeKeys): MessageSeal {
  const keys = nodeKeys.derive("node-message");
  return Object.freeze({
    seal(text: string): string {
      const [{ kid, bytes }] = keys;
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const cipher = createCipheriv("aes-256-gcm", bytes, nonce, { authTagLength: TAG_BYTES });
      const parts = [nonce, cipher.update(text, "utf8"), cipher.final()];
      return `${kid}.${concat([...parts, cipher.getAuthTag()]).toBase64({ alphabet: "base64url" })}`;
    },
    open(sealed: string): string | null {
      const dot = sealed.indexOf(".");
      const key = keys.find(({ kid }) => kid === sealed.slice(0, dot));
      if (key === undefined) return null;
      try {
        const bytes = Uint8Array.fromBase64(sealed.slice(dot + 1), { alphabet: "base64url" });
        if (bytes.length < NONCE_BYTES + TAG_BYTES) return null;
        const nonce = bytes.subarray(0, NONCE_BYTES);
        const decipher = createDecipheriv("aes-256-gcm", key.bytes, nonce, { authTagLength: TAG_BYTES });
        decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
        const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
        return new TextDecoder().decode(concat([text, decipher.final()]));
      } catch {
        return null;
      }
    },
  });
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
