// Time, as one value that everything gets handed: nobody in lib/ reads a clock or sets a timer by itself, so that tests
// hold time still. It imports nothing.

/** Time as the gateway knows it; tests hold it still. */
export interface Clock {
  /** Milliseconds since 1970: for stamps and for the end of tokens. Can be set back. */
  calendar(): number;
  /** Milliseconds since some start: for durations. Never goes back. */
  elapsed(): number;
  /** Runs `run` once after `ms`, unless the returned function is called first. */
  after(ms: number, run: () => void): () => void;
  /** Waits `ms`. Rejects with the signal's reason when `signal` ends first. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The readings of a clock: `Date.now` and `performance.now` in production. */
export type ClockReadings = Pick<Clock, "calendar" | "elapsed">;

/** Creates a clock with the runtime's own timers. */
export function createClock({ calendar, elapsed }: ClockReadings): Clock {
  return Object.freeze({ calendar, elapsed, after, wait });
}

function after(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

/** {@link Clock.wait} with the runtime's timer. */
export function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const cancelled = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", cancelled);
      resolve();
    }, ms);
    signal?.addEventListener("abort", cancelled, { once: true });
  });
}
