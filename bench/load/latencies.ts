/** Collects the latencies of one run in milliseconds; grows as needed, without a boxed number per request. */
export interface Latencies {
  add(ms: number): void;
  readonly count: () => number;
  /** All of them, from small to large. */
  sorted(): Float64Array;
}

/** Creates an empty collection. */
export function createLatencies(): Latencies {
  let values = new Float64Array(1 << 14);
  let count = 0;
  return {
    add(ms) {
      if (count === values.length) {
        const larger = new Float64Array(values.length * 2);
        larger.set(values);
        values = larger;
      }
      values[count++] = ms;
    },
    count: () => count,
    sorted: () => values.slice(0, count).sort(),
  };
}
