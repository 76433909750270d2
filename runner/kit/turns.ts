// Work that is done one piece after the other, whoever asks for it.

/** Creates turns. */
export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return async (work) => {
    const before = last;
    const done = Promise.withResolvers<void>();
    last = done.promise;
    await before;
    try {
      return await work();
    } finally {
      done.resolve();
    }
  };
}

/** Runs a piece of work when all that came before it are done. */
export type Turns = <Result>(work: () => Promise<Result>) => Promise<Result>;
