// The tool that changes an event: the event, one time of a series, all from a day on, or the whole series. Block and event are written
// together, block first (contract: modules, timeblocks and calendar).
import { z } from "zod";
import {
  type Calendar,
  changedOutput,
  clearInput,
  dayInput,
  defineTool,
  patchOf,
  recordId,
  refuseInput,
  type RowsTogether,
  ruleInput,
  timeZoneInput,
  type WriteRecords,
} from "../../../lib/tool/authoring.ts";
import {
  isOwn,
  partOf,
  PARTS_OF_SERIES,
  readStoredEvent,
  ruleFrom,
  ruleUntil,
  type StoredEvent,
  timesOn,
} from "./series.ts";
import { events, namedCalendar } from "./tables.ts";
import {
  blockTexts,
  CLEARABLE,
  type EventPatch,
  fieldsOf,
  newFields,
  ruleAfter,
  textsOf,
  timesAfter,
  timesOfBlock,
} from "./patch.ts";
import { type EventTimes, momentInput, storedTimes } from "./times.ts";
import { BLOCK_OF_EVENT, eventInputs } from "./writing.ts";
import { timeBlocks } from "../time_blocks.ts";

const input = {
  id: recordId("event", "calendar.list"),
  day: dayInput.optional().describe("which time of a series, by its `day`"),
  apply: z.enum(PARTS_OF_SERIES).optional().describe(
    "with `day` this one by default, without it the whole series",
  ),
  title: eventInputs.title.optional(),
  startDate: momentInput.optional().describe(
    "as in {calendar.create}; of the whole series, that of its first time",
  ),
  endDate: momentInput.optional().describe("the event keeps its length where left out"),
  recurrenceRule: ruleInput.optional(),
  description: eventInputs.description.optional(),
  location: eventInputs.location.optional(),
  color: eventInputs.color.optional(),
  calendarId: eventInputs.calendarId.optional(),
  clear: clearInput(CLEARABLE),
  timeZone: timeZoneInput,
};

/** calendar.update */
export const update = defineTool({
  name: "calendar.update",
  title: "Change an event",
  access: "write",
  idempotent: true,
  description:
    "Change an event: give its id and only what is to change. Of a series, `day` changes one time, with `apply` future all from " +
    "that day on, which become a series of their own.",
  input: z.object(input),
  output: changedOutput.extend({ id: z.string().describe("the event that now has these fields") }),
  async run({ id, day, apply, clear = [], timeZone, ...given }, { calendar, records }) {
    const zone = calendar(timeZone);
    const patch = patchOf(given, clear);
    return await records.writeTogether(async (rows) => {
      const stored = await readStoredEvent(records, zone, id);
      const part = partOf(stored, zone, { day, apply });
      if (patch.calendarId !== undefined) await namedCalendar(records, patch.calendarId);
      const change: Change = { zone, records, rows, stored, patch };
      switch (part.part) {
        case "this":
          return await changeThis(change, part.day);
        case "future":
          return await changeFuture(change, part.day);
        default:
          return await changeWhole(change);
      }
    });
  },
});

interface Change {
  readonly zone: Calendar;
  readonly records: WriteRecords;
  readonly rows: RowsTogether;
  readonly stored: StoredEvent;
  readonly patch: EventPatch;
}

/** The event and its block, of a series the whole of it: instances that nobody changed follow. */
async function changeWhole({ zone, rows, stored, patch }: Change) {
  const { block, event, isSeries } = stored;
  const times = timesAfter(zone, patch, stored.times);
  if (
    patch.recurrenceRule !== undefined && patch.recurrenceRule !== null &&
    typeof block.parentBlockId === "string"
  ) {
    refuseInput("recurrenceRule: the event is one time of a series; change the series instead");
  }
  const rule = ruleAfter(zone, patch, times ?? stored.times, block.recurrenceRule ?? null, times !== null);
  if (isSeries) await changeCopies({ zone, rows, stored, patch }, times, rule);
  const ofBlock = await rows.update(timeBlocks, block.id, () => ({
    ...textsOf(patch),
    ...(times === null ? {} : storedTimes(zone, times)),
    ...(rule === undefined ? {} : { recurrenceRule: rule }),
  }));
  const ofEvent = await rows.update(events, event.id, () => fieldsOf(patch));
  return { ok: true as const, changed: ofBlock.changed || ofEvent.changed, id: event.id };
}

/**
 * The blocks that the web app made for days of the series ahead. They move with the series; where it has a day no more, they go. A
 * copy is never deleted on a day that stays: that would take the day out.
 */
