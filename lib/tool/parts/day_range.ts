// Input schemas of days, and of a range of days. What a day is stands in time/day.ts.

import { z } from "zod";
import { isUsualDay } from "../time/day.ts";
import { refuseInput } from "../refuse_input.ts";

/** An existing calendar day, YYYY-MM-DD. */
export const dayInput = z.string().refine(isUsualDay, "expected an existing day as YYYY-MM-DD");

/** The inputs of a listing by days, both ends included: `from` and `to`, either may be left out. */
export const dayRangeInput = {
  from: dayInput.optional().describe("first day, YYYY-MM-DD"),
  to: dayInput.optional().describe("last day"),
} as const;

/**
 * Whether a day (or the day that an instant begins with) lies in a range. Throws Refused `input-invalid` where the range ends
 * before it begins.
 */
export function withinDays(
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
): (day: string | null | undefined) => boolean {
  if (from !== undefined && to !== undefined && to < from) refuseInput("to: it is before `from`");
  if (from === undefined && to === undefined) return () => true;
  return (day) => {
    if (typeof day !== "string") return false;
    const date = day.slice(0, 10);
    return (from === undefined || date >= from) && (to === undefined || date <= to);
  };
}
