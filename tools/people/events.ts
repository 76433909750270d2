// Get-togethers: events with guests and a list of what they bring along. The rows are what the web app stores (contract: modules,
// events); events of the calendar are another module.
import { z } from "zod";
import {
  choices,
  dayRangeInput,
  defineModule,
  defineTool,
  type Module,
  pageInput,
  pageOutput,
  recordId,
  recordOutput,
  recordOutputOf,
  rowsThatFit,
  textFilter,
  textFilterInput,
  timeZoneInput,
  withinDays,
} from "../../lib/tool/authoring.ts";
import { timeBlocks } from "../day/time_blocks.ts";
import { create, remove, update } from "./event_changes.ts";
import { saveGuests, saveItems } from "./event_guests.ts";
import {
  eventTimes,
  guests,
  guestsOf,
  items,
  itemsOf,
  shownEventTime,
  socialEvents,
} from "./social_events.ts";

const LISTED = ["title", "location", "status", "isPublished"] as const;
const GUEST_SHOWN = ["name", "rsvpStatus", "plusOnes", "contactId", "email", "phone", "note"] as const;
const ITEM_SHOWN = ["label", "quantity", "done", "assignedGuestId", "claimedByName"] as const;

const list = defineTool({
  name: "events.list",
  title: "List get-togethers",
  access: "read",
  description:
    "List get-togethers that the person plans, such as parties: by days and by words of title, place or description. Events of " +
    "the calendar are not among them.",
  input: z.object({
    ...dayRangeInput,
    status: choices("events/events", "status").optional(),
    query: textFilterInput,
    timeZone: timeZoneInput,
    ...pageInput({ most: 100, usual: 30 }),
  }),
  output: z.object({
    events: z.array(
      recordOutputOf(socialEvents, LISTED).extend({
        start: z.string().optional(),
        end: z.string().optional(),
      }),
    ),
    ...pageOutput,
  }),
  async run(input, { calendar, records }) {
    const zone = calendar(input.timeZone);
    const isWithin = withinDays(input);
    const times = await eventTimes(records, zone);
    const startOf = (id: string) => times.get(id)?.span?.start ?? Infinity;
    const { rows, ...end } = await records.list(socialEvents, {
      where: ({ id, status }) => {
        const start = times.get(id)?.span?.start;
        return isWithin(start === undefined ? undefined : zone.dayAt(start)) &&
          (input.status === undefined || status === input.status);
      },
      match: textFilter(input.query, ({ title, location, description }) => [title, location, description]),
      show: LISTED,
      page: input,
    });
    // The start is no field of the event, so pages come by creation; within a page people expect the next one first.
    const events = rows.toSorted((a, b) => startOf(a.id) - startOf(b.id) || 0)
      .map((event) => ({ ...event, ...shownEventTime(zone, times.get(event.id)) }));
    return { events, ...end };
  },
});

const read = defineTool({
  name: "events.read",
  title: "Read a get-together",
  access: "read",
  description: "Read one get-together with its guests and the list of what they bring along.",
  input: z.object({
    id: recordId("get-together", "events.list"),
    offset: z.int().min(0).default(0).describe("how many guests and items to skip"),
    timeZone: timeZoneInput,
  }),
  output: z.object({
    event: recordOutput(socialEvents).omit({ timeBlockId: true }),
    start: z.string().optional(),
    end: z.string().optional(),
    guests: z.array(recordOutputOf(guests, GUEST_SHOWN)),
    items: z.array(recordOutputOf(items, ITEM_SHOWN)),
    nextOffset: z.number().optional().describe("where guests and items go on"),
  }),
  async run({ id, offset, timeZone }, { calendar, records }) {
    const zone = calendar(timeZone);
    const { timeBlockId: _, description, ...rest } = await records.get(socialEvents, id);
    const event = {
      ...rest,
      ...(description === undefined ? {} : { description: description?.slice(0, MAX_SHOWN_CHARS) ?? null }),
      ...((description?.length ?? 0) > MAX_SHOWN_CHARS ? { clipped: ["description"] } : {}),
    };
    const times = await eventTimes(records, zone, (eventId) => eventId === id);
    const invited = await guestsOf(records, id);
    const brought = await itemsOf(records, id);
    const guestsLeft = invited.slice(offset)
      .map((guest) => guest.note ? { ...guest, note: guest.note.slice(0, MAX_NOTE_CHARS) } : guest);
    const itemsLeft = brought.slice(Math.max(0, offset - invited.length));
    const left = guestsLeft.length + itemsLeft.length;
    const shown = Math.max(1, rowsThatFit<unknown>([event, ...guestsLeft, ...itemsLeft]).length - 1);
    return {
      event,
      ...shownEventTime(zone, times.get(id)),
      guests: guestsLeft.slice(0, shown),
      items: itemsLeft.slice(0, Math.max(0, shown - guestsLeft.length)),
      ...(shown < left ? { nextOffset: offset + shown } : {}),
    };
  },
});

/** Characters of a description beside which guests and items have room. */
const MAX_SHOWN_CHARS = 8_000;
const MAX_NOTE_CHARS = 1_000;

/** Get-togethers. */
export const eventsModule: Module = defineModule({
  name: "events",
  label: "Get-togethers",
  nouns: ["party", "get-together"],
  group: "People",
  spaceTypes: ["personal", "club", "family", "team"],
  tools: [list, read, create, update, saveGuests, saveItems, remove],
  writes: [socialEvents, guests, items, timeBlocks],
});
