// Content types of requests and answers (RFC 9110 section 12.5.1; MCP, Streamable HTTP). Reads no body.
import { jsonRpcError } from "./json_rpc_error.ts";

/**
 * Refuses a request whose body is not sent as JSON (415), or whose answer the client says it cannot take (406). A POST can
 * always be answered with JSON, so a client need not take streams, although the specification wants it to.
 *
 * A missing Accept header and wildcards count as consent (RFC 9110 section 12.5.1): hand-made requests work, and
 * nothing is sent that was ruled out. An `application/json` that is demanded exactly also keeps browsers from posting
 * here without a CORS preflight, which forms and `text/plain` would.
 */
export function mediaGuard(request: Request): Response | undefined {
  if (request.method === "POST") {
    if (isUsual(request.headers)) return undefined;
    if (!isPlainJson(request.headers)) {
      return jsonRpcError(
        415,
        -32000,
        "Unsupported Media Type: send the body as Content-Type: application/json.",
      );
    }
    return accepts(request, "application/json") ? undefined : notAcceptable();
  }
  return takesStreams(request) ? undefined : notAcceptable();
}

/** The two types of answers in both eras. A client lists both (MCP 2025-11-25 and 2026-07-28, Streamable HTTP, sending messages). */
export const ANSWER_TYPES = "application/json, text/event-stream";

/** Whether the client takes an event stream as answer. */
export function takesStreams(request: Request): boolean {
  return request.headers.get("accept") === ANSWER_TYPES || accepts(request, "text/event-stream");
}

/** The answer where only a stream can answer a request and the client takes no streams. */
export function streamNotAcceptable(): Response {
  return jsonRpcError(
    406,
    -32000,
    "Not Acceptable: this answer is an event stream, send Accept: application/json, text/event-stream.",
  );
}

/** The headers as clients send them word for word, so that nothing has to be parsed. */
function isUsual(headers: Headers): boolean {
  return headers.get("accept") === ANSWER_TYPES && headers.get("content-type") === "application/json" &&
    headers.get("content-encoding") === null;
}

function notAcceptable(): Response {
  return jsonRpcError(406, -32000, `Not Acceptable: send Accept: ${ANSWER_TYPES}.`);
}

function isPlainJson(headers: Headers): boolean {
  const encoding = headers.get("content-encoding");
  if (encoding !== null && encoding.trim().toLowerCase() !== "identity") return false;
  const [type, ...parameters] = (headers.get("content-type") ?? "").split(";").map((part) =>
    part.trim().toLowerCase()
  );
  // JSON is UTF-8 (RFC 8259 section 8.1). With another charset a proxy could read another text.
  return type === "application/json" &&
    parameters.every((parameter) =>
      !parameter.startsWith("charset=") || /^charset="?utf-8"?$/.test(parameter)
    );
}

function accepts(request: Request, type: string): boolean {
  const header = request.headers.get("accept");
  if (header === null) return true;
  const ranges = header.split(",").map((range) => range.split(";").map((part) => part.trim().toLowerCase()));
  const [family] = type.split("/");
  // The most specific range decides, so that "*/*, text/event-stream;q=0" rules streams out.
  for (const wanted of [type, `${family}/*`, "*/*"]) {
    const range = ranges.find(([name]) => name === wanted);
    if (range !== undefined) return !range.slice(1).some((parameter) => /^q=0(\.0{0,3})?$/.test(parameter));
  }
  return false;
}
