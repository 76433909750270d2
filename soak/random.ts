/** Chance that can be had again: the same seed and name give the same sequence. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number;
  chance(probability: number): boolean;
  /** One of a list that is not empty. */
  pick<T>(list: readonly [T, ...T[]]): T;
  /** One of a list, undefined when it is empty. */
  any<T>(list: readonly T[]): T | undefined;
  /** A sequence of its own for one actor, so that what one does shifts nothing of another. */
  fork(name: string): Random;
}

/** Creates a sequence (mulberry32 over an FNV-1a hash of the name). */
export function createRandom(seed: number, name = "soak"): Random {
  let state = hash(`${seed}/${name}`);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    whole: (least, most) => least + Math.floor(next() * (most - least + 1)),
    chance: (probability) => next() < probability,
    pick: (list) => list[Math.floor(next() * list.length)] ?? list[0],
    any: (list) => list[Math.floor(next() * list.length)],
    fork: (other) => createRandom(seed, `${name}/${other}`),
  };
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193);
  return value;
}
