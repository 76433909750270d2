// The hash of a text, by which one value names another one exactly.

/** SHA-256 of a text in UTF-8, as 64 hex digits. */
export async function hashText(text: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).toHex();
}
