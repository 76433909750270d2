import { Refused } from "./errors.ts";

/** One piece of work that several callers wait for. */
export interface SharedWork<T> {
  /** The result, or Refused `cancelled` as soon as `signal` ends; the work itself goes on for the others. */
  join(signal: AbortSignal): Promise<T>;
  /** Whether everyone has gone and the work was stopped: nobody may join any more. */
  isAbandoned(): boolean;
  /** Resolves when the work is over, whatever came of it. */
  readonly over: Promise<void>;
}

/** Starts `work`; its signal ends only when the last one who waits has gone, so nobody can cancel another's call. */
export function startSharedWork<T>(work: (signal: AbortSignal) => Promise<T>): SharedWork<T> {
  const controller = new AbortController();
  let waiting = 0;
  const result = work(controller.signal);
  const over = result.then(() => {}, () => {});
  return {
    over,
    isAbandoned: () => controller.signal.aborted,
    async join(signal) {
      if (signal.aborted) {
        if (waiting === 0) controller.abort();
        throw new Refused({ reason: "cancelled" });
      }
      waiting += 1;
      const left = Promise.withResolvers<never>();
      const leave = () => {
        waiting -= 1;
        if (waiting === 0) controller.abort();
        left.reject(new Refused({ reason: "cancelled" }));
      };
      signal.addEventListener("abort", leave, { once: true });
      try {
        return await Promise.race([result, left.promise]);
      } finally {
        signal.removeEventListener("abort", leave);
      }
    },
  };
}
