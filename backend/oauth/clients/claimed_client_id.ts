/** The client that a request to the token or revocation endpoint claims to come from. Whether it does is not said. */
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
