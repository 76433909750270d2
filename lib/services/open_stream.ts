// One stream of server-sent events from a service. Only the names of the events are handed on; what they say is thrown away.
import { Refused, type ServiceFault } from "../kit/errors.ts";
import { MAX_UPSTREAM_BYTES } from "../kit/limits.ts";
import { isRedirect } from "./is_redirect.ts";
import type { ServiceListening, ServiceObservation, ServiceStream, WayOut } from "./service_client.ts";
import { eventNames } from "./sse_event_names.ts";

/** Opens the stream; see `ServiceClient.listen`. */
export async function openStream(way: WayOut, request: ServiceListening): Promise<ServiceStream> {
  const { service, signal } = request;
  const observe = (outcome: ServiceObservation["outcome"]) => way.observe({ service, outcome, ms: null });
  const refused = (fault: ServiceFault, cause?: unknown): Refused => {
    observe(fault);
    return new Refused({ reason: "upstream-failed", upstream: service, fault }, { cause });
  };
  const response = await answerInTime(way, request, refused);
  // Not awaited: what an unwanted answer says is nobody's business, nor how long it takes.
  const giveUp = () => void response.body?.cancel().catch(() => {});
  if (isRedirect(response)) {
    giveUp();
    throw refused("redirected");
  }
  if (response.status !== 200) {
    giveUp();
    observe("rejected");
    return { status: response.status, events: null };
  }
  const type = response.headers.get("content-type") ?? "";
  if (response.body === null || !type.startsWith("text/event-stream")) {
    giveUp();
    throw refused("malformed");
  }
  observe("ok");
  return { status: 200, events: eventsUntil(response.body, signal, refused) };
}

/** The answer's headers, which have to come within `streamTimeoutMs`; the stream itself may then last. */
async function answerInTime(
  way: WayOut,
  { url, headers, signal }: ServiceListening,
  refused: (fault: ServiceFault, cause?: unknown) => Refused,
): Promise<Response> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), way.streamTimeoutMs);
  try {
    return await way.fetch(url, {
      headers: { accept: "text/event-stream", ...headers },
      redirect: "manual",
      signal: AbortSignal.any([signal, timeout.signal]),
    });
  } catch (error) {
    if (signal.aborted) throw new Refused({ reason: "cancelled" }, { cause: error });
    throw refused(timeout.signal.aborted ? "timeout" : "unreachable", error);
  } finally {
    clearTimeout(timer);
  }
}

/** The events of a stream until `signal` ends. A stream that breaks is a refusal; the end by the signal is none. */
async function* eventsUntil(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
  refused: (fault: ServiceFault, cause?: unknown) => Refused,
): AsyncGenerator<string, void, void> {
  try {
    yield* eventNames(body, MAX_UPSTREAM_BYTES, () => refused("too-large"), signal);
  } catch (error) {
    if (signal.aborted) return;
    throw error instanceof Refused ? error : refused("unreachable", error);
  }
}
