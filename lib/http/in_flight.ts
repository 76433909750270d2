// Counts the requests in work, of each person and in all, and tells when there are none. What is in work: request_intake.ts.
import { Refused } from "../kit/errors.ts";
import { MAX_REQUESTS_IN_FLIGHT, MAX_REQUESTS_PER_PERSON, OVERLOAD_RETRY_SECONDS } from "../kit/limits.ts";
import { createShares } from "./shares.ts";

/** Requests in work: their body is there and their answer has not left. */
export interface InFlight {
  /**
   * Counts one more request of this person. Throws Refused `share-exceeded` when the person's share is full, `overloaded` when
   * there is no room for anybody.
   */
  begin(person: string): void;
  /** Counts one request less. To be called once for each that has begun, when the last byte of its answer was handed over. */
  end(person: string): void;
  /** Resolves as soon as nothing is counted. */
  drained(): Promise<void>;
}

/** Creates a counter at zero. */
export function createInFlight(
  limits: { readonly perPerson: number; readonly inAll: number } = {
    perPerson: MAX_REQUESTS_PER_PERSON,
    inAll: MAX_REQUESTS_IN_FLIGHT,
  },
): InFlight {
  const shares = createShares({ perHolder: limits.perPerson, inAll: limits.inAll });
  const waiting: (() => void)[] = [];
  return Object.freeze({
    begin(person: string): void {
      const found = shares.take(person, 1);
      if (found !== "taken") throw new Refused(fullRefusal(found));
    },
    end(person: string): void {
      shares.giveBack(person, 1);
      if (shares.total() > 0) return;
      for (const resume of waiting.splice(0)) resume();
    },
    drained: () =>
      shares.total() === 0 ? Promise.resolve() : new Promise<void>((resolve) => void waiting.push(resolve)),
  });
}

/** The refusal of a request for which there is no room. */
export function fullRefusal(full: "share-full" | "all-full") {
  return full === "share-full"
    ? { reason: "share-exceeded", retryAfterSeconds: OVERLOAD_RETRY_SECONDS } as const
    : { reason: "overloaded", retryAfterSeconds: OVERLOAD_RETRY_SECONDS } as const;
}
