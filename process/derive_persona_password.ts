// The password of a synthetic person, which nobody stores: whoever knows the seed secret makes it again. Backend, runner and
// tasks must agree on it, so it stands here. Imports nothing.

/** The first {@link LENGTH} letters and digits of base64(HMAC-SHA-256(secret, address)). */
export async function derivePersonaPassword(secret: string, address: string): Promise<string> {
  const bytes = new TextEncoder();
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes.encode(secret), hmac, false, ["sign"]);
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes.encode(address)));
  return mac.toBase64().replaceAll(/[^A-Za-z0-9]/g, "").slice(0, LENGTH);
}

/** Characters of a password; a MAC of 32 bytes gives 43. */
const LENGTH = 32;
