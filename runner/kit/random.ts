// Chance that can be played again: the same words of a seed give the same numbers on every machine. Never for secrets.

/** Creates chance from the words of a seed, such as `1/anna/0`. */
export function createRandom(seed: string): Random {
  let state = hashOf(seed);
  // Mulberry32: 32 bits of state, and good enough to choose who buys milk.
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const weighted = <T>(items: readonly T[], weightOf: (item: T) => number): T | null => {
    const sum = items.reduce((all, item) => all + weightOf(item), 0);
    let left = next() * sum;
    for (const item of items) {
      left -= weightOf(item);
      if (left < 0) return item;
    }
    return null;
  };
  return Object.freeze({
    whole: (from: number, to: number) => from + Math.floor(next() * (to - from + 1)),
    happens: (chance: number) => next() < chance,
    pick: <T>(items: readonly [T, ...T[]]) => items[Math.floor(next() * items.length)] ?? items[0],
    weighted,
  });
}

/** Chance. Each call moves it on. */
export interface Random {
  /** A whole number, both ends included. */
  whole(from: number, to: number): number;
  /** True so often out of 1. */
  happens(chance: number): boolean;
  /** Any of them. */
  pick<T>(items: readonly [T, ...T[]]): T;
  /** One of them, more often the more it weighs; null where nothing weighs anything. */
  weighted<T>(items: readonly T[], weightOf: (item: T) => number): T | null;
}

/** FNV-1a, 32 bits, over UTF-16 units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
