// By what a person can narrow an app within the modules of money.
import { type ModuleNarrowing, readable } from "../../lib/tool/authoring.ts";
import { BLOCKS } from "../day/narrowing.ts";

/** By module. */
export const MONEY_NARROWING: Readonly<Record<string, ModuleNarrowing>> = {
  finance: {
    collection: "finance/transactions",
    tables: ["finance/transactions", "finance/categories"],
    since: { field: "date" },
    fieldChoices: [{
      name: "amounts",
      label: "days, categories and amounts, not what for",
      fields: readable("finance/transactions", {}),
    }],
  },
  times: {
    collection: "times/timeEntries",
    tables: [
      "times/timeEntries",
      "times/projects",
      "times/clients",
      "times/settings",
      "timeblocks/timeBlocks",
    ],
    since: { via: "timeblocks/timeBlocks", key: "timeBlockId", field: "startDate" },
    tags: { kind: "tags", field: "tags" },
    fieldChoices: [{
      name: "hours",
      label: "hours and projects, not what was done and what it costs",
      fields: {
        ...readable("times/timeEntries", { not: ["description", "billingRate", "source"] }),
        ...readable("times/projects", { not: ["description", "billingRate", "budget"] }),
        ...readable("times/clients", { not: ["email", "notes", "billingRate", "contactId"] }),
        ...readable("times/settings", { not: ["defaultBillingRate"] }),
        ...BLOCKS.wordless,
      },
    }],
  },
  invoices: {
    collection: "invoices/invoices",
    tables: [
      "invoices/invoices",
      "invoices/invoiceClients",
      "invoices/invoiceSettings",
      "finance/transactions",
      "contacts/contacts",
    ],
    since: { field: "issueDate" },
    fieldChoices: [{
      name: "sums",
      label: "numbers, days and sums, not to whom and what for",
      fields: {
        ...readable("invoices/invoices", { not: ["clientId"] }),
        ...readable("invoices/invoiceClients", {}),
        ...readable("invoices/invoiceSettings", {}),
      },
    }],
  },
};
