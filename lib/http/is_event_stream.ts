import { JsonResponse } from "./json_response.ts";

/** Whether a response is an event stream, which is still being made when it is returned. */
export function isEventStream(response: Response): boolean {
  return !(response instanceof JsonResponse) &&
    response.headers.get("content-type")?.startsWith("text/event-stream") === true;
}
