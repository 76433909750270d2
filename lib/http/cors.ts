/** Request headers that browser-based MCP clients send (MCP transports of both eras, and ours). */
const ALLOWED_HEADERS = [
  "authorization",
  "content-type",
  "accept",
  "last-event-id",
  "mcp-method",
  "mcp-name",
  "mcp-protocol-version",
  "mcp-session-id",
  "traceparent",
  "x-mana-fresh",
  "x-mana-space",
  "x-mana-time-zone",
].join(", ");
const EXPOSED_HEADERS = "mcp-session-id, www-authenticate, retry-after";

/** The CORS headers for an origin that the guard has let pass; nothing for a request without one. */
export function corsHeaders(request: Request): Record<string, string> {
  const origin = request.headers.get("origin");
  if (origin === null) return {};
  return {
    "access-control-allow-origin": origin,
    "access-control-expose-headers": EXPOSED_HEADERS,
    "vary": "origin",
  };
}

/** The answer to a preflight (Fetch standard, CORS protocol), or undefined when the request is none. */
export function preflightResponse(request: Request): Response | undefined {
  if (request.method !== "OPTIONS" || !request.headers.has("access-control-request-method")) return undefined;
  return new Response(null, {
    status: 204,
    headers: {
      ...corsHeaders(request),
      "access-control-allow-methods": "GET, POST, DELETE",
      "access-control-allow-headers": ALLOWED_HEADERS,
      "access-control-max-age": "600",
    },
  });
}
