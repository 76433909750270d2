// Holds a response back for a moment, while its status can still become another.
import type { Clock } from "../../kit/clock.ts";

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
  let next: Promise<ReadableStreamReadResult<Uint8Array>> | undefined = reader.read();
  // A stream that breaks later, when nobody reads it, is no unhandled rejection.
  next.catch(() => {});
  const late = Promise.withResolvers<void>();
  const disarm = clock.after(waitMs, late.resolve);
  try {
    await Promise.race([next, late.promise]);
  } finally {
    disarm();
  }
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const reading = next ?? reader.read();
      next = undefined;
      const part = await reading;
      if (part.done) controller.close();
      else controller.enqueue(part.value);
    },
    async cancel(reason) {
      await reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
  return new Response(body, { status: response.status, headers: response.headers });
}
