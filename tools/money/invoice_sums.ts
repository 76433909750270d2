// Sums of invoices by currency, in main units with VAT.
import { z } from "zod";
import type { PlainRecordOf } from "../../lib/tool/authoring.ts";
import { type invoices, statusOf } from "./invoice_tables.ts";
import { mainUnitsOf, safeCents } from "./cents.ts";

/** What a listing says of all invoices that match. */
export const sumsOutput = z.array(z.object({
  currency: z.string(),
  draft: z.number(),
  open: z.number().describe("sent, overdue ones included"),
  overdue: z.number(),
  paid: z.number(),
}));

/** Adds invoices up; starts with none. */
export function sumInvoices(today: string): {
  add(invoice: Pick<PlainRecordOf<typeof invoices>, "status" | "dueDate" | "currency" | "totals">): void;
  result(): z.infer<typeof sumsOutput>;
} {
  const byCurrency = new Map<string, { draft: number; open: number; overdue: number; paid: number }>();
  return {
    add(invoice) {
      const { currency = "", totals } = invoice;
      const gross = safeCents(totals?.gross);
      if (gross === null) return;
      const sums = byCurrency.get(currency) ?? { draft: 0, open: 0, overdue: 0, paid: 0 };
      byCurrency.set(currency, sums);
      const status = statusOf(invoice, today);
      if (status === "draft" || status === "paid") sums[status] += gross;
      if (status === "overdue") sums.overdue += gross;
      if (status === "overdue" || status === "sent") sums.open += gross;
    },
    result: () =>
      [...byCurrency].slice(0, MOST_CURRENCIES).map(([currency, { draft, open, overdue, paid }]) => ({
        currency,
        draft: mainUnitsOf(draft),
        open: mainUnitsOf(open),
        overdue: mainUnitsOf(overdue),
        paid: mainUnitsOf(paid),
      })),
  };
}

/** The apps have three; other writers may have more. */
const MOST_CURRENCIES = 20;
