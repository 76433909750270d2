// The lines of an invoice and their totals, computed as the web app computes them: each line is rounded to a cent, and the totals are
// sums of lines (contract: modules, invoices).
import { z } from "zod";
import { visibleText } from "../../lib/tool/authoring.ts";
import { centsOf, isWholeCents, mainUnitsOf } from "./cents.ts";

const Percent = z.number().min(0).max(100);

/** A line as tools take it. */
export const lineInput = z.object({
  title: visibleText(500),
  description: z.string().max(2_000).optional(),
  quantity: z.number().min(0).max(1e6),
  unit: z.string().max(40).optional(),
  unitPrice: z.number().min(0).max(1e7).refine(isWholeCents, "expected at most two decimals").describe(
    "main units without VAT: 120.5, not cents",
  ),
  vatRate: Percent.optional().describe("percent; else as in the person's settings"),
  discount: Percent.optional().describe("percent"),
}).strict();

/** A line as it is stored. */
export type StoredLine = {
  id: string;
  title: string;
  description?: string;
  quantity: number;
  unit?: string;
  /** Cents. */
  unitPrice: number;
  /** Percent. */
  vatRate: number;
  /** Percent. */
  discount?: number;
};

/** The lines as they are stored. */
export function storedLines(
  lines: readonly z.infer<typeof lineInput>[],
  vatRate: number,
  newId: () => string,
): StoredLine[] {
  return lines.map(({ description = "", unit = "", discount, ...line }) => ({
    id: newId(),
    title: line.title,
    ...(description.trim() === "" ? {} : { description }),
    quantity: line.quantity,
    ...(unit.trim() === "" ? {} : { unit }),
    unitPrice: centsOf(line.unitPrice) ?? 0,
    vatRate: line.vatRate ?? vatRate,
    ...(discount === undefined ? {} : { discount }),
  }));
}

/** The totals of stored lines, in cents. */
export function totalsOf(lines: readonly StoredLine[]): Totals {
  const byRate = new Map<number, { base: number; tax: number }>();
  for (const { quantity, unitPrice, vatRate, discount = 0 } of lines) {
    const net = Math.round(quantity * unitPrice * (1 - discount / 100));
    const sums = byRate.get(vatRate) ?? { base: 0, tax: 0 };
    byRate.set(vatRate, { base: sums.base + net, tax: sums.tax + Math.round(net * vatRate / 100) });
  }
  const vatBreakdown = [...byRate].sort(([a], [b]) => a - b).map(([rate, sums]) => ({ rate, ...sums }));
  const net = vatBreakdown.reduce((sum, { base }) => sum + base, 0);
  const vat = vatBreakdown.reduce((sum, { tax }) => sum + tax, 0);
  return { net, vat, gross: net + vat, vatBreakdown };
}

/** Totals as they are stored, in cents. */
export type Totals = {
  net: number;
  vat: number;
  gross: number;
  vatBreakdown: { rate: number; base: number; tax: number }[];
};

/** Stored lines with their prices in main units, as tools show them. */
export function shownLines<L extends { readonly unitPrice: number }>(lines: readonly L[]): L[] {
  return lines.map((line) => ({ ...line, unitPrice: mainUnitsOf(line.unitPrice) }));
}

/** Stored totals in main units, as tools show them. */
export function shownTotals({ net, vat, gross, vatBreakdown = [] }: {
  readonly net: number;
  readonly vat: number;
  readonly gross: number;
  readonly vatBreakdown?: Totals["vatBreakdown"] | undefined;
}): Totals {
  return {
    net: mainUnitsOf(net),
    vat: mainUnitsOf(vat),
    gross: mainUnitsOf(gross),
    vatBreakdown: vatBreakdown.map(({ rate, base, tax }) => ({
      rate,
      base: mainUnitsOf(base),
      tax: mainUnitsOf(tax),
    })),
  };
}
