// How many tokens all personas together may spend on the model in one day. The count is kept in the memory of the process: the rows of the
// personas API have no place for it, so that a restart begins anew (docs/personas.md says so). A reservation comes before the request, so
// that requests at the same time cannot pass the budget together.

/** What a budget is made of. */
export interface BudgetDeps {
  readonly tokensPerDay: number;
  /** Milliseconds since 1970: the day changes at midnight UTC. */
  readonly now: () => number;
}

/** Tokens of one day. */
export interface Budget {
  /** Takes `tokens` out of the day's budget before they are spent; null where less is left. */
  reserve(tokens: number): Reservation | null;
  /** Takes out what was spent already, also more than is left: by somebody who is told only afterwards. */
  spend(tokens: number): void;
}

/** Tokens that were taken out of the budget. Without `settle` they stay spent: an answer that never came may have been paid all the same. */
export interface Reservation {
  /** Puts what was really spent in the place of what was reserved. */
  settle(tokens: number): void;
}

const DAY_MS = 86_400_000;

/** Starts with nothing spent. */
export function createBudget({ tokensPerDay, now }: BudgetDeps): Budget {
  const today = () => Math.floor(now() / DAY_MS);
  let day = today();
  let spent = 0;
  const beginDay = () => {
    if (today() !== day) [day, spent] = [today(), 0];
  };
  return {
    reserve(tokens) {
      beginDay();
      if (spent + tokens > tokensPerDay) return null;
      const reservedOn = day;
      spent += tokens;
      return {
        settle(used) {
          if (reservedOn === day) spent += used - tokens;
        },
      };
    },
    spend(tokens) {
      beginDay();
      spent += tokens;
    },
  };
}
