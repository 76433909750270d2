// What a page in a browser may send and read (Fetch standard, CORS protocol). host_guard.ts has refused every other origin before.
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

/** The same response for a page of an origin that the guard has let pass; as it is for a request without one. */
export function withCors(request: Request, response: Response): Response {
  const origin = request.headers.get("origin");
  if (origin === null) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(corsHeaders(origin))) headers.set(name, value);
  return new Response(response.body, { status: response.status, headers });
}

function corsHeaders(origin: string): Record<string, string> {
  return {
    "access-control-allow-origin": origin,
    "access-control-expose-headers": EXPOSED_HEADERS,
    "vary": "origin",
  };
}

/** The answer to a preflight (Fetch standard, CORS protocol), or undefined when the request is none. */
export function preflightResponse(request: Request): Response | undefined {
  if (request.method !== "OPTIONS" || !request.headers.has("access-control-request-method")) return undefined;
  const origin = request.headers.get("origin");
  return new Response(null, {
    status: 204,
    headers: {
      ...(origin === null ? {} : corsHeaders(origin)),
      "access-control-allow-methods": "GET, POST, DELETE",
      "access-control-allow-headers": ALLOWED_HEADERS,
      "access-control-max-age": "600",
    },
  });
}
