// Sums of income and expenses, in all and by category.
import { z } from "zod";
import { centsOf, mainUnitsOf } from "./cents.ts";

/** What a listing says of the sums of its bookings, in main units. */
export const sumsOutput = z.object({
  income: z.number(),
  expense: z.number(),
  balance: z.number(),
  byCategory: z.array(z.object({
    type: z.string(),
    categoryId: z.string().nullable(),
    sum: z.number(),
  })).describe("largest first"),
});

/** Adds bookings up; starts with none. */
export function sumTransactions(): {
  /** Counts a booking; what is neither income nor expense is left out. Always true, for a filter that only looks on. */
  add(booking: Booking): true;
  result(): z.infer<typeof sumsOutput>;
} {
  const all = { income: 0, expense: 0 };
  const byCategory = new Map<string, { type: string; categoryId: string | null; cents: number }>();
  return {
    add({ type, amount, categoryId = null }) {
      const cents = centsOf(amount);
      if (cents === null || (type !== "income" && type !== "expense")) return true;
      // Always positive by the rules of the table, whatever another writer put there.
      const size = Math.abs(cents);
      all[type] += size;
      const key = `${type} ${categoryId ?? ""}`;
      const category = byCategory.get(key);
      if (category === undefined) byCategory.set(key, { type, categoryId, cents: size });
      else category.cents += size;
      return true;
    },
    result() {
      const largest = [...byCategory.values()].sort((a, b) => b.cents - a.cents).slice(0, MOST_CATEGORIES);
      return {
        income: mainUnitsOf(all.income),
        expense: mainUnitsOf(all.expense),
        balance: mainUnitsOf(all.income - all.expense),
        byCategory: largest.map(({ cents, ...category }) => ({ ...category, sum: mainUnitsOf(cents) })),
      };
    },
  };
}

/** What of a booking is summed. */
interface Booking {
  readonly type?: string;
  readonly amount?: number;
  readonly categoryId?: string | null;
}

/** Ids of other writers can be long: this many fit beside a page of bookings. */
const MOST_CATEGORIES = 40;