async function changeCopies(
  { zone, rows, stored, patch }: Omit<Change, "records">,
  times: EventTimes | null,
  rule: string | null | undefined,
): Promise<void> {
  const isMoved = times !== null || rule !== undefined;
  const recurrenceRule = rule === undefined ? stored.block.recurrenceRule ?? null : rule;
  const after = { ...stored, times: times ?? stored.times, block: { ...stored.block, recurrenceRule } };
  for (const [day, copy] of stored.instances) {
    if (isOwn(stored, copy)) continue;
    const moved = isMoved ? timesOn(after, zone, day) : null;
    if (isMoved && moved === null) await rows.remove(timeBlocks, copy.id);
    else {
      await rows.update(timeBlocks, copy.id, () => ({
        ...textsOf(patch),
        ...(moved === null ? {} : storedTimes(zone, moved)),
      }));
    }
  }
}

/** One time of a series, as an instance with an event of its own. */
async function changeThis({ zone, rows, stored, patch }: Change, day: string) {
  if (patch.recurrenceRule !== undefined) {
    refuseInput("recurrenceRule: one time has no rule; use `apply` future or all");
  }
  const instance = stored.instances.get(day);
  const before = (instance === undefined ? timesOn(stored, zone, day) : timesOfBlock(zone, instance)) ??
    stored.times;
  const times = timesAfter(zone, patch, before);
  if (instance !== undefined && instance.sourceId !== undefined && instance.sourceId !== stored.event.id) {
    const ofBlock = await rows.update(timeBlocks, instance.id, () => ({
      ...textsOf(patch),
      ...(times === null ? {} : storedTimes(zone, times)),
      isRecurrenceException: true,
    }));
    const ofEvent = await rows.update(events, instance.sourceId, () => fieldsOf(patch));
    return { ok: true as const, changed: ofBlock.changed || ofEvent.changed, id: instance.sourceId };
  }
  const id = rows.newId(events);
  const fields = newFields(stored, patch);
  if (instance !== undefined) {
    // The event first, since a call that completes the write decides by what the block says.
    await rows.insert(events, { ...fields, timeBlockId: instance.id }, { id });
    await rows.update(timeBlocks, instance.id, () => ({
      ...textsOf(patch),
      ...(times === null ? {} : storedTimes(zone, times)),
      sourceId: id,
      isRecurrenceException: true,
    }));
    return { ok: true as const, changed: true, id };
  }
  const block = await rows.insert(timeBlocks, {
    ...BLOCK_OF_EVENT,
    ...storedTimes(zone, times ?? before),
    ...blockTexts(fields),
    sourceId: id,
    parentBlockId: stored.block.id,
    recurrenceDate: day,
    isRecurrenceException: true,
  });
  await rows.insert(events, { ...fields, timeBlockId: block.id }, { id });
  return { ok: true as const, changed: true, id };
}

/** Ends the series before a day, and begins another one there. */
async function changeFuture({ zone, rows, stored, patch }: Change, day: string) {
  const { block, deletedDays, instances } = stored;
  const lost = [...deletedDays].filter((one) => one >= day).sort()[0];
  if (lost !== undefined) {
    refuseInput(
      `apply: ${lost} was taken out of the series and would come back; change these times one by one, or the whole series`,
    );
  }
  const before = timesOn(stored, zone, day) ?? stored.times;
  const times = timesAfter(zone, patch, before) ?? before;
  const rest = ruleFrom(stored, zone, day);
  const rule = ruleAfter(zone, patch, times, rest, true) ?? rest;
  const id = rows.newId(events);
  const fields = newFields(stored, patch);
  const made = await rows.insert(timeBlocks, {
    ...BLOCK_OF_EVENT,
    ...storedTimes(zone, times),
    ...blockTexts(fields),
    recurrenceRule: rule,
    sourceId: id,
  });
  for (const [date, instance] of instances) {
    if (date < day) continue;
    if (isOwn(stored, instance)) {
      await rows.update(timeBlocks, instance.id, () => ({ parentBlockId: made.id }));
    } else await rows.remove(timeBlocks, instance.id);
  }
  await rows.insert(events, { ...fields, timeBlockId: made.id }, { id });
  // Last, since a call that completes the write decides by the series as it was.
  await rows.update(timeBlocks, block.id, () => ({
    recurrenceRule: ruleUntil(block.recurrenceRule ?? "", zone, before),
  }));
  return { ok: true as const, changed: true, id };
}
