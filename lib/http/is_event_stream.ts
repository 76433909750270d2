// Whether a response is a stream of events, asked of every response of the endpoint.
import { JsonResponse } from "./json_response.ts";

/** Whether a response is an event stream, whose events are still to come when the response is returned. */
export function isEventStream(response: Response): boolean {
  return !(response instanceof JsonResponse) &&
    response.headers.get("content-type")?.startsWith("text/event-stream") === true;
}
