// What people do with contacts and invoices.
import { dayFrom, type Deed, deed, deedTo, type Phrases, say } from "../behaviour.ts";

/** Writes down whom they met. The company carries the sign-off: lists show it. */
export function addContact(weight: number, people: Phrases, companies: Phrases): Deed {
  return deed("contacts_create", weight, (making) => {
    const [firstName = "Kim", lastName = "Berg"] = making.random.pick(people).split(" ");
    return {
      firstName,
      lastName,
      company: say(making, companies),
      email: `${firstName}.${lastName}@example.test`.toLowerCase(),
    };
  });
}

/** Adds a line to somebody's contact. */
export function noteOnContact(weight: number, notes: Phrases): Deed {
  return deedTo("contacts_update", weight, () => true, (making) => ({ notes: say(making, notes) }));
}

/** Marks a contact as a favourite, or no longer. */
export function markContact(weight: number): Deed {
  return deedTo(
    "contacts_update",
    weight,
    () => true,
    ({ row }) => ({ isFavorite: row.isFavorite !== true }),
  );
}

/** Reads somebody's contact. */
export function readContact(weight: number): Deed {
  return deedTo("contacts_read", weight, () => true);
}

/** Looks somebody up. */
export function findContact(weight: number, words: Phrases): Deed {
  return deed("contacts_search", weight, ({ random }) => ({ query: random.pick(words) }));
}

/** Drafts an invoice. */
export function draftInvoice(weight: number, subjects: Phrases, clients: Phrases, items: Phrases): Deed {
  return deed("invoices_create", weight, (making) => ({
    client: { name: making.random.pick(clients) },
    subject: say(making, subjects),
    lines: [{
      title: making.random.pick(items),
      quantity: making.random.whole(1, 8),
      unit: "h",
      unitPrice: making.random.pick([80, 95, 120]),
      vatRate: making.random.pick([0, 8.1]),
    }],
    currency: making.random.pick(["CHF", "EUR"]),
    issueDate: making.today,
    dueDate: dayFrom(making, 30),
  }));
}

/** Adds a line of thanks to a draft. */
export function noteOnInvoice(weight: number, notes: Phrases): Deed {
  return deedTo("invoices_update", weight, isDraft, (making) => ({ notes: say(making, notes) }));
}

/** Reads an invoice. */
export function readInvoice(weight: number): Deed {
  return deedTo("invoices_read", weight, () => true);
}

/** Looks at invoices that are not sent yet. */
export function lookAtInvoices(weight: number): Deed {
  return deed("invoices_list", weight, () => ({ status: "draft" }));
}

/** What was just drafted has no status in a persona's mind yet. */
function isDraft(row: { readonly [member: string]: unknown }): boolean {
  return row.status === undefined || row.status === "draft";
}
