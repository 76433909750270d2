/** Runs work for a key, once whatever runs for the same key has ended, failed or not. */
export type InTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/**
 * Creates an order of work by key. The two windows of an app that show one refresh token in the same moment pass one after
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
