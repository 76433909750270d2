// Invoices: what assistants can do with them. Drafts are written by invoice_writing.ts; sending and voiding are the person's own, in
// the app. The rows are what the web app stores (contract: modules, invoices).
import { z } from "zod";
import {
  type AnyRowsTogether,
  dayInput,
  dayRangeInput,
  defineDeletion,
  defineModule,
  defineResource,
  defineTool,
  type DestructiveRecords,
  type Module,
  pageInput,
  pageOutput,
  type PlainRecordOf,
  recordId,
  recordOutput,
  refuseInput,
  shownText,
  type StoredRecordOf,
  textFilter,
  textFilterInput,
  timeZoneInput,
  withinDays,
} from "../../lib/tool/authoring.ts";
import { mainUnitsOf, safeCents } from "./cents.ts";
import { invoiceTransactionId, transactions } from "./finance.ts";
import { shownLines, shownTotals } from "./invoice_lines.ts";
import { sumInvoices, sumsOutput } from "./invoice_sums.ts";
import { invoiceClients, invoices, invoiceSettings, statusOf } from "./invoice_tables.ts";
import { createInvoice, updateInvoice } from "./invoice_writing.ts";

const Id = recordId("invoice", "invoices.list");
const Status = z.enum(["draft", "sent", "overdue", "paid", "void"]);

const Listed = recordOutput(invoices).pick({
  id: true,
  number: true,
  status: true,
  currency: true,
  issueDate: true,
  dueDate: true,
  subject: true,
  unreadable: true,
  clipped: true,
}).extend({ client: z.string().optional(), gross: z.number().optional() });

const list = defineTool({
  name: "invoices.list",
  title: "List invoices",
  access: "read",
  description:
    "List invoices by status, day of issue or words, newest first, and on the first page the sums of all that match, by " +
    "currency. Amounts are main units with VAT. What was sent and is past its due date is `overdue`, and not `sent`.",
  input: z.object({
    status: Status.optional(),
    ...dayRangeInput,
    query: textFilterInput.describe("words in number, client or subject"),
    timeZone: timeZoneInput,
    ...pageInput({ most: 200, usual: 50 }),
  }),
  output: z.object({
    invoices: z.array(Listed),
    sums: sumsOutput.optional(),
    ...pageOutput,
  }),
  async run({ timeZone, ...input }, { calendar, records }) {
    const { today } = calendar(timeZone);
    const isWithin = withinDays(input);
    const matches = textFilter(input.query, invoiceTexts);
    const where = (invoice: PlainInvoice) =>
      isWithin(invoice.issueDate) &&
      (input.status === undefined || statusOf(invoice, today) === input.status);
    const { rows, ...end } = await records.list(invoices, {
      where,
      match: matches,
      order: [
        { field: "issueDate", direction: "descending", missing: "" },
        { field: "number", direction: "descending", missing: "" },
      ],
      show: ["number", "status", "clientSnapshot", "currency", "issueDate", "dueDate", "subject", "totals"],
      page: input,
    });
    const shown = rows.map((
      { clientSnapshot, totals, createdAt: _made, updatedAt: _changed, ...invoice },
    ) => ({
      ...invoice,
      status: statusOf(invoice, today),
      ...(clientSnapshot === undefined ? {} : { client: clientSnapshot.name }),
      ...(totals === undefined ? {} : { gross: mainUnitsOf(totals.gross) }),
    }));
    if (input.cursor !== undefined) return { invoices: shown, ...end };
    const sums = sumInvoices(today);
    // Sums need no sealed field; only words do.
    if (matches === undefined) await records.lookThrough(invoices, (one) => where(one) && sums.add(one));
    else await records.scan(invoices, { where }, (one) => matches(one) && sums.add(one));
    return { invoices: shown, sums: sums.result(), ...end };
  },
});

const read = defineTool({
  name: "invoices.read",
  title: "Read an invoice",
  access: "read",
  description: "Read an invoice with its lines, totals and client. Prices and totals are main units.",
  input: z.object({ id: Id, timeZone: timeZoneInput }),
  output: z.object({ invoice: recordOutput(invoices) }),
  async run({ id, timeZone }, { calendar, records }) {
    const { lines, totals, ...invoice } = await records.get(invoices, id);
    return {
      invoice: {
        ...invoice,
        status: statusOf(invoice, calendar(timeZone).today),
        ...(lines === undefined ? {} : { lines: shownLines(lines) }),
        ...(totals === undefined ? {} : { totals: shownTotals(totals) }),
      },
    };
  },
});

