// The runner's time: one value that everything takes as a parameter, so that a test can turn it.

/** Time, and waiting for it. */
export interface Clock {
  /** Milliseconds since 1970: for stamps and for the days of people. */
  calendar(): number;
  /** Milliseconds of a clock that never goes back: for durations. */
  elapsed(): number;
  /** Runs something later; what it returns takes that back. */
  after(ms: number, run: () => void): () => void;
}

/** Waits so long. Throws the signal's reason when it ends first. */
export async function wait(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const takeBack = clock.after(ms, resolve);
  const end = () => reject(signal.reason);
  signal.addEventListener("abort", end, { once: true });
  try {
    await promise;
  } finally {
    takeBack();
    signal.removeEventListener("abort", end);
  }
}

/** A signal that ends after so long, with {@link DeadlineReached}, or with any of the signals given. */
export function createDeadline(clock: Clock, ms: number, signals: readonly AbortSignal[] = []): Deadline {
  const own = new AbortController();
  const takeBack = clock.after(ms, () => own.abort(new DeadlineReached(ms)));
  return { signal: AbortSignal.any([own.signal, ...signals]), end: takeBack };
}

/** A deadline that runs until its work is done. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** To be called when the work is done. */
  end(): void;
}

/** The time is up. */
export class DeadlineReached extends Error {
  override readonly name = "DeadlineReached";

  constructor(ms: number) {
    super(`not done after ${Math.round(ms / 1000)} s`);
  }
}
