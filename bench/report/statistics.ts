// What is made of the values of several rounds.

/** The middle value, the mean of the two middle ones for an even number; NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[middle - 1], sorted[middle]];
  if (high === undefined) return NaN;
  return sorted.length % 2 === 1 || low === undefined ? high : (low + high) / 2;
}

/**
 * The median of `a[i] / b[i]`: what the machine does meanwhile hits both values of a pair alike, so that the ratio of a
 * pair is steadier than either value. Throws RangeError when the two are not equally long.
 */
export function medianRatio(a: readonly number[], b: readonly number[]): number {
  return median(paired(a, b).map(([x, y]) => x / y));
}

/** The median of `a[i] - b[i]`, for the same reason. Throws RangeError when the two are not equally long. */
export function medianDifference(a: readonly number[], b: readonly number[]): number {
  return median(paired(a, b).map(([x, y]) => x - y));
}

/** How far values lie from their median at most, as a share of it. */
export function spread(values: readonly number[]): number {
  const middle = median(values);
  return Math.max(...values.map((value) => Math.abs(value - middle))) / middle;
}

function paired(a: readonly number[], b: readonly number[]): [number, number][] {
  if (a.length !== b.length) throw new RangeError(`Cannot pair ${a.length} with ${b.length} values`);
  return a.map((value, i) => [value, b[i] ?? NaN]);
}
