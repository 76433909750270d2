/**
 * A JSON-RPC error as an HTTP answer, for what is wrong with a message before any server has seen it. No `id` can be
 * named then (JSON-RPC 2.0 section 5). `message` goes to the client: our own words, never a part of the request.
 */
export function jsonRpcError(status: number, code: number, message: string): Response {
  return Response.json({ jsonrpc: "2.0", error: { code, message }, id: null }, { status });
}
