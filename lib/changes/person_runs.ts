import type { Clock } from "../kit/clock.ts";
import { type Caller, principalKey } from "../people/principal.ts";
import { Refused } from "../kit/errors.ts";
import type { Secret } from "../kit/secret.ts";
import { type SharedWork, startSharedWork } from "../kit/shared_work.ts";

/** Work of one kind, of which one piece is under way per person; whoever comes meanwhile waits for that one. */
export interface PersonRuns<T> {
  /**
   * The result of the piece under way, if it began after `since`, else of the next. Throws what the work throws, but not that
   * another caller's token was refused, and Refused `cancelled` when `signal` ends.
   */
  join(caller: Caller, signal: AbortSignal, since?: number): Promise<T>;
  /** What is under way for this person, a `principalKey`, is of no use to anybody who comes later. */
  forget(person: string): void;
  /** Resolves when nothing is under way. */
  drained(): Promise<void>;
}

/** One piece of work. */
export interface PersonWork {
  readonly caller: Caller;
  readonly signal: AbortSignal;
  /** When it began, on the clock of the runs. */
  readonly startedAt: number;
  /** Whether its result may be kept: nobody has called `forget` meanwhile. */
  readonly isCurrent: () => boolean;
}

interface Run<T> {
  readonly shared: SharedWork<T>;
  readonly token: Secret<string>;
  readonly startedAt: number;
}

/** Creates it, with nothing under way. */
export function createPersonRuns<T>(
  clock: Clock,
  work: (given: PersonWork) => Promise<T>,
): PersonRuns<T> {
  const runs = new Map<string, Run<T>>();
  const underWay = new Set<Promise<void>>();

  const start = (person: string, caller: Caller): Run<T> => {
    const startedAt = clock.elapsed();
    const run: Run<T> = {
      token: caller.token,
      startedAt,
      shared: startSharedWork((signal) =>
        work({ caller, signal, startedAt, isCurrent: () => runs.get(person) === run })
      ),
    };
    runs.set(person, run);
    underWay.add(run.shared.over);
    void run.shared.over.then(() => {
      underWay.delete(run.shared.over);
      if (runs.get(person) === run) runs.delete(person);
    });
    return run;
  };

  return Object.freeze({
    async join(caller: Caller, signal: AbortSignal, since = -Infinity) {
      const person = principalKey(caller.principal);
      for (;;) {
        const running = runs.get(person);
        if (running !== undefined && !running.shared.isAbandoned() && running.startedAt <= since) {
          await running.shared.over;
          continue;
        }
        const run = running !== undefined && !running.shared.isAbandoned() ? running : start(person, caller);
        try {
          return await run.shared.join(signal);
        } catch (error) {
          // Another call's token was refused, which says nothing of this one's.
          const isOthers = !run.token.equals(caller.token) && error instanceof Refused &&
            error.refusal.reason === "upstream-token-refused";
          if (!isOthers) throw error;
        }
      }
    },
    forget: (person: string) => void runs.delete(person),
    async drained() {
      await Promise.all(underWay);
    },
  });
}
