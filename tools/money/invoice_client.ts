// Whom an invoice is for: a client of the invoices, a contact, or somebody who is written down in the invoice alone. The invoice
// keeps a copy, which stays as it was when the client moves.
import { z } from "zod";
import {
  filledFields,
  type ReadRecords,
  recordId,
  refuseInput,
  visibleText,
} from "../../lib/tool/authoring.ts";
import { contacts } from "../people/contacts.ts";
import { invoiceClients } from "./invoice_tables.ts";

const Text = z.string().max(500).optional();

/** Whom an invoice is for, in one of three ways. */
export const clientInputs = {
  client: z.object({
    name: visibleText(500),
    address: Text,
    street: Text,
    zip: Text,
    city: Text,
    country: Text,
    email: Text,
    vatNumber: Text,
  }).strict().optional(),
  clientId: recordId("invoice client", "invoices.clients").optional(),
  contactId: recordId("contact", "contacts.search").optional().describe("as {contacts.search} gives it"),
};

/** A client as an invoice needs it. */
export interface BilledClient {
  readonly id: string | null;
  readonly source: "contact" | "invoice-client";
  readonly snapshot: { name: string; [field: string]: string };
  readonly currency?: string | undefined;
  readonly dueDays?: number | undefined;
}

/**
 * The client that a call names; null where it names none. Throws Refused for two of them, for one that is not there, and for a
 * contact where the caller may not read contacts.
 */
export async function billedTo(
  records: ReadRecords,
  demand: (module: string, access: "read") => void,
  { client, clientId, contactId }: {
    readonly client?: { readonly name: string; readonly [field: string]: string | undefined } | undefined;
    readonly clientId?: string | undefined;
    readonly contactId?: string | undefined;
  },
): Promise<BilledClient | null> {
  if ([client, clientId, contactId].filter((one) => one !== undefined).length > 1) {
    refuseInput("client: give only one of client, clientId, contactId");
  }
  if (client !== undefined) {
    return { id: null, source: "invoice-client", snapshot: { name: client.name, ...filledFields(client) } };
  }
  if (clientId !== undefined) {
    const own = await records.get(invoiceClients, clientId);
    const { name = "", address, email, vatNumber, defaultCurrency: currency, defaultDueDays: dueDays } = own;
    const snapshot = snapshotOf(name, { address, email, vatNumber });
    return { id: clientId, source: "invoice-client", snapshot, currency, dueDays };
  }
  if (contactId === undefined) return null;
  demand("contacts", "read");
  const contact = await records.get(contacts, contactId);
  const { firstName, lastName, company, street, postalCode: zip, city, country, email } = contact;
  const name = [firstName, lastName].filter((part) => typeof part === "string" && part !== "").join(" ");
  const snapshot = snapshotOf(name === "" ? company ?? "" : name, { street, zip, city, country, email });
  return { id: contactId, source: "contact", snapshot };
}

/** What an invoice stores of its client. */
export function placeOfClient({ id, source, snapshot }: BilledClient) {
  return { clientId: id, clientSource: source, clientSnapshot: snapshot };
}

function snapshotOf(
  name: string,
  fields: Readonly<Record<string, string | null | undefined>>,
): { name: string; [field: string]: string } {
  if (name.trim() === "") refuseInput("the client has no name that can be read");
  const filled = Object.entries(fields).flatMap(([field, value]): [string, string][] =>
    typeof value === "string" && value.trim() !== "" ? [[field, value]] : []
  );
  return { name, ...Object.fromEntries(filled) };
}
