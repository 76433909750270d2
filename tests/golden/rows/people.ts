// Golden rows of People.
import { type GoldenCall, type GoldenRow, isId, isInstant, isNumber } from "../golden_row.ts";

const PARTY: GoldenCall = {
  tool: "events_create",
  args: { title: "Fest", startDate: "2026-05-20T19:00", endDate: "2026-05-20T23:00" },
};

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
  {
    table: "timeblocks/timeBlocks",
    create: PARTY,
    row: {
      startDate: "2026-05-20T19:00:00.000Z",
      endDate: "2026-05-20T23:00:00.000Z",
      allDay: false,
      isLive: false,
      timezone: null,
      recurrenceRule: null,
      kind: "scheduled",
      type: "event",
      sourceModule: "events",
      sourceId: isId,
      linkedBlockId: null,
      title: "Fest",
      description: null,
      color: null,
      icon: null,
      projectId: null,
    },
    update: {
      tool: "events_update",
      args: ([id]) => ({ id, title: "Feier", startDate: "2026-05-21T19:00" }),
    },
    fields: { title: "Feier", startDate: "2026-05-21T19:00:00.000Z", endDate: "2026-05-21T23:00:00.000Z" },
  },
  {
    table: "events/events",
    create: PARTY,
    row: {
      timeBlockId: isId,
      title: "Fest",
      description: null,
      location: null,
      locationUrl: null,
      hostContactId: null,
      coverImage: null,
      color: null,
      capacity: null,
      isPublished: false,
      publicToken: null,
      status: "draft",
    },
    update: { tool: "events_update", args: ([id]) => ({ id, location: "Garten", capacity: 20 }) },
    fields: { location: "Garten", capacity: 20 },
  },
  {
    table: "events/eventGuests",
    before: [PARTY],
    create: { tool: "events_guests", args: ([eventId]) => ({ eventId, guests: [{ name: "Bo" }] }) },
    row: {
      eventId: isId,
      contactId: null,
      name: "Bo",
      email: null,
      phone: null,
      rsvpStatus: "pending",
      rsvpAt: null,
      plusOnes: 0,
      note: null,
    },
    // Events, rule 3: an answer has its instant.
    update: {
      tool: "events_guests",
      args: ([eventId, id]) => ({ eventId, guests: [{ id, rsvpStatus: "yes", plusOnes: 1 }] }),
    },
    fields: { rsvpStatus: "yes", rsvpAt: isInstant, plusOnes: 1 },
  },
  {
    table: "events/eventItems",
    before: [PARTY],
    create: { tool: "events_items", args: ([eventId]) => ({ eventId, items: [{ label: "Salat" }] }) },
    row: {
      eventId: isId,
      label: "Salat",
      quantity: null,
      order: isNumber,
      done: false,
      assignedGuestId: null,
      claimedByName: null,
      claimedAt: null,
    },
    update: {
      tool: "events_items",
      args: ([eventId, id]) => ({ eventId, items: [{ id, quantity: 2, done: true }] }),
    },
    fields: { quantity: 2, done: true },
  },
];
