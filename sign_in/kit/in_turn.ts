// Work that must not overlap, ordered by key. Drops nothing; nobody waits for longer than a bound.

/** Runs work for a key once the work before it for the same key has ended, failed or not. @throws {TurnFault} */
export type InTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/**
 * Starts with no work. Needed where an app's two windows show one refresh token in the same moment: they pass one after
 * the other, so that the second finds the answer of the first. Who has waited for {@link TURN_MS} gives up, and its work is
 * never begun.
 */
export function createInTurn(waitMs = TURN_MS): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const before = last.get(key);
    const turn = Promise.withResolvers<void>();
    // Whoever gives up still keeps its place: the next in turn waits for everybody before it.
    const place = Promise.all([before, turn.promise]);
    last.set(key, place);
    try {
      if (before !== undefined && !await isOver(before, waitMs)) throw new TurnFault();
      return await work();
    } finally {
      turn.resolve();
      void place.then(() => {
        if (last.get(key) === place) last.delete(key);
      });
    }
  };
}

/** Somebody's turn did not come in time. */
export class TurnFault extends Error {
  override readonly name = "TurnFault";

  constructor() {
    super("Others were at work for too long");
  }
}

/** Longest wait for one's turn: more attempts than a person makes, and shorter than clients wait. */
export const TURN_MS = 15_000;

async function isOver(before: Promise<unknown>, waitMs: number): Promise<boolean> {
  const timeout = Promise.withResolvers<false>();
  const timer = setTimeout(() => timeout.resolve(false), waitMs);
  try {
    return await Promise.race([before.then(() => true), timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}
