// The newest calls, as many as a page has. Pure.

import type { CallGroup } from "./reading/call_groups.ts";

/** Calls on one page. */
export const PAGE_CALLS = 50;

/**
 * The first page of calls, newest first. The next page ends before the last call of this one, so calls of one instant are never
 * parted, unless they fill a page.
 */
export function firstPage(calls: readonly CallGroup[]): readonly CallGroup[] {
  const next = calls[PAGE_CALLS];
  if (next === undefined) return calls;
  const page = calls.slice(0, PAGE_CALLS);
  const whole = page.filter(({ at }) => at > next.at);
  return whole.length === 0 ? page : whole;
}
