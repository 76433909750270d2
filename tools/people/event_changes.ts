// The tools that make, change and delete a get-together: always the time block and the event together, the block first.
import { z } from "zod";
import {
  type Calendar,
  changedOutput,
  clearInput,
  colorInput,
  createdOutput,
  dateTimeInput,
  defineTool,
  deletedOutput,
  deleteQuestion,
  demandReadable,
  filledFields,
  patchOf,
  recordId,
  refuseInput,
  type StoredRecordOf,
  timeZoneInput,
  visibleText,
} from "../../lib/tool/authoring.ts";
import { timeBlocks } from "../day/time_blocks.ts";
import { demandUnpublished, type EventTime, eventTimes, socialEvents } from "./social_events.ts";

const Id = recordId("get-together", "events.list");
const description = z.string().max(5_000).optional();
const place = {
  location: z.string().max(500).optional(),
  locationUrl: z.string().max(1_000).optional(),
  color: colorInput.optional(),
  capacity: z.int().min(1).max(100_000).optional().describe("most guests"),
};

/** events.create */
export const create = defineTool({
  name: "events.create",
  title: "Plan a get-together",
  access: "write",
  description:
    "Plan a get-together with guests, such as a party. It starts as a draft and shows in the calendar. {events.guests} adds guests, " +
    "{events.items} what they bring along.",
  input: z.object({
    title: visibleText(300),
    startDate: dateTimeInput,
    endDate: dateTimeInput.optional(),
    timeZone: timeZoneInput,
    description,
    ...place,
  }),
  output: createdOutput,
  async run({ startDate, endDate, timeZone, ...input }, { calendar, records }) {
    const times = timesFrom(calendar(timeZone), startDate, endDate);
    const texts = { ...filledFields(input), title: input.title };
    return await records.writeTogether(async (rows) => {
      const id = rows.newId(socialEvents);
      const block = await rows.insert(timeBlocks, newBlock(id, times, texts));
      await rows.insert(socialEvents, { ...texts, timeBlockId: block.id }, { id });
      return { id };
    });
  },
});

/** events.update */
export const update = defineTool({
  name: "events.update",
  title: "Change a get-together",
  access: "write",
  idempotent: true,
  description:
    "Change a get-together that is not published; what is left out stays. A new `startDate` keeps its length, unless `endDate` is given.",
  input: z.object({
    id: Id,
    title: visibleText(300).optional(),
    startDate: dateTimeInput.optional(),
    endDate: dateTimeInput.optional(),
    timeZone: timeZoneInput,
    description,
    ...place,
    status: z.enum(["draft", "cancelled", "past"]).optional(),
    clear: clearInput(["endDate", "description", "location", "locationUrl", "color", "capacity"]),
  }),
  output: changedOutput,
  async run({ id, clear, timeZone, ...input }, { calendar, records }) {
    const zone = calendar(timeZone);
    const { startDate: start, endDate: end, ...fields } = patchOf(input, clear);
    const { title, description, color } = fields;
    const copies = {
      ...given("title", title),
      ...given("description", description),
      ...given("color", color),
    };
    return await records.writeTogether(async (rows) => {
      const event = await records.get(socialEvents, id);
      demandUnpublished(event);
      const time = (await eventTimes(records, zone, (eventId) => eventId === id)).get(id);
      const moved = start === undefined && end === undefined ? null : movedTimes(zone, time, start, end);
      const block = { ...copies, ...moved };
      const onBlock = time !== undefined && Object.keys(block).length > 0
        ? await rows.update(timeBlocks, time.blockId, () => block)
        : null;
      // Another device has deleted the block: without a block the event has no time.
      const added = time === undefined && moved !== null
        ? await rows.insert(timeBlocks, newBlock(id, moved, { ...textsOf(event), ...copies }))
        : null;
      const patch = { ...fields, ...(added === null ? {} : { timeBlockId: added.id }) };
      const onEvent = Object.keys(patch).length === 0
        ? null
        : await rows.update(socialEvents, id, () => patch);
      const changed = onBlock?.changed === true || added !== null || onEvent?.changed === true;
      return { ok: true as const, changed };
    });
  },
});

/** events.delete */
export const remove = defineTool({
  name: "events.delete",
  title: "Delete a get-together",
  access: "destructive",
  view: "approval",
  description:
    "Delete a get-together that is not published, also from the calendar. The person is asked first, by the gateway: do not ask " +
    "them yourself. To call it off, use {events.update} with the status cancelled.",
  input: z.object({ id: Id }),
  output: deletedOutput,
  async confirm({ id }, { records }) {
    const event = await records.get(socialEvents, id);
    demandUnpublished(event);
    return deleteQuestion(socialEvents, event);
  },
  async run({ id }, { records }) {
    await records.writeTogether(async (rows) => {
      demandUnpublished(await records.get(socialEvents, id));
      const blocks: string[] = [];
      await records.lookThrough(timeBlocks, (block) => {
        if (block.sourceModule === "events" && block.sourceId === id) blocks.push(block.id);
      });
      for (const block of blocks) await rows.remove(timeBlocks, block);
      await rows.remove(socialEvents, id);
    });
    return { ok: true as const, id };
  },
});

/** What block and event have alike. */
interface Copies {
  readonly title: string;
  readonly description?: string | null;
  readonly color?: string | null;
}

interface StoredTimes {
  readonly startDate: string;
  readonly endDate: string | null;
  readonly allDay: boolean;
}

function newBlock(sourceId: string, times: StoredTimes, { title, description = null, color = null }: Copies) {
  const owner = { kind: "scheduled", type: "event", sourceModule: "events", sourceId } as const;
  return { ...times, ...owner, title, description, color };
}

/** The copies of an event whose block is gone. Its title has to be readable: a block without a title is shown by no app. */
function textsOf(event: StoredRecordOf<typeof socialEvents>): Copies {
  demandReadable(socialEvents, event, ["title"]);
  return { ...event, title: event.title ?? "" };
}

function timesFrom(zone: Calendar, start: string, end: string | undefined): StoredTimes {
  return inOrder({
    startDate: zone.instant(start),
    endDate: end === undefined ? null : zone.instant(end),
    allDay: false,
  });
}

/** The times of an event that moves. It keeps its length, unless its end is given or taken away. */
function movedTimes(
  zone: Calendar,
  time: EventTime | undefined,
  start: string | undefined,
  end: string | null | undefined,
): StoredTimes {
  const span = time?.span ?? null;
  if (start === undefined && span === null) {
    refuseInput("startDate: the get-together has no time yet, so it needs a start");
  }
  const first = start === undefined ? span?.start ?? 0 : zone.storedInstant(zone.instant(start)) ?? 0;
  const isDays = time?.allDay === true;
  const length = span === null || span.end === null || (isDays && start !== undefined)
    ? null
    : span.end - span.start;
  const kept = length === null ? null : zone.stored(first + length);
  return inOrder({
    startDate: zone.stored(first),
    endDate: end === undefined ? kept : end === null ? null : zone.instant(end),
    allDay: isDays && start === undefined,
  });
}

function inOrder(times: StoredTimes): StoredTimes {
  if (times.endDate !== null && times.endDate < times.startDate) {
    refuseInput("endDate: it is before `startDate`");
  }
  return times;
}

function given<K extends string, V>(name: K, value: V | undefined): { readonly [N in K]?: V } {
  const one: { [N in K]?: V } = {};
  if (value !== undefined) one[name] = value;
  return one;
}
