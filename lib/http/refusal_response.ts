// Refusals as HTTP answers. The words and the status come from kit/errors.ts; here are the headers that go with them.
import { bearerChallenge, type ChallengeHints } from "./bearer.ts";
import { describeRefusal, type Refusal } from "../kit/errors.ts";

/**
 * A refusal as an HTTP answer. The body is a JSON-RPC error, which MCP clients show. `hints` tell a client that was refused
 * for its token where to get one.
 */
export function refusalResponse(refusal: Refusal, hints: ChallengeHints | null = null): Response {
  const { status, message } = describeRefusal(refusal);
  const headers = new Headers({ "content-type": "application/json", "cache-control": "no-store" });
  if (status === 401 || refusal.reason === "scope-missing") {
    headers.set("www-authenticate", bearerChallenge(refusal, message, hints));
  }
  if (refusal.reason === "method-not-allowed") headers.set("allow", refusal.allow);
  if (refusal.reason === "overloaded" || refusal.reason === "share-exceeded") {
    headers.set("retry-after", String(refusal.retryAfterSeconds));
  } else if (status === 503) headers.set("retry-after", "5");
  const body = {
    jsonrpc: "2.0",
    error: { code: SERVER_ERROR, message, data: { reason: refusal.reason } },
    id: null,
  };
  return new Response(JSON.stringify(body), { status: status === 499 ? 400 : status, headers });
}

/** The JSON-RPC error code used for refusals before a message is read; the HTTP status says the rest. */
const SERVER_ERROR = -32000;
