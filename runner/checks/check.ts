// The port between an attempt and what must hold after each of its calls. A check sees calls and what came of them, and can look for
// itself; what it finds is told in fixed words.
import type { Called, Day, Violation, Wish } from "../brain/brain.ts";
import type { Outcome } from "../mana/outcome.ts";

/** What must hold. One value serves all personas. */
export interface Checks {
  /** Begins the checks of one persona's day. Asks nobody yet. */
  begin(day: Day): DayChecks;
}

/** The checks of one day: they remember what the persona wrote in it. */
export interface DayChecks {
  /**
   * What did not hold after a call. `look` makes a call of its own: a real one, timed, and a row like any other. Never throws but for
   * the signal's reason, which `look` throws when the day ends.
   */
  after(called: Omit<Called, "violations">, look: Look): Promise<readonly Violation[]>;
}

/** Calls a tool for a check. */
export type Look = (wish: Wish) => Promise<Outcome>;

/** Checks that find nothing, for tests whose subject is something else. */
export const NO_CHECKS: Checks = Object.freeze({ begin: () => ({ after: () => Promise.resolve([]) }) });
