// Tells when nothing more of a response will be sent.
import { wrapStream } from "./wrap_stream.ts";

/**
 * The same response, which calls `done` exactly once, when nothing more of it will be sent: at once where the response has no
 * body, else when the body ends, breaks or is cancelled because the client went away.
 */
export function onEnd(response: Response, done: () => void): Response {
  if (response.body === null) done();
  return wrapStream(response, { onEnd: done });
}
