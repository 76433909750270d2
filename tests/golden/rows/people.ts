// Golden rows of People.
import { type GoldenRow, isId, isNumber } from "../golden_row.ts";

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
  {
    table: "tags/tags",
    create: { tool: "tags_save", args: { name: "Klettern" } },
    row: { name: "Klettern", color: "#3B82F6", icon: null, groupId: null, sortOrder: isNumber },
    update: { tool: "tags_save", args: ([id]) => ({ id, name: "Bouldern", color: "#ff0000" }) },
    fields: { name: "Bouldern", color: "#ff0000" },
  },
  {
    table: "notes/noteTags",
    before: [{ tool: "notes_create", args: { title: "Liste" } }],
    create: { tool: "tags_assign", args: ([id]) => ({ module: "notes", id, add: ["tag-familie"] }) },
    row: { noteId: isId, tagId: "tag-familie" },
  },
  {
    table: "links/links",
    before: [
      { tool: "notes_create", args: { title: "Liste" } },
      { tool: "contacts_create", args: { firstName: "Ida" } },
    ],
    create: {
      tool: "links_save",
      args: ([note, contact]) => ({
        from: { module: "notes", id: note },
        to: { module: "contacts", id: contact },
        linkType: "blocks",
      }),
    },
    row: {
      pairId: isId,
      direction: "forward",
      sourceApp: "notes",
      sourceCollection: "notes",
      sourceId: isId,
      targetApp: "contacts",
      targetCollection: "contacts",
      targetId: isId,
      linkType: "blocks",
    },
  },
];
