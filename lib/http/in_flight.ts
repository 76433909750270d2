// Counts the requests of each person and in all whose work has begun, and tells when there are none. What that is: request_intake.ts.
// Whose turn it is while there are many: work_turns.ts.
import { Refused } from "../kit/errors.ts";
import {
  MAX_REQUESTS_IN_FLIGHT,
  MAX_REQUESTS_PER_PERSON,
  OVERLOAD_RETRY_SECONDS,
  WORK_AT_ONCE,
} from "../kit/limits.ts";
import type { Clock } from "../kit/clock.ts";
import { createShares } from "./shares.ts";
import { WorkTurns } from "./work_turns.ts";

/** Requests in work: their body is there and their answer has not left. */
export interface InFlight {
  /**
   * Counts one more request of this person, which is to wait for its turn where a promise is returned. Throws Refused `share-exceeded`
   * when the person's share is full, `overloaded` when there is no room for anybody.
   */
  begin(person: string): Promise<void> | undefined;
  /** The answer of a request goes on as a stream, which takes nobody's turn. */
  answered(): void;
  /**
   * Counts one request less. To be called once for each that has begun and had its turn, when the last byte of its answer was handed
   * over. `hasTurn`: {@link answered} was not called for it.
   */
  end(person: string, hasTurn: boolean): void;
  /** Resolves as soon as nothing is counted. */
  drained(): Promise<void>;
}

/** Creates a counter at zero. */
export function createInFlight(
  clock: Pick<Clock, "after" | "elapsed">,
  limits: { readonly perPerson: number; readonly inAll: number } = {
    perPerson: MAX_REQUESTS_PER_PERSON,
    inAll: MAX_REQUESTS_IN_FLIGHT,
  },
): InFlight {
  const shares = createShares({ perHolder: limits.perPerson, inAll: limits.inAll });
  const turns = new WorkTurns(clock);
  const waiting: (() => void)[] = [];
  return Object.freeze({
    begin(person: string) {
      const found = shares.take(person, 1);
      if (found !== "taken") throw new Refused(fullRefusal(found));
      if (turns.inWork >= WORK_AT_ONCE || turns.waiting > 0) return turns.wait(person);
      turns.inWork += 1;
      return undefined;
    },
    answered: () => turns.end(),
    end(person: string, hasTurn: boolean): void {
      if (hasTurn) turns.end();
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