const pay = defineTool({
  name: "invoices.pay",
  title: "Mark an invoice as paid",
  access: "destructive",
  view: "approval",
  description:
    "Mark an invoice that was sent as paid, and book what it brought in as income. The person is asked first, by the " +
    "gateway: do not ask them yourself. Without `paidOn` it was paid today.",
  input: z.object({ id: Id, paidOn: dayInput.optional(), timeZone: timeZoneInput }),
  output: z.object({ ok: z.literal(true), id: z.string(), transactionId: z.string() }),
  async confirm({ id, paidOn, timeZone }, { calendar, demand, records }) {
    demand("finance", "write");
    const { number = "", clientSnapshot, currency = "", totals } = payable(await records.get(invoices, id));
    const client = shownText(clientSnapshot?.name ?? "", 100);
    const sum = `${mainUnitsOf(totals.gross).toFixed(2)} ${shownText(currency, 10)}`;
    return `Mark the invoice "${shownText(number, 100)}" to "${client}" as paid on ${
      paidOn ?? calendar(timeZone).today
    }, and book ${sum} as income?`;
  },
  async run({ id, paidOn, timeZone }, { calendar, demand, now, records }) {
    demand("finance", "write");
    const transactionId = invoiceTransactionId(id);
    await records.writeTogether(async (rows) => {
      const { number = "", clientSnapshot, totals } = payable(await records.get(invoices, id));
      const income = {
        type: "income",
        amount: Math.abs(mainUnitsOf(totals.gross)),
        description: [number, clientSnapshot?.name].filter((text) => text !== undefined).join(" "),
        date: paidOn ?? calendar(timeZone).today,
      };
      // The income comes first: by its status a second call finds the invoice again, should one of the two be lost.
      await bookIncome(records, rows, transactionId, income);
      await rows.update(invoices, id, () => ({ status: "paid", paidAt: paidOn ?? now }));
    });
    return { ok: true as const, id, transactionId };
  },
});

const remove = defineDeletion(invoices, {
  name: "invoices.delete",
  title: "Delete an invoice",
  listedBy: "invoices.list",
  titleOf: ({ number }) => number,
  demand: ({ status }) => {
    if (status !== "draft" && status !== "void") {
      refuseInput("id: only a draft or a void invoice can be deleted");
    }
  },
});

const clients = defineTool({
  name: "invoices.clients",
  title: "List invoice clients",
  access: "read",
  description: "List the clients that invoices are written to, besides contacts.",
  input: z.object({ query: textFilterInput, ...pageInput({ most: 200, usual: 50 }) }),
  output: z.object({ clients: z.array(recordOutput(invoiceClients)), ...pageOutput }),
  async run(input, { records }) {
    const { rows, ...end } = await records.list(invoiceClients, {
      match: textFilter(input.query, ({ name, address, email, notes }) => [name, address, email, notes]),
      page: input,
    });
    return { clients: [...rows], ...end };
  },
});

/** The invoice with its totals. Throws Refused `input-invalid` where it cannot be paid. */
function payable(invoice: Invoice): Invoice & { readonly totals: NonNullable<Invoice["totals"]> } {
  const { status, totals } = invoice;
  if (status === "paid") refuseInput("id: this invoice is paid already");
  if (status !== "sent" && status !== "overdue") refuseInput("id: only an invoice that was sent can be paid");
  if (totals === undefined || safeCents(totals.gross) === null) {
    return refuseInput("id: its totals cannot be read");
  }
  return { ...invoice, totals };
}

/** Books the income of an invoice, or changes what was booked when the invoice was paid before. */
async function bookIncome(
  records: DestructiveRecords,
  rows: AnyRowsTogether,
  id: string,
  income: {
    readonly type: string;
    readonly amount: number;
    readonly description: string;
    readonly date: string;
  },
): Promise<void> {
  if (await records.count(transactions, (one) => one.id === id) > 0) {
    await rows.update(transactions, id, () => income);
    return;
  }
  await records.lookThroughDeleted(transactions, (one) => {
    if (one.id === id) {
      refuseInput("id: its income was booked and deleted before, and cannot be booked again here");
    }
  });
  await rows.insert(transactions, { ...income }, { id: rows.newId(transactions, id) });
}

const invoiceTexts = (
  { number, clientSnapshot, subject }: Invoice,
) => [number, clientSnapshot?.name, subject];

type Invoice = StoredRecordOf<typeof invoices>;
type PlainInvoice = PlainRecordOf<typeof invoices>;

/** Invoices. */
export const invoicesModule: Module = defineModule({
  name: "invoices",
  label: "Invoices",
  nouns: ["invoice"],
  group: "Money",
  spaceTypes: ["personal", "brand", "club", "team", "practice"],
  tools: [list, read, createInvoice, updateInvoice, pay, remove, clients],
  writes: [invoices, invoiceSettings, transactions],
  resource: defineResource({ module: "invoices", title: "Invoices", table: invoices }),
  accessWords: { destructive: "Delete drafts, mark invoices as paid" },
});
