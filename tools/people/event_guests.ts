// The tools for the guests of a get-together and for what they bring along. Guests are never removed here: they say no instead.
import { z } from "zod";
import {
  choices,
  clearInput,
  defineTool,
  filledFields,
  patchOf,
  type ReadRecords,
  recordId,
  refuseInput,
  visibleText,
} from "../../lib/tool/authoring.ts";
import { contacts } from "./contacts.ts";
import { guests, guestsOf, items, itemsOf, socialEvents } from "./social_events.ts";

const EventId = recordId("get-together", "events.list");
const OwnId = z.string().min(1).max(256).optional().describe(
  "to change one of {events.read}; without it a new one",
);
const output = z.object({ ids: z.array(z.string()), changed: z.boolean() });
/** Most guests or items of a call. */
const MAX_LINES = 50;

/** events.guests */
export const saveGuests = defineTool({
  name: "events.guests",
  title: "Save guests",
  access: "write",
  description:
    "Add guests to a get-together, or change them and their answers. Returns their ids in the same order.",
  input: z.object({
    eventId: EventId,
    guests: z.array(z.object({
      id: OwnId,
      name: visibleText(200).optional().describe("needed for a new guest"),
      email: z.string().max(320).optional(),
      phone: z.string().max(100).optional(),
      rsvpStatus: choices("events/eventGuests", "rsvpStatus").optional(),
      plusOnes: z.int().min(0).max(100).optional(),
      note: z.string().max(1_000).optional(),
      contactId: z.string().max(256).optional().describe("the guest among {contacts.search}"),
      clear: clearInput(["email", "phone", "note", "contactId"]),
    })).min(1).max(MAX_LINES),
  }),
  output,
  async run({ eventId, guests: lines }, { records, demand, now }) {
    demandOnce(lines);
    const contactIds = lines.flatMap(({ contactId }) => contactId ?? []);
    if (contactIds.length > 0) demand("contacts", "read");
    return await records.writeTogether(async (rows) => {
      await records.get(socialEvents, eventId);
      await demandContacts(records, contactIds);
      const saved: Saved[] = [];
      for (const { id, clear, ...line } of lines) {
        if (id === undefined) {
          const { name = refuseInput("guests: a new guest needs a name"), ...rest } = filledFields(line);
          const rsvpAt = (line.rsvpStatus ?? "pending") === "pending" ? null : now;
          const guest = await rows.insert(guests, { ...rest, name, eventId, rsvpAt });
          saved.push({ id: guest.id, changed: true });
        } else {
          const patch = patchOf(line, clear);
          const { changed } = await rows.update(guests, id, (guest) => {
            demandOf(eventId, guest.eventId, id);
            const isAnswer = patch.rsvpStatus !== undefined && patch.rsvpStatus !== guest.rsvpStatus;
            return { ...patch, ...(isAnswer ? { rsvpAt: now } : {}) };
          });
          saved.push({ id, changed });
        }
      }
      return outcomeOf(saved);
    });
  },
});

/** events.items */
export const saveItems = defineTool({
  name: "events.items",
  title: "Save a bring-along list",
  access: "write",
  description:
    "Change the list of what guests bring along: add, change, tick off or assign items, and take items off the list. Returns the " +
    "ids of `items` in the same order.",
  input: z.object({
    eventId: EventId,
    items: z.array(z.object({
      id: OwnId,
      label: visibleText(200).optional().describe("needed for a new item"),
      quantity: z.number().min(0).max(100_000).optional(),
      done: z.boolean().optional(),
      assignedGuestId: z.string().max(256).optional().describe("a guest of the get-together"),
      clear: clearInput(["quantity", "assignedGuestId"]),
    })).max(MAX_LINES).default([]),
    remove: z.array(z.string().min(1).max(256)).max(MAX_LINES).default([]).describe("ids of items"),
  }),
  output,
  async run({ eventId, items: lines, remove }, { records }) {
    if (lines.length + remove.length === 0) refuseInput("nothing to change: give `items` or `remove`");
    demandOnce([...lines, ...remove.map((id) => ({ id }))]);
    return await records.writeTogether(async (rows) => {
      await records.get(socialEvents, eventId);
      await demandGuests(records, eventId, lines.flatMap(({ assignedGuestId }) => assignedGuestId ?? []));
      const saved: Saved[] = [];
      for (const { id, clear, ...line } of lines) {
        if (id === undefined) {
          const { label = refuseInput("items: a new item needs a label"), ...rest } = filledFields(line);
          const item = await rows.insert(items, { ...rest, label, eventId }, { lastBy: "order" });
          saved.push({ id: item.id, changed: true });
        } else {
          const patch = patchOf(line, clear);
          const { changed } = await rows.update(items, id, (item) => {
            demandOf(eventId, item.eventId, id);
            // Who is assigned takes the place of who claimed the item on the public page.
            return typeof patch.assignedGuestId === "string"
              ? { ...patch, claimedByName: null, claimedAt: null }
              : patch;
          });
          saved.push({ id, changed });
        }
      }
      const own = new Set((await itemsOf(records, eventId)).map((item) => item.id));
      let isRemoved = false;
      for (const id of remove) {
        if (own.has(id)) isRemoved = await rows.remove(items, id) || isRemoved;
      }
      const { ids, changed } = outcomeOf(saved);
      return { ids, changed: changed || isRemoved };
    });
  },
});

/** A saved line. */
interface Saved {
  readonly id: string;
  readonly changed: boolean;
}

function outcomeOf(saved: readonly Saved[]): { readonly ids: string[]; readonly changed: boolean } {
  return { ids: saved.map(({ id }) => id), changed: saved.some(({ changed }) => changed) };
}

/** A record is changed once in a call: of two changes nobody could tell which is meant to come last. */
function demandOnce(lines: readonly { readonly id?: string | undefined }[]): void {
  const ids = lines.flatMap(({ id }) => id ?? []);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) refuseInput(`the id ${JSON.stringify(twice)} is named twice`);
}

/** Refuses an id that belongs to another event: the two would be mixed up. */
function demandOf(eventId: string, stored: string | undefined, id: string): void {
  if (stored !== eventId) {
    refuseInput(`${JSON.stringify(id)} belongs to another get-together, see {events.read}`);
  }
}

async function demandContacts(records: ReadRecords, ids: readonly string[]): Promise<void> {
  const unknown = new Set(ids);
  if (unknown.size === 0) return;
  await records.lookThrough(contacts, ({ id }) => void unknown.delete(id));
  const [first] = unknown;
  if (first !== undefined) {
    refuseInput(`contactId: no contact has the id ${JSON.stringify(first)}, see {contacts.search}`);
  }
}

async function demandGuests(records: ReadRecords, eventId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const invited = new Set((await guestsOf(records, eventId)).map(({ id }) => id));
  const stranger = ids.find((id) => !invited.has(id));
  if (stranger !== undefined) {
    refuseInput(
      `assignedGuestId: no guest of this get-together has the id ${
        JSON.stringify(stranger)
      }, see {events.read}`,
    );
  }
}
