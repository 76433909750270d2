import type { Schedule } from "./body.ts";
import { isEventStream } from "./event_stream.ts";

/** How a stream is watched; see {@link revocable}. */
export interface RevocableOptions {
  /** Whether the one who opened the stream may still read it. */
  readonly stands: () => Promise<boolean>;
  readonly everyMs: number;
  readonly schedule: Schedule;
}

/**
 * The same response, whose stream ends soon after access was taken back: a stream is opened once and would otherwise be
 * read for as long as its reader likes. Responses that are no event stream are returned as they are.
 */
export function revocable(response: Response, options: RevocableOptions): Response {
  if (response.body === null || !isEventStream(response)) {
    return response;
  }
  const reader = response.body.getReader();
  let disarm: (() => void) | undefined;
  let ended = false;
  const end = () => {
    ended = true;
    disarm?.();
  };
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const watch = () => {
        disarm = options.schedule(() => {
          void options.stands().then((stands) => {
            if (ended) return;
            if (stands) return watch();
            end();
            controller.close();
            void reader.cancel().catch(() => {});
          });
        }, options.everyMs);
      };
      watch();
    },
    async pull(controller) {
      try {
        const part = await reader.read();
        if (ended) return;
        if (!part.done) return controller.enqueue(part.value);
        end();
        controller.close();
      } catch (error) {
        if (ended) return;
        end();
        controller.error(error);
      }
    },
    async cancel(reason) {
      end();
      await reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
  return new Response(body, { status: response.status, headers: response.headers });
}
