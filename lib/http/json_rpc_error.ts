// JSON-RPC errors for messages that no MCP server has seen.

/**
 * A JSON-RPC error as an HTTP answer. Its `id` is null, since the message was not read (JSON-RPC 2.0 section 5). `message` goes
 * to the client: fixed words, never a part of the request.
 */
export function jsonRpcError(status: number, code: number, message: string): Response {
  return Response.json({ jsonrpc: "2.0", error: { code, message }, id: null }, { status });
}
