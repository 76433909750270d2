// Judges whether one checkout is slower than another from paired rounds. Pure: no process, no clock.
import { median } from "../report/statistics.ts";

/** Below this share of the old rate a new one is slower, if noise alone did not reach so low. */
export const LEAST_RATIO = 0.95;

/** Modules are added, and each costs a little at the start: no version may take more than this many times as long as one before. */
export const MOST_START = 2;
/** The same for the memory that a gateway holds before anybody calls. */
export const MOST_REST = 1.6;

/**
 * Judges one workload. Both lists hold ratios of requests per second of pairs of rounds: `noise` of the old checkout
 * against itself, `ratios` of new to old. Slower is a median below {@link LEAST_RATIO} and below every ratio of the noise;
 * where the noise reached as low, it is unclear. Throws RangeError for an empty list.
 */
export function judgeAgainst(noise: readonly number[], ratios: readonly number[]): AgainstVerdict {
  if (noise.length === 0 || ratios.length === 0) throw new RangeError("Cannot judge without rounds");
  const middle = median(ratios);
  const lowest = Math.min(...noise);
  const word = middle >= LEAST_RATIO ? "ok" : middle < lowest ? "slower" : "unclear";
  return { median: middle, lowest, highest: Math.max(...noise), word };
}

/** What became of one workload. */
export interface AgainstVerdict {
  /** Of the ratios new to old. */
  readonly median: number;
  /** The range of the noise. */
  readonly lowest: number;
  readonly highest: number;
  readonly word: "ok" | "unclear" | "slower";
}
