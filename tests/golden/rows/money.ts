// Golden rows of Money: finance, times, invoices.
import { type GoldenRow, isId, isInstant, isNumber } from "../golden_row.ts";

/** See golden_row.ts. */
export const MONEY: readonly GoldenRow[] = [
  {
    table: "finance/transactions",
    create: {
      tool: "finance_add",
      args: { type: "expense", amount: 12.5, description: "Markt", date: "2026-02-27" },
    },
    row: {
      type: "expense",
      amount: 12.5,
      categoryId: null,
      description: "Markt",
      date: "2026-02-27",
      note: null,
    },
    update: { tool: "finance_update", args: ([id]) => ({ id, amount: 13, note: "bar" }) },
    fields: { amount: 13, note: "bar" },
  },
  {
    table: "finance/categories",
    create: { tool: "finance_save_category", args: { name: "Essen", type: "expense", emoji: "🍞" } },
    row: { name: "Essen", emoji: "🍞", color: "#6b7280", type: "expense", order: isNumber },
    update: { tool: "finance_save_category", args: ([id]) => ({ id, color: "#f59e0b" }) },
    fields: { color: "#f59e0b" },
  },
  {
    table: "times/projects",
    create: { tool: "times_save_project", args: { name: "Website" } },
    row: { name: "Website", color: "#6366f1", isArchived: false, isBillable: false, order: isNumber },
    update: {
      tool: "times_save_project",
      args: ([id]) => ({
        id,
        isBillable: true,
        billingRate: { amount: 90, currency: "EUR", per: "hour" },
      }),
    },
    fields: { isBillable: true, billingRate: { amount: 90, currency: "EUR", per: "hour" } },
  },
  {
    table: "times/clients",
    create: { tool: "times_save_project", args: { kind: "client", name: "Ahorn", shortCode: "AH" } },
    row: { name: "Ahorn", shortCode: "AH", color: "#6366f1", isArchived: false, order: isNumber },
    update: { tool: "times_save_project", args: ([id]) => ({ kind: "client", id, isArchived: true }) },
    fields: { isArchived: true },
  },
  {
    table: "times/timeEntries",
    create: { tool: "times_start", args: { description: "Konzept" } },
    row: {
      timeBlockId: isId,
      projectId: null,
      clientId: null,
      description: "Konzept",
      duration: 0,
      isBillable: false,
      tags: [],
      billingRate: null,
      guildId: null,
      source: { app: "timer" },
    },
    update: { tool: "times_update", args: ([id]) => ({ id, isBillable: true }) },
    fields: { isBillable: true },
  },
  {
    table: "timeblocks/timeBlocks",
    create: { tool: "times_start", args: { description: "Konzept" } },
    row: {
      startDate: isInstant,
      endDate: null,
      allDay: false,
      isLive: true,
      timezone: null,
      recurrenceRule: null,
      kind: "logged",
      type: "timeEntry",
      sourceModule: "times",
      sourceId: isId,
      linkedBlockId: null,
      title: "Konzept",
      description: null,
      color: null,
      icon: null,
      projectId: null,
    },
    update: { tool: "times_stop", args: {} },
    fields: { endDate: isInstant, isLive: false },
  },
  {
    table: "invoices/invoices",
    create: {
      tool: "invoices_create",
      args: {
        client: { name: "Ahorn GmbH", city: "Bern" },
        lines: [{ title: "Konzept", quantity: 3, unit: "h", unitPrice: 120.5 }],
        currency: "EUR",
      },
    },
    row: {
      number: "2026-0001",
      status: "draft",
      clientId: null,
      clientSource: "invoice-client",
      clientSnapshot: { name: "Ahorn GmbH", city: "Bern" },
      currency: "EUR",
      issueDate: "2026-03-01",
      dueDate: "2026-03-31",
      sentAt: null,
      paidAt: null,
      lines: (lines: unknown) => {
        const [{ id, ...line }] = Array.isArray(lines) ? lines : [{}];
        const want = { title: "Konzept", quantity: 3, unit: "h", unitPrice: 12050, vatRate: 8.1 };
        return isId(id) && JSON.stringify(line) === JSON.stringify(want);
      },
      subject: null,
      notes: null,
      terms: null,
      referenceNumber: "RF3120260001",
      pdfBlobKey: null,
      totals: {
        net: 36150,
        vat: 2928,
        gross: 39078,
        vatBreakdown: [{ rate: 8.1, base: 36150, tax: 2928 }],
      },
    },
    update: {
      tool: "invoices_update",
      args: ([id]) => ({ id, subject: "März", lines: [{ title: "Pauschale", quantity: 1, unitPrice: 100 }] }),
    },
    fields: {
      subject: "März",
      lines: (lines: unknown) => Array.isArray(lines) && lines.length === 1,
      "totals.net": 10000,
      "totals.vat": 810,
      "totals.gross": 10810,
      "totals.vatBreakdown": [{ rate: 8.1, base: 10000, tax: 810 }],
    },
  },
];
