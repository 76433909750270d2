import { Refused } from "../errors.ts";
import { OVERLOAD_RETRY_SECONDS } from "../limits.ts";

/** Counts requests in work. */
export interface InFlight {
  /** Counts one more. Throws Refused `overloaded` when as many as may are counted. */
  begin(): void;
  /** Counts one less; to be called once for each that has begun, when the last byte of its answer was handed over. */
  end(): void;
  /** Resolves as soon as nothing is counted. */
  drained(): Promise<void>;
}

/** Creates a counter at zero that counts up to `max`. */
export function createInFlight(max: number): InFlight {
  let running = 0;
  const waiting: (() => void)[] = [];
  return Object.freeze({
    begin(): void {
      if (running >= max) {
        throw new Refused({ reason: "overloaded", retryAfterSeconds: OVERLOAD_RETRY_SECONDS });
      }
      running += 1;
    },
    end(): void {
      running -= 1;
      if (running > 0) return;
      for (const resume of waiting.splice(0)) resume();
    },
    drained: () =>
      running === 0 ? Promise.resolve() : new Promise<void>((resolve) => void waiting.push(resolve)),
  });
}
