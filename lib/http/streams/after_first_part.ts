// Holds a response back for a moment, while its status can still become another.
import type { Clock } from "../../kit/clock.ts";
import { wrapStream } from "./wrap_stream.ts";

/**
 * The same response, as soon as its body has a first part or has ended, at the latest after `waitMs`. Until then the caller can
 * still answer with another status. Rejects where the body breaks before its first part.
 */
export async function afterFirstPart(
  response: Response,
  waitMs: number,
  clock: Clock,
): Promise<Response> {
  if (response.body === null) return response;
  const reader = response.body.getReader();
  const first = reader.read();
  // A stream that breaks later, when nobody reads it, is no unhandled rejection.
  first.catch(() => {});
  const late = Promise.withResolvers<void>();
  const disarm = clock.after(waitMs, late.resolve);
  try {
    await Promise.race([first, late.promise]);
  } finally {
    disarm();
  }
  return wrapStream(response, { reader, first });
}
