import { Refused } from "../errors.ts";
import { OVERLOAD_RETRY_SECONDS } from "../limits.ts";
import { onResponseEnd } from "../mcp/response_end.ts";

/** Counts requests until the last byte of their answer has been handed over. */
export interface InFlight {
  /**
   * Runs `handle` and counts it until its response has ended. Throws Refused `overloaded` when as many as may are counted.
   */
  track(handle: () => Promise<Response>): Promise<Response>;
  /** Resolves as soon as nothing is counted. */
  drained(): Promise<void>;
}

/** Creates a counter at zero that counts up to `max`. */
export function createInFlight(max: number): InFlight {
  let running = 0;
  const waiting: (() => void)[] = [];
  const end = () => {
    running -= 1;
    if (running > 0) return;
    for (const resume of waiting.splice(0)) resume();
  };
  return Object.freeze({
    async track(handle: () => Promise<Response>): Promise<Response> {
      if (running >= max) {
        throw new Refused({ reason: "overloaded", retryAfterSeconds: OVERLOAD_RETRY_SECONDS });
      }
      running += 1;
      let response: Response;
      try {
        response = await handle();
      } catch (error) {
        end();
        throw error;
      }
      // Only a stream is still being made when its response is returned; wrapping every JSON body would cost time.
      if (response.headers.get("content-type")?.startsWith("text/event-stream")) {
        return onResponseEnd(response, end);
      }
      end();
      return response;
    },
    drained: () =>
      running === 0 ? Promise.resolve() : new Promise<void>((resolve) => void waiting.push(resolve)),
  });
}
