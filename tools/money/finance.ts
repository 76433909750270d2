// Income and expenses: what assistants can do with bookings and their categories. The rows are what the web app stores
// (contract: modules, finance). Sums are transaction_sums.ts; what a paid invoice brought in is changed by invoices alone.
import { z } from "zod";
import {
  changedOutput,
  choices,
  clearInput,
  colorInput,
  createdOutput,
  dayInput,
  dayRangeInput,
  defineAppTable,
  defineDeletion,
  defineModule,
  defineResource,
  defineTool,
  filledFields,
  type Module,
  pageInput,
  pageOutput,
  patchOf,
  recordId,
  recordOutput,
  refuseInput,
  textFilter,
  textFilterInput,
  timeZoneInput,
  visibleText,
  withinDays,
} from "../../lib/tool/authoring.ts";
import { isWholeCents } from "./cents.ts";
import { sumsOutput, sumTransactions } from "./transaction_sums.ts";

/** Bookings. A paid invoice has one, whose id is {@link invoiceTransactionId}. */
export const transactions = defineAppTable("finance/transactions", {
  record: "transaction",
  fields: ["type", "amount", "categoryId", "description", "date", "note"],
});

const categories = defineAppTable("finance/categories", {
  record: "category",
  fields: ["name", "emoji", "color", "type", "order"],
});

const Type = choices("finance/transactions", "type");
const Note = z.string().max(5_000);
const CategoryId = recordId("category", "finance.categories");

const fields = {
  type: Type,
  amount: z.number().min(0.01).max(1e12).refine(isWholeCents, "expected at most two decimals").describe(
    "main units (12.5), never negative: `type` says which way",
  ),
  description: visibleText(500),
  date: dayInput,
};

const add = defineTool({
  name: "finance.add",
  title: "Add income or an expense",
  access: "write",
  description: "Book one income or expense. Without `date` it is today in `timeZone`. No currency is stored.",
  input: z.object({
    ...fields,
    date: dayInput.optional(),
    timeZone: timeZoneInput,
    categoryId: CategoryId.optional(),
    note: Note.optional(),
  }),
  output: createdOutput.extend({ date: z.string() }),
  async run({ date, timeZone, ...input }, { calendar, records }) {
    if (input.categoryId !== undefined) {
      checkCategory(input.type, await records.get(categories, input.categoryId));
    }
    const day = date ?? calendar(timeZone).today;
    const { note, ...whole } = input;
    const { id } = await records.insert(transactions, { ...whole, ...filledFields({ note }), date: day });
    return { id, date: day };
  },
});

const list = defineTool({
  name: "finance.list",
  title: "List income and expenses",
  access: "read",
  description:
    "List bookings, newest first, and on the first page the sums of all that match, also by category: `from` and `to` " +
    "of a month give its summary. {finance.categories} names the categories.",
  input: z.object({
    ...dayRangeInput,
    type: Type.optional(),
    categoryId: CategoryId.optional(),
    query: textFilterInput,
    ...pageInput({ most: 200, usual: 50 }),
  }),
  output: z.object({
    transactions: z.array(recordOutput(transactions)),
    sums: sumsOutput.optional(),
    ...pageOutput,
  }),
  async run(input, { records }) {
    const isWithin = withinDays(input);
    const matches = textFilter(input.query, (found: { description?: string; note?: string | null }) => [
      found.description,
      found.note,
    ]);
    const where = (found: { type?: string; categoryId?: string | null; date?: string }) =>
      (input.type === undefined || found.type === input.type) &&
      (input.categoryId === undefined || found.categoryId === input.categoryId) && isWithin(found.date);
    const { rows, ...end } = await records.list(transactions, {
      where,
      ...(matches === undefined ? {} : { match: matches }),
      order: [
        { field: "date", direction: "descending", missing: "" },
        { field: "createdAt", direction: "descending", missing: "" },
      ],
      page: input,
    });
    if (input.cursor !== undefined) return { transactions: [...rows], ...end };
    const sums = sumTransactions();
    if (matches !== undefined) {
      await records.scan(transactions, { where }, (found) => void (matches(found) && sums.add(found)));
    } else {
      // Sums need no sealed field, so counting, which opens nothing, shows every booking.
      await records.count(transactions, (found) => where(found) && sums.add(found));
    }
    return { transactions: [...rows], sums: sums.result(), ...end };
  },
});

