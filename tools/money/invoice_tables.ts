// The tables of invoices, and what their rows stand for. The rows are what the web app stores (contract: modules, invoices). Money is
// stored in cents; tools take and show main units.
import { z } from "zod";
import { defineAppTable, type ReadRecords, type StoredRecordOf } from "../../lib/tool/authoring.ts";

/** A line as it is stored: the price in cents, rates in percent. */
const StoredLine = z.looseObject({
  title: z.string(),
  description: z.string().nullable().optional(),
  quantity: z.number(),
  unit: z.string().nullable().optional(),
  unitPrice: z.number(),
  vatRate: z.number(),
  discount: z.number().nullable().optional(),
});

/** Invoices. `overdue` is never stored: see {@link statusOf}. */
export const invoices = defineAppTable("invoices/invoices", {
  record: "invoice",
  fields: [
    "number",
    "status",
    "clientId",
    "clientSource",
    "clientSnapshot",
    "currency",
    "issueDate",
    "dueDate",
    "sentAt",
    "paidAt",
    "subject",
    "lines",
    "notes",
    "terms",
    "referenceNumber",
    "totals",
  ],
  as: {
    clientSnapshot: z.looseObject({ name: z.string() }),
    lines: z.array(StoredLine).default([]),
    totals: z.looseObject({
      net: z.number(),
      vat: z.number(),
      gross: z.number(),
      vatBreakdown: z.array(z.looseObject({ rate: z.number(), base: z.number(), tax: z.number() }))
        .optional(),
    }),
  },
});

/** Clients that are no contacts. */
export const invoiceClients = defineAppTable("invoices/invoiceClients", {
  record: "invoice client",
  fields: ["name", "address", "email", "vatNumber", "defaultCurrency", "defaultDueDays", "notes"],
});

/** What the person has set for their invoices: one record, of the person and of no space. */
export const invoiceSettings = defineAppTable("invoices/invoiceSettings", {
  record: "set of invoice settings",
  fields: [
    "numberPrefix",
    "numberPadding",
    "nextNumber",
    "defaultCurrency",
    "defaultVatRate",
    "defaultDueDays",
    "defaultTerms",
  ],
});

/** The person's settings; undefined where none are stored, and in a shared space. */
export async function settingsOf(
  records: ReadRecords,
): Promise<StoredRecordOf<typeof invoiceSettings> | undefined> {
  const { rows: [settings] } = await records.list(invoiceSettings, { page: { limit: 1 } });
  return settings;
}

/** The status as the app shows it: what was sent and is due before today is overdue. */
export function statusOf(
  { status = "", dueDate = "" }: { readonly status?: string; readonly dueDate?: string },
  today: string,
): string {
  return status === "sent" && dueDate.slice(0, 10) < today ? "overdue" : status;
}
