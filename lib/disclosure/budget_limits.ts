// How much a grant may be handed: out of the number that the person chose, as a whole or as the share of one of several gateways that
// cannot ask each other.

import {
  DEFAULT_READ_BUDGET,
  LOOKED_FACTOR,
  MAX_SEARCHES_PER_HOUR,
  READ_BUDGET_BYTES,
  READ_BUDGET_DAY_FACTOR,
  READ_BUDGET_FIELDS,
} from "../kit/limits.ts";
import type { Counted, UseWindow } from "./counts.ts";

/** The limits of one grant. */
export interface BudgetLimits {
  /** Records an hour. */
  readonly perHour: number;
  /** Searches an hour. */
  readonly searches: number;
}

/**
 * The limits of a grant at one of `nodes` gateways, of which none knows what the others count: together they hand out no more than one
 * alone would. At least one record and search, but where the person allowed none.
 */
export function budgetLimits(perHour = DEFAULT_READ_BUDGET, nodes = 1): BudgetLimits {
  return { perHour: shareOf(perHour, nodes), searches: shareOf(MAX_SEARCHES_PER_HOUR, nodes) };
}

/** How much of something is allowed within a window. */
export function limitOf({ perHour, searches }: BudgetLimits, counted: Counted, window: UseWindow): number {
  if (counted === "searches") return searches;
  if (counted === "looked") return LOOKED_FACTOR * perHour;
  return perHour * PER_RECORD[counted] * (window === "hour" ? 1 : READ_BUDGET_DAY_FACTOR);
}

const PER_RECORD = { records: 1, fields: READ_BUDGET_FIELDS, bytes: READ_BUDGET_BYTES };

function shareOf(whole: number, nodes: number): number {
  return whole === 0 ? 0 : Math.max(1, Math.floor(whole / nodes));
}
