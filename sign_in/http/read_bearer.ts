// The bearer token of a request (sync-protocol, section 1). Does not verify it.

/** The token after the exact bytes `Bearer ` (sync-protocol, section 1), or `undefined`. */
export function readBearer(headers: Headers): string | undefined {
  const value = headers.get("authorization");
  return value?.startsWith("Bearer ") ? value.slice("Bearer ".length) : undefined;
}
