// The tool that reads one event of the calendar, with the times of its series.
import { z } from "zod";
import {
  addDays,
  type Calendar,
  defineTool,
  type PlainRecordOf,
  type ReadRecords,
  recordId,
  recordOutput,
  timeZoneInput,
} from "../../../lib/tool/authoring.ts";
import { isTemplate, readAgenda, seriesOf } from "../agenda.ts";
import { isOfCalendar, isOfEvent, MAX_DAYS, shownTime, timeOutput } from "./entries.ts";
import { events } from "./tables.ts";
import { spanOf, timeBlocks } from "../time_blocks.ts";

/** calendar.read */
export const read = defineTool({
  name: "calendar.read",
  title: "Read an event",
  access: "read",
  description:
    "Read one event in full: description, place, calendar, times. Of a series also its rule and its next times. A long description " +
    "goes on at `nextOffset`.",
  input: z.object({
    id: recordId("event", "calendar.list"),
    offset: z.int().min(0).default(0).describe("where the description begins"),
    timeZone: timeZoneInput,
  }),
  output: z.object({
    event: recordOutput(events).omit({ timeBlockId: true, reminders: true, unlistedToken: true }),
    nextOffset: z.number().optional(),
    ...timeOutput,
    start: z.string().optional(),
    recurrenceRule: z.string().optional(),
    ruleUnreadable: z.boolean().optional(),
    nextTimes: z.array(z.object({ day: z.string(), start: z.string() })).optional(),
    seriesId: z.string().optional().describe("the series that this event stands for a `day` of"),
    day: z.string().optional(),
  }),
  async run({ id, offset, timeZone }, { calendar, records }) {
    const zone = calendar(timeZone);
    const { record, nextOffset } = await records.getPortion(events, id, "description", offset);
    const { timeBlockId, reminders: _, unlistedToken: __, ...event } = record;
    let block: PlainRecordOf<typeof timeBlocks> | null = null;
    const parents = new Map<string, string | undefined>();
    await records.lookThrough(timeBlocks, (one) => {
      if (one.id === timeBlockId && isOfEvent(id, one)) block = one;
      if (isOfCalendar(one) && isTemplate(one)) parents.set(one.id, one.sourceId);
    });
    const answer = { event, ...(nextOffset === undefined ? {} : { nextOffset }) };
    return { ...answer, ...await timesOf(records, zone, block, parents) };
  },
});

/** When an event is, and what its series does. */
async function timesOf(
  records: ReadRecords,
  zone: Calendar,
  block: PlainRecordOf<typeof timeBlocks> | null,
  parents: ReadonlyMap<string, string | undefined>,
) {
  const span = block === null ? null : spanOf(block, zone);
  if (block === null || span === null) return { allDay: false };
  const allDay = block.allDay === true;
  const seriesId = parents.get(block.parentBlockId ?? "");
  const times = {
    ...shownTime(zone, { ...span, allDay }),
    ...(seriesId === undefined ? {} : { seriesId }),
    ...(typeof block.recurrenceDate === "string" ? { day: block.recurrenceDate } : {}),
  };
  if (!isTemplate(block)) return times;
  const { id } = block;
  const agenda = await readAgenda(records, zone, {
    from: zone.today,
    to: addDays(zone.today, MAX_DAYS),
    keeps: (one) => isOfCalendar(one) && (one.id === id || one.parentBlockId === id),
  });
  const isReadable = zone.occurrences(seriesOf(block, span), zone.today, zone.today) !== null;
  return {
    ...times,
    recurrenceRule: block.recurrenceRule ?? "",
    ...(isReadable ? {} : { ruleUnreadable: true }),
    nextTimes: agenda.times.filter(({ day }) => day !== null).slice(0, 5).map((time) => ({
      day: time.day ?? "",
      start: shownTime(zone, { ...time, allDay: time.block.allDay === true }).start,
    })),
  };
}
