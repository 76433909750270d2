// Golden rows of Money: finance, times, invoices.
import { type GoldenRow, isNumber } from "../golden_row.ts";

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
];
