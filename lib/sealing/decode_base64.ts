// Standard base64, read strictly: the form of sealed values and of master keys. Contract: crypto.

/** The bytes of standard base64 with padding; null for anything else. */
export function decodeBase64(base64: string): Uint8Array<ArrayBuffer> | null {
  if (WHITESPACE.test(base64)) return null;
  try {
    return Uint8Array.fromBase64(base64, { alphabet: "base64", lastChunkHandling: "strict" });
  } catch {
    return null;
  }
}

/** Characters that the native decoder skips, but that the form does not allow. */
const WHITESPACE = /[\t\n\f\r ]/;
