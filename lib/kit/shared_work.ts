// One piece of work, usually a request to a service, for several callers who ask for the same at the same time. A result is
// never kept once the work is over. There are two kinds:
// - createSingleFlight: nobody can leave before the end, and a failure is everybody's.
// - SharedWork: each caller can leave, and nobody fails because a service refused another caller's token.

import { Refused } from "./errors.ts";
import type { Secret } from "./secret.ts";

/** Runs `run`. While a run of the same `key` is under way, its result or its failure is returned instead. */
export type SingleFlight<Value> = (key: string, run: () => Promise<Value>) => Promise<Value>;

/** Starts with nothing under way. */
export function createSingleFlight<Value>(): SingleFlight<Value> {
  const underWay = new Map<string, Promise<Value>>();
  return (key, run) => {
    const joined = underWay.get(key);
    if (joined !== undefined) return joined;
    const started = run().finally(() => underWay.delete(key));
    underWay.set(key, started);
    return started;
  };
}

/** One piece of work for several callers, done with the token of the first. A class, since one is made per pull. */
export class SharedWork<Value> {
  /** Resolves when the work is over, whether it succeeded or failed. */
  readonly over: Promise<void>;
  readonly #controller = new AbortController();
  readonly #token: Secret<string>;
  readonly #result: Promise<Value>;
  #waiting = 0;

  /**
   * Starts `work`. Its signal ends only when the last caller has left, so that nobody can cancel another caller's work.
   *
   * @param token the token that `work` sends to the service
   */
  constructor(token: Secret<string>, work: (signal: AbortSignal) => Promise<Value>) {
    this.#token = token;
    this.#result = work(this.#controller.signal);
    this.over = this.#result.then(() => {}, () => {});
  }

  /** The result. Throws what the work throws, and Refused `cancelled` as soon as `signal` ends. */
  async join(signal: AbortSignal): Promise<Value> {
    if (signal.aborted) {
      if (this.#waiting === 0) this.#controller.abort();
      throw new Refused({ reason: "cancelled" });
    }
    this.#waiting += 1;
    const left = Promise.withResolvers<never>();
    const leave = () => {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#controller.abort();
      left.reject(new Refused({ reason: "cancelled" }));
    };
    signal.addEventListener("abort", leave, { once: true });
    try {
      return await Promise.race([this.#result, left.promise]);
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  /** Whether the last caller has left and the work was stopped: nobody may join any more. */
  isAbandoned(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Whether `error`, thrown by {@link join}, only says that a service refused another token than `token`: then try again. */
  isOthersRefusal(error: unknown, token: Secret<string>): boolean {
    return error instanceof Refused && error.refusal.reason === "upstream-token-refused" &&
      !this.#token.equals(token);
  }
}
