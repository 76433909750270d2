// Work that must not overlap, ordered by key. Drops nothing and bounds nothing.

/** Runs work for a key once the work before it for the same key has ended, failed or not. */
export type InTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/**
 * Starts with no work. Needed where an app's two windows show one refresh token in the same moment: they pass one after
 * the other, so that the second finds the answer of the first.
 */
export function createInTurn(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const before = last.get(key);
    const running = before === undefined ? work() : before.then(work, work);
    last.set(key, running);
    try {
      return await running;
    } finally {
      if (last.get(key) === running) last.delete(key);
    }
  };
}
