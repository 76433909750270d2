// The tables of get-togethers: the event, its guests, and what they bring along. Start and end of an event lie on its time block
// alone (contract: modules, events).
import {
  type Calendar,
  defineAppTable,
  type ReadRecords,
  refuseInput,
  type StoredRecordOf,
} from "../../lib/tool/authoring.ts";
import { shownTime } from "../day/calendar/entries.ts";
import { type Span, spanOf, timeBlocks } from "../day/time_blocks.ts";

/** Events. `title`, `description` and `color` stand on the block as well. The public page of an event is the app's alone. */
export const socialEvents = defineAppTable("events/events", {
  record: "get-together",
  fields: [
    "timeBlockId",
    "title",
    "description",
    "location",
    "locationUrl",
    "color",
    "capacity",
    "isPublished",
    "status",
  ],
});

/** Guests of events. */
export const guests = defineAppTable("events/eventGuests", {
  record: "guest",
  fields: ["eventId", "contactId", "name", "email", "phone", "rsvpStatus", "rsvpAt", "plusOnes", "note"],
});

/** What guests bring along: lines of a list, which are taken off it again. */
export const items = defineAppTable("events/eventItems", {
  record: "item",
  isPart: true,
  fields: [
    "eventId",
    "label",
    "quantity",
    "order",
    "done",
    "assignedGuestId",
    "claimedByName",
    "claimedAt",
  ],
});

/** The block of an event, and when it is: null where its start is no date-time. */
export interface EventTime {
  readonly blockId: string;
  readonly span: Span | null;
  readonly allDay: boolean;
}

/** The times of events by the events' ids, of all that have a block. Opens nothing. */
export async function eventTimes(
  records: ReadRecords,
  zone: Calendar,
  isWanted: (eventId: string) => boolean = () => true,
): Promise<ReadonlyMap<string, EventTime>> {
  const times = new Map<string, EventTime>();
  await records.lookThrough(timeBlocks, (block) => {
    const { id, sourceModule, sourceId, startDate, endDate = null, allDay = false } = block;
    if (sourceModule !== "events" || sourceId === undefined || !isWanted(sourceId)) return;
    const span = startDate === undefined ? null : spanOf({ startDate, endDate, allDay }, zone);
    times.set(sourceId, { blockId: id, span, allDay });
  });
  return times;
}

/** Start and end of an event as tools show them; nothing where it has no time. */
export function shownEventTime(
  zone: Calendar,
  time: EventTime | undefined,
): { readonly start?: string; readonly end?: string } {
  if (time === undefined || time.span === null) return {};
  const { allDay: _, ...shown } = shownTime(zone, { ...time.span, allDay: time.allDay });
  return shown;
}

/** The guests of an event, by name. */
export async function guestsOf(
  records: ReadRecords,
  eventId: string,
): Promise<StoredRecordOf<typeof guests>[]> {
  const found: StoredRecordOf<typeof guests>[] = [];
  await records.scan(
    guests,
    { where: (guest) => guest.eventId === eventId },
    (guest) => void found.push(guest),
  );
  return found.sort((a, b) => compareTexts(a.name ?? "", b.name ?? "") || compareTexts(a.id, b.id));
}

/** The bring-along list of an event, in the person's order. */
export async function itemsOf(
  records: ReadRecords,
  eventId: string,
): Promise<StoredRecordOf<typeof items>[]> {
  const found: StoredRecordOf<typeof items>[] = [];
  await records.scan(items, { where: (item) => item.eventId === eventId }, (item) => void found.push(item));
  return found.sort((a, b) => (a.order ?? 0) - (b.order ?? 0) || compareTexts(a.id, b.id));
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Refuses what a published event cannot have changed here: its public page would go on showing what was before. */
export function demandUnpublished(
  { isPublished, status }: { readonly isPublished?: boolean; readonly status?: string },
): void {
  if (isPublished === true || status === "published") {
    refuseInput("this get-together is published: only the Mana app can change it, with its public page");
  }
}
