// Writing invoices: drafts alone, since what was sent is a document (contract: modules, invoices).
import { z } from "zod";
import {
  addDays,
  changedOutput,
  choices,
  clearInput,
  createdOutput,
  dayInput,
  defineTool,
  patchOf,
  recordId,
  refuseInput,
  timeZoneInput,
} from "../../lib/tool/authoring.ts";
import { mainUnitsOf } from "./cents.ts";
import { billedTo, clientInputs, placeOfClient } from "./invoice_client.ts";
import { lineInput, storedLines, totalsOf } from "./invoice_lines.ts";
import { referenceOf, takeNumber } from "./invoice_number.ts";
import { invoices, settingsOf } from "./invoice_tables.ts";

/** As the apps have it without settings. */
const DEFAULTS = { vatRate: 8.1, dueDays: 30, currency: "CHF" } as const;

const fields = {
  ...clientInputs,
  lines: z.array(lineInput).min(1).max(100),
  currency: choices("invoices/invoices", "currency").optional(),
  issueDate: dayInput.optional(),
  dueDate: dayInput.optional(),
  subject: z.string().max(500).optional(),
  notes: z.string().max(5_000).optional(),
  terms: z.string().max(5_000).optional(),
};

/** Creates a draft. */
export const createInvoice = defineTool({
  name: "invoices.create",
  title: "Draft an invoice",
  access: "write",
  description:
    "Draft an invoice for a client: one of `client`, `clientId`, `contactId`. It takes the next number; an open browser " +
    "counts by itself, so have the person check the number. Without currency, days, terms and VAT those of the client or " +
    "of the person's settings count. It is sent in the Mana app where the person uses it.",
  input: z.object({ ...fields, timeZone: timeZoneInput }),
  output: createdOutput.extend({
    number: z.string(),
    dueDate: z.string(),
    gross: z.number().describe("main units"),
    currency: z.string(),
  }),
  async run({ timeZone, lines, ...input }, { calendar, demand, records }) {
    const { today } = calendar(timeZone);
    const settings = await settingsOf(records);
    const client = await billedTo(records, demand, input) ??
      refuseInput("client: give one of client, clientId, contactId");
    const { issueDate = today, subject = null, notes = null, terms = settings?.defaultTerms ?? null } = input;
    const days = client.dueDays ?? settings?.defaultDueDays;
    const dueDate = input.dueDate ?? addDays(issueDate, daysUntilDue(days));
    checkDays(issueDate, dueDate);
    const currency = input.currency ?? knownCurrency(client.currency ?? settings?.defaultCurrency);
    const stored = storedLines(lines, settings?.defaultVatRate ?? DEFAULTS.vatRate, () => records.newId());
    const totals = totalsOf(stored);
    return await records.writeTogether(async (rows) => {
      const number = await takeNumber(records, rows, settings, today);
      const { id } = await rows.insert(invoices, {
        ...placeOfClient(client),
        number,
        currency,
        issueDate,
        dueDate,
        subject,
        notes,
        terms,
        lines: stored,
        totals,
        referenceNumber: referenceOf(number),
      });
      return { id, number, dueDate, gross: mainUnitsOf(totals.gross), currency };
    });
  },
});

/** Changes a draft. */
export const updateInvoice = defineTool({
  name: "invoices.update",
  title: "Change a draft invoice",
  access: "write",
  idempotent: true,
  description:
    "Change an invoice that is still a draft: its id and only the fields to change. `lines` take the place of all lines. " +
    "The number stays.",
  input: z.object({
    id: recordId("invoice", "invoices.list"),
    ...z.object(fields).partial().shape,
    clear: clearInput(["subject", "notes", "terms"]),
  }),
  output: changedOutput,
  async run({ id, clear, ...input }, { demand, records }) {
    const { lines, client: _client, clientId: _clientId, contactId: _contactId, ...given } = patchOf(
      input,
      clear,
    );
    const client = await billedTo(records, demand, input);
    const vatRate = (await settingsOf(records))?.defaultVatRate ?? DEFAULTS.vatRate;
    const stored = lines === undefined ? null : storedLines(lines, vatRate, () => records.newId());
    const { changed } = await records.update(invoices, id, (current) => {
      if (current.status !== "draft") refuseInput("id: only a draft can be changed");
      const { issueDate = current.issueDate, dueDate = current.dueDate } = given;
      checkDays(issueDate, dueDate);
      return {
        ...given,
        ...(client === null ? {} : placeOfClient(client)),
        ...(stored === null ? {} : { lines: stored, totals: totalsOf(stored) }),
      };
    });
    return { ok: true as const, changed };
  },
});

function checkDays(issueDate = "", dueDate = ""): void {
  if (dueDate < issueDate) refuseInput("dueDate: it is before issueDate");
}

/** Days of a client or of the settings, where they can be meant. */
function daysUntilDue(days: number | undefined): number {
  return days !== undefined && Number.isInteger(days) && days >= 0 && days <= 3_650 ? days : DEFAULTS.dueDays;
}

function knownCurrency(currency: string | undefined) {
  return choices("invoices/invoices", "currency").safeParse(currency).data ?? DEFAULTS.currency;
}