const update = defineTool({
  name: "finance.update",
  title: "Change a booking",
  access: "write",
  idempotent: true,
  description:
    "Change a booking: its id and only the fields to change. Not for the income of a paid invoice.",
  input: z.object({
    id: recordId("transaction", "finance.list"),
    ...z.object(fields).partial().shape,
    categoryId: CategoryId.optional(),
    note: Note.optional(),
    clear: clearInput(["categoryId", "note"]),
  }),
  output: changedOutput,
  async run({ id, clear, ...input }, { records }) {
    const given = patchOf(input, clear);
    refuseOfInvoice(id);
    const category = typeof given.categoryId === "string"
      ? await records.get(categories, given.categoryId)
      : null;
    const { changed } = await records.update(transactions, id, (current) => {
      const { type = current.type, categoryId = current.categoryId } = given;
      if (category !== null) checkCategory(type, category);
      else if (type !== current.type && categoryId !== null) {
        refuseInput("type: the category is for the other way, so give categoryId as well, or clear it");
      }
      return given;
    });
    return { ok: true as const, changed };
  },
});

const remove = defineDeletion(transactions, {
  name: "finance.delete",
  title: "Delete a booking",
  listedBy: "finance.list",
  titleOf: ({ description, date, amount }) => description && `${description} (${date}, ${amount})`,
  demand: ({ id }) => refuseOfInvoice(id),
});

const listCategories = defineTool({
  name: "finance.categories",
  title: "List categories",
  access: "read",
  description: "List the categories of income and expenses in the person's order.",
  input: z.object({ type: Type.optional(), ...pageInput({ most: 200, usual: 100 }) }),
  output: z.object({ categories: z.array(recordOutput(categories)), ...pageOutput }),
  async run(input, { records }) {
    const { rows, ...end } = await records.list(categories, {
      where: ({ type }) => input.type === undefined || type === input.type,
      order: [{ field: "type", missing: "" }, { field: "order", missing: 0 }],
      page: input,
    });
    return { categories: [...rows], ...end };
  },
});

const saveCategory = defineTool({
  name: "finance.save_category",
  title: "Save a category",
  access: "write",
  description:
    "Create a category (needs name and type), or change the one with `id`. Its type stays as it was made.",
  input: z.object({
    id: CategoryId.optional(),
    name: visibleText(100).optional(),
    type: Type.optional(),
    emoji: visibleText(16).optional().describe("one emoji"),
    color: colorInput.optional(),
  }),
  output: createdOutput.extend({ changed: z.boolean() }),
  async run({ id, type, ...input }, { records }) {
    if (id === undefined) {
      const { name, emoji = "📁", color = "#6b7280" } = input;
      if (name === undefined || type === undefined) return refuseInput("a new category needs name and type");
      const created = await records.insert(categories, { name, emoji, color, type }, { lastBy: "order" });
      return { id: created.id, changed: true };
    }
    const given = patchOf(input);
    const { changed } = await records.update(categories, id, (current) => {
      if (type !== undefined && type !== current.type) refuseInput("type: it stays as the category was made");
      return given;
    });
    return { id, changed };
  },
});

/** Refuses a category of the other way: the apps offer each way its own. */
function checkCategory(type: string | undefined, category: { readonly type?: string }): void {
  if (category.type !== type) refuseInput(`categoryId: this category is for ${category.type ?? "nothing"}`);
}

/** The income of a paid invoice is written anew when the invoice is paid again: a change by hand would be lost. */
function refuseOfInvoice(id: string): void {
  if (id.startsWith(INVOICE_TRANSACTION)) {
    refuseInput("id: this is the income of a paid invoice and stays as it is");
  }
}

/** The id of the income of a paid invoice. */
export function invoiceTransactionId(invoiceId: string): string {
  return `${INVOICE_TRANSACTION}${invoiceId}`;
}

const INVOICE_TRANSACTION = "invoice-tx-";

/** Income and expenses. */
export const financeModule: Module = defineModule({
  name: "finance",
  label: "Income and expenses",
  nouns: ["income", "expense"],
  group: "Money",
  spaceTypes: ["personal", "club", "practice"],
  tools: [add, list, update, remove, listCategories, saveCategory],
  writes: [transactions, categories],
  resource: defineResource({ module: "finance", title: "Income and expenses", table: transactions }),
});
