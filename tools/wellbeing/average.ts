// The average of numbers that come one after the other, for the summaries of listings.

/** Starts without numbers. */
export function createAverage(): Average {
  let sum = 0;
  let count = 0;
  return {
    add(value) {
      if (typeof value !== "number") return;
      sum += value;
      count += 1;
    },
    value: () => count === 0 ? null : Math.round(sum / count * 100) / 100,
  };
}

/** The average of some numbers. */
export interface Average {
  /** Counts a number in. What is no number could not be read, or was not given. */
  add(value: unknown): void;
  /** Rounded to two places; null without numbers. */
  value(): number | null;
}
