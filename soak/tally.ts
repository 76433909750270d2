/** Counts by kind, in the order of first use. */
export interface Tally {
  add(kind: string, count?: number): void;
  of(kind: string): number;
  total(): number;
  entries(): readonly (readonly [kind: string, count: number])[];
}

/** Creates an empty one. */
export function createTally(): Tally {
  const counts = new Map<string, number>();
  return {
    add: (kind, count = 1) => void counts.set(kind, (counts.get(kind) ?? 0) + count),
    of: (kind) => counts.get(kind) ?? 0,
    total: () => [...counts.values()].reduce((sum, count) => sum + count, 0),
    entries: () => [...counts],
  };
}
