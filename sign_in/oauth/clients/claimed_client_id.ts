// The client that a request claims to come from (RFC 6749, section 2.3.1). Proves nothing.

/** The client id in a request to the token or revocation endpoint: of its Basic credentials, else of its form. */
export function clientIdOf(headers: Headers, body: URLSearchParams): string | undefined {
  const basic = /^Basic +(\S+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  if (basic === undefined) return body.get("client_id") ?? undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.fromBase64(basic));
    // RFC 6749, section 2.3.1: both halves are form-encoded.
    return decodeURIComponent((text.split(":")[0] ?? "").replaceAll("+", " "));
  } catch {
    return undefined; // no base64, no UTF-8, no percent-encoding: no client
  }
}
