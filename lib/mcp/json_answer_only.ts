// Answers for clients that take JSON alone, made of the SDK's streams.
import { jsonRpcError } from "../http/json_rpc_error.ts";
import { isEventStream } from "../http/is_event_stream.ts";
import { isJsonObject } from "../kit/json.ts";

/**
 * Makes the answer for a client that takes JSON alone (Copilot Studio and others). A stream of the SDK is read to its end;
 * the response on it is returned as JSON, the responses to a batch as an array. Notifications are dropped. No request to the
 * client can be on the stream, because such a client is asked nothing.
 */
export async function jsonAnswerOnly(response: Response, isBatch: boolean): Promise<Response> {
  if (!isEventStream(response)) return response;
  const answers = responsesIn(await response.text());
  if (answers.length === 0) {
    return jsonRpcError(500, -32603, "Internal error: the call ended without an answer.");
  }
  const headers = new Headers(response.headers);
  headers.set("content-type", "application/json");
  return new Response(JSON.stringify(isBatch ? answers : answers[0]), { status: response.status, headers });
}

/** The JSON-RPC responses on a stream, in the order of the stream. The SDK writes each message on a single line. */
function responsesIn(events: string): readonly unknown[] {
  return events.split("\n").flatMap((line) => {
    const text = line.startsWith(DATA) ? line.slice(DATA.length).trim() : "";
    const message: unknown = text === "" ? null : JSON.parse(text);
    return isJsonObject(message) && ("result" in message || "error" in message) ? [message] : [];
  });
}

/** What begins a line of content in an event stream. */
const DATA = "data:";
