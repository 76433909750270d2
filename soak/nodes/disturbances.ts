// When something happened to the shared store: what is promised of it holds at other times only.

/** The times at which the store was not itself. */
export interface Disturbances {
  /** Does something to the store; the time until the gateways are sure to have noticed that it is over is part of it. */
  during(what: () => Promise<void>): Promise<void>;
  /** Whether any of it was between these two times (`performance.now()`). */
  touch(from: number, to: number): boolean;
  /** Whether the store could not be asked all the time between the two. */
  cover(from: number, to: number): boolean;
}

/** A gateway tries a store again after a second; then some, on a machine that is busy. */
const NOTICED_MS = 2_000;

/** Creates an undisturbed time. */
export function createDisturbances(): Disturbances {
  const spans: { readonly from: number; to: number; noticed: number }[] = [];
  return {
    async during(what) {
      const span = { from: performance.now(), to: Infinity, noticed: Infinity };
      spans.push(span);
      try {
        await what();
      } finally {
        span.to = performance.now();
        span.noticed = span.to + NOTICED_MS;
      }
    },
    touch: (from, to) => spans.some((span) => span.from <= to && from <= span.noticed),
    cover: (from, to) => spans.some((span) => span.from <= from && to <= span.to),
  };
}
