// How much room a grant has within its limits, by what one gateway counts, and when there is room again.

import { type BudgetLimits, limitOf } from "./budget_limits.ts";
import type { Counted, UseWindow } from "./counts.ts";
import type { GrantUse } from "./grant_use.ts";

/** A record that was handed out. */
export interface ChargedRecord {
  /** `app/table`. */
  readonly collection: string;
  readonly id: string;
  /** Fields with text, of those that are sealed in the personal space. */
  readonly fields: number;
  /** Of their text, in UTF-8. */
  readonly bytes: number;
  /** Of a part of a text: another search shows another part, so it counts each time. */
  readonly partBytes: number;
}

/** What stands in the way of a call. */
export interface BudgetEnd {
  readonly counted: Counted;
  readonly window: UseWindow;
  readonly limit: number;
  /** When there is room again, in milliseconds since 1970. */
  readonly goesOn: number;
}

/** How many different records may be opened, beside those that are being opened. */
export function recordsLeft(use: GrantUse, limits: BudgetLimits, now: number): number {
  const { pending } = use;
  let left = Infinity;
  for (const window of WINDOWS) {
    const used = use.used(window, now);
    const isSpent = used.fields + pending.fields >= limitOf(limits, "fields", window) ||
      used.bytes + pending.bytes >= limitOf(limits, "bytes", window);
    left = Math.min(left, isSpent ? 0 : limitOf(limits, "records", window) - used.records - pending.records);
  }
  return left;
}

/** The limit that is reached and lasts longest; null where none is. */
export function reachedLimit(use: GrantUse, limits: BudgetLimits, now: number): BudgetEnd | null {
  let found: BudgetEnd | null = null;
  for (const window of WINDOWS) {
    const used = use.used(window, now);
    for (const counted of ["records", "fields", "bytes"] as const) {
      if (used[counted] < limitOf(limits, counted, window)) continue;
      const end = endOf(use, limits, counted, window, now);
      if (found === null || end.goesOn > found.goesOn) found = end;
    }
  }
  return found;
}

/** Why no more text of counted records may be handed out, beside what this call was handed; null where it may. */
export function textEnd(
  use: GrantUse,
  limits: BudgetLimits,
  own: Readonly<Record<"fields" | "bytes", number>>,
  now: number,
): BudgetEnd | null {
  for (const window of WINDOWS) {
    const used = use.used(window, now);
    for (const counted of ["fields", "bytes"] as const) {
      if (used[counted] + use.pending[counted] - own[counted] < limitOf(limits, counted, window)) continue;
      return reachedLimit(use, limits, now) ?? endOf(use, limits, counted, window, now);
    }
  }
  return null;
}

/** Why no more may be searched or looked at; null where it may. */
export function reachedOf(
  use: GrantUse,
  limits: BudgetLimits,
  counted: "searches" | "looked",
  now: number,
): BudgetEnd | null {
  const isReached = use.used("hour", now)[counted] >= limitOf(limits, counted, "hour");
  return isReached ? endOf(use, limits, counted, "hour", now) : null;
}

/** One limit, as it stands in the way. */
export function endOf(
  use: GrantUse,
  limits: BudgetLimits,
  counted: Counted,
  window: UseWindow,
  now: number,
): BudgetEnd {
  const limit = limitOf(limits, counted, window);
  return { counted, window, limit, goesOn: use.fallsBelow(limit, counted, window, now) };
}

const WINDOWS: readonly UseWindow[] = ["hour", "day"];
