// The hash of secrets that only have to be recognised: codes, tokens, client secrets. Never of passwords.

/** SHA-256 in base64url, without padding: 43 characters. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toBase64({ alphabet: "base64url", omitPadding: true });
}
