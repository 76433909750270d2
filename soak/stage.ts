/** Lets everyone work at the same time, and stops everyone for a look. */
export interface Stage {
  /** Takes steps one after the other until the end; waits where everyone is stopped. */
  play(step: () => Promise<void>): Promise<void>;
  /** Resolves when no step is running; none starts before {@link Stage.go}. */
  halt(): Promise<void>;
  go(): void;
  /** Like halt, for good. */
  end(): Promise<void>;
}

/** Creates a stage on which everyone may go. */
export function createStage(): Stage {
  let isOver = false;
  let gate: PromiseWithResolvers<void> | null = null;
  const running = new Set<Promise<void>>();
  const settle = async () => {
    while (running.size > 0) await Promise.allSettled(running);
  };
  const stage: Stage = {
    async play(step) {
      while (!isOver) {
        await gate?.promise;
        if (isOver) return;
        const work = step();
        running.add(work);
        try {
          await work;
        } finally {
          running.delete(work);
        }
      }
    },
    async halt() {
      gate ??= Promise.withResolvers<void>();
      await settle();
    },
    go() {
      gate?.resolve();
      gate = null;
    },
    async end() {
      isOver = true;
      stage.go();
      await settle();
    },
  };
  return stage;
}
