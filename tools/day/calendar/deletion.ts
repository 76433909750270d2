// The tool that deletes an event: the event, one time of a series, all from a day on, or the whole series. Blocks go with their events;
// what a second call finds the rest by goes last (contract: modules, timeblocks and calendar).
import { z } from "zod";
import {
  type AnyRowsTogether,
  dayInput,
  defineTool,
  deletedOutput,
  deleteQuestion,
  type DestructiveRecords,
  type ReadRecords,
  recordId,
  refuseInput,
  timeZoneInput,
} from "../../../lib/tool/authoring.ts";
import type { PlainBlock } from "../agenda.ts";
import { isOfEvent } from "./entries.ts";
import { partOf, PARTS_OF_SERIES, readStoredEvent, ruleUntil, type StoredEvent, timesOn } from "./series.ts";
import { events } from "./tables.ts";
import { storedTimes } from "./times.ts";
import { BLOCK_OF_EVENT } from "./writing.ts";
import { timeBlocks } from "../time_blocks.ts";

/** calendar.delete */
export const remove = defineTool({
  name: "calendar.delete",
  title: "Delete an event",
  access: "destructive",
  view: "approval",
  description:
    "Delete an event. Of a series, `day` deletes one time, with `apply` future all from that day on; without `day` the whole series. " +
    "The person is asked first, by the gateway: do not ask them yourself.",
  input: z.object({
    id: recordId("event", "calendar.list"),
    day: dayInput.optional().describe("which time of a series, by its `day`"),
    apply: z.enum(PARTS_OF_SERIES).optional(),
    timeZone: timeZoneInput,
  }),
  output: deletedOutput,
  async confirm({ id, timeZone, ...which }, { calendar, records }) {
    const leftOver = await readLeftOver(records, id);
    if (leftOver !== null) return questionOf("event", leftOver);
    const zone = calendar(timeZone);
    const stored = await readStoredEvent(records, zone, id);
    const part = partOf(stored, zone, which);
    demandNotShared(stored);
    const record = part.part === "event"
      ? "event"
      : part.part === "all"
      ? "whole series"
      : part.part === "this"
      ? `time on ${part.day} of the series`
      : `times from ${part.day} on of the series`;
    return questionOf(record, stored.event);
  },
  async run({ id, timeZone, ...which }, { calendar, records }) {
    if (await readLeftOver(records, id) !== null) {
      await records.writeTogether(async (rows) => void await rows.remove(events, id));
      return { ok: true as const, id };
    }
    const zone = calendar(timeZone);
    const stored = await readStoredEvent(records, zone, id);
    const part = partOf(stored, zone, which);
    demandNotShared(stored);
    if (part.part === "this" && !stored.instances.has(part.day)) {
      await takeOut(
        records,
        stored,
        part.day,
        storedTimes(zone, timesOn(stored, zone, part.day) ?? stored.times),
      );
      return { ok: true as const, id };
    }
    await records.writeTogether(async (rows) => {
      const meant = [...stored.instances].filter(([day]) =>
        part.part === "all" || (part.part === "this" && day === part.day) ||
        (part.part === "future" && day >= part.day)
      ).map(([, instance]) => instance);
      await removeInstances(rows, stored, meant);
      if (part.part === "future") {
        const before = timesOn(stored, zone, part.day) ?? stored.times;
        await rows.update(timeBlocks, stored.block.id, () => ({
          recurrenceRule: ruleUntil(stored.block.recurrenceRule ?? "", zone, before),
        }));
      } else if (part.part !== "this") {
        await rows.remove(timeBlocks, stored.block.id);
        await rows.remove(events, stored.event.id);
      }
    });
    return { ok: true as const, id };
  },
});

type Event = StoredEvent["event"];

function questionOf(record: string, { id, title }: Event): string {
  return deleteQuestion({ record }, { id, ...(title === undefined ? {} : { title }) });
}

/**
 * The event where its block is gone, null where it has one. Of a deletion that got no further than the block the same call has to
 * find the event, whichever part of a series it was about.
 */
async function readLeftOver(records: ReadRecords, id: string): Promise<Event | null> {
  const event = await records.get(events, id);
  let hasBlock = false;
  await records.lookThrough(timeBlocks, (block) => {
    hasBlock ||= block.id === event.timeBlockId && isOfEvent(id, block);
  });
  if (hasBlock) return null;
  demandNotShared({ event });
  return event;
}

/**
 * Takes a day out of a series: a rule has no place for it, so the day gets an instance that is deleted at once. Where the second
 * write is lost, the instance stands in place of the day, and the same call deletes it.
 */
async function takeOut(
  records: DestructiveRecords,
  { block }: StoredEvent,
  day: string,
  times: ReturnType<typeof storedTimes>,
): Promise<void> {
  const { id } = await records.insert(timeBlocks, {
    ...BLOCK_OF_EVENT,
    ...times,
    sourceId: block.sourceId ?? "",
    parentBlockId: block.id,
    recurrenceDate: day,
    isRecurrenceException: true,
    title: block.title ?? "",
    description: null,
    color: block.color ?? null,
  });
  await records.delete(timeBlocks, id);
}

/**
 * Instances with the events of their own, where they have any. The events first: an instance is found by its block, and a second call
 * has to find what is left of it.
 */
async function removeInstances(
  rows: AnyRowsTogether,
  { event }: StoredEvent,
  instances: readonly PlainBlock[],
): Promise<void> {
  // Other writers may have given two blocks the same event.
  for (const sourceId of new Set(instances.map((instance) => instance.sourceId))) {
    if (sourceId !== undefined && sourceId !== event.id) await rows.remove(events, sourceId);
  }
  for (const { id } of instances) await rows.remove(timeBlocks, id);
}

/** A page that shows the event to everybody who has its link would stay, and only the app can take it away. */
function demandNotShared({ event }: Pick<StoredEvent, "event">): void {
  if (typeof event.unlistedToken !== "string" || event.unlistedToken === "") return;
  refuseInput("id: the event is shared by a link; the person has to stop sharing it in the Mana app first");
}
