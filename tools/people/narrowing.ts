// By what a person can narrow an app within the modules about people. Links have nothing to narrow: what they join follows its module.
import { type ModuleNarrowing, readable } from "../../lib/tool/authoring.ts";
import { BLOCKS } from "../day/narrowing.ts";

/** By module. */
export const PEOPLE_NARROWING: Readonly<Record<string, ModuleNarrowing>> = {
  contacts: {
    collection: "contacts/contacts",
    tables: ["contacts/contacts"],
    tags: { kind: "tags", field: "tagIds" },
    fieldChoices: [
      {
        name: "names",
        label: "names and companies, not how to reach them",
        fields: readable("contacts/contacts", {
          open: ["firstName", "lastName"],
          not: ["latitude", "longitude", "address", "photoUrl"],
        }),
      },
      {
        name: "reach",
        label: "names, e-mail and phone, not addresses, birthdays and notes",
        fields: readable("contacts/contacts", {
          open: ["firstName", "lastName", "email", "phone", "mobile"],
          not: ["latitude", "longitude", "address", "photoUrl"],
        }),
      },
    ],
  },
  events: {
    collection: "events/events",
    tables: [
      "events/events",
      "events/eventGuests",
      "events/eventItems",
      "timeblocks/timeBlocks",
      "contacts/contacts",
    ],
    since: { via: "timeblocks/timeBlocks", key: "timeBlockId", field: "startDate" },
    fieldChoices: [{
      name: "titles",
      label: "titles and days, not places and guests",
      fields: {
        ...readable("events/events", {
          open: ["title"],
          not: ["locationUrl", "locationLat", "locationLon", "hostContactId", "coverImage"],
        }),
        ...readable("events/eventGuests", { not: ["contactId"] }),
        ...readable("events/eventItems", { not: ["claimedByName"] }),
        ...BLOCKS.titled,
      },
    }],
  },
  profile: {
    collection: "profile/userContext",
    tables: ["profile/userContext"],
    fieldChoices: [{
      name: "interests",
      label: "interests, leisure and goals, nothing else",
      fields: readable("profile/userContext", {
        open: ["interests", "leisure", "goals"],
        not: ["interview"],
      }),
    }],
  },
  tags: {
    collection: "tags/tags",
    tables: [
      "tags/tags",
      "tags/tagGroups",
      "notes/notes",
      "notes/noteTags",
      "todo/tasks",
      "calendar/events",
      "contacts/contacts",
      "times/timeEntries",
    ],
    fieldChoices: [],
  },
};
