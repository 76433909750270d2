// Golden rows of People.
import type { GoldenRow } from "../golden_row.ts";

/** See golden_row.ts. */
export const PEOPLE: readonly GoldenRow[] = [
  {
    table: "contacts/contacts",
    create: { tool: "contacts_create", args: { firstName: "Ida", company: "Kern", birthday: "1990-02-28" } },
    row: {
      firstName: "Ida",
      company: "Kern",
      birthday: "1990-02-28",
      tags: [],
      isFavorite: false,
      isArchived: false,
    },
    update: {
      tool: "contacts_update",
      args: ([id]) => ({ id, phone: "030 1234", isFavorite: true, clear: ["birthday"] }),
    },
    fields: { phone: "030 1234", isFavorite: true, birthday: null },
  },
];
