// A keyed hash: passwords of personas and hashes of arguments are made of it.

/** HMAC-SHA-256 of a text under a secret. */
export async function hmac(secret: string, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes.encode(secret), algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign(algorithm, key, bytes.encode(text)));
}
