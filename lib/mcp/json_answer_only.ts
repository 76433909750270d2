// Answers for clients that take JSON alone, made of the SDK's streams.
import { jsonRpcError } from "../http/json_rpc_error.ts";
import { isEventStream } from "../http/is_event_stream.ts";
import { isJsonObject } from "../kit/json.ts";

/** What begins a line of content in an event stream. */
const DATA = "data:";

/**
 * The answer of a client that takes JSON alone (Copilot Studio and others): where the SDK answers on a stream, the stream is
 * read to its end and the responses on it are returned as JSON, one as it is, those of a batch as an array. Notifications
 * are dropped. A request to the client cannot be on the stream, because such a client is asked nothing.
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

/** The JSON-RPC responses of a stream, in its order. The SDK writes a message on one line. */
function responsesIn(events: string): readonly unknown[] {
  return events.split("\n").flatMap((line) => {
    const text = line.startsWith(DATA) ? line.slice(DATA.length).trim() : "";
    const message: unknown = text === "" ? null : JSON.parse(text);
    return isJsonObject(message) && ("result" in message || "error" in message) ? [message] : [];
  });
}
