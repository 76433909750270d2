// The tools of the calendar that make an event, and make or change a calendar.
import { z } from "zod";
import {
  changedOutput,
  colorInput,
  createdOutput,
  defineTool,
  patchOf,
  recordId,
  refuseInput,
  ruleInput,
  timeZoneInput,
  visibleText,
} from "../../../lib/tool/authoring.ts";
import { calendarFor, calendars, events } from "./tables.ts";
import { eventTimes, momentInput, seriesRule, storedTimes } from "./times.ts";
import { timeBlocks } from "../time_blocks.ts";

/** The fields of an event that tools write. */
export const eventInputs = {
  title: visibleText(500),
  description: z.string().max(20_000),
  location: z.string().max(1_000),
  color: colorInput,
  calendarId: z.string().min(1).max(256),
} as const;

/** What every block of an event says. */
export const BLOCK_OF_EVENT = { kind: "scheduled", type: "event", sourceModule: "calendar" } as const;

/** calendar.create */
export const create = defineTool({
  name: "calendar.create",
  title: "Create an event",
  access: "write",
  description:
    "Put an event into the person's calendar, with a rule as a series. Without `endDate` it lasts an hour, or the day. " +
    "A task goes onto the calendar by {todo.schedule}.",
  input: z.object({
    title: eventInputs.title,
    startDate: momentInput.describe(
      "YYYY-MM-DDTHH:mm in the person's time or with an offset; YYYY-MM-DD for whole days",
    ),
    endDate: momentInput.optional().describe("of whole days the last one"),
    recurrenceRule: ruleInput.optional(),
    description: eventInputs.description.optional(),
    location: eventInputs.location.optional(),
    color: eventInputs.color.optional(),
    calendarId: eventInputs.calendarId.optional().describe("the default calendar where left out"),
    timeZone: timeZoneInput,
  }),
  output: createdOutput,
  async run(input, { calendar, records, space }) {
    const zone = calendar(input.timeZone);
    const times = eventTimes(zone, input, null);
    const recurrenceRule = input.recurrenceRule === undefined
      ? null
      : seriesRule(zone, input.recurrenceRule, times);
    const { title, description = null, location = null, color = null } = input;
    const id = await records.writeTogether(async (rows) => {
      const { timeZone } = zone;
      const calendarId = await calendarFor({ rows, records, space, timeZone }, input.calendarId);
      const id = rows.newId(events);
      const block = await rows.insert(timeBlocks, {
        ...BLOCK_OF_EVENT,
        ...storedTimes(zone, times),
        recurrenceRule,
        sourceId: id,
        title,
        description,
        color,
      });
      await rows.insert(events, { calendarId, timeBlockId: block.id, title, description, location, color }, {
        id,
      });
      return id;
    });
    return { id };
  },
});

/** calendar.save_calendar */
export const saveCalendar = defineTool({
  name: "calendar.save_calendar",
  title: "Make or change a calendar",
  access: "write",
  description:
    "Make a calendar, or change the one with this `id`: rename, recolour, hide, make it the default one for new events. " +
    "Calendars are hidden rather than deleted.",
  input: z.object({
    id: recordId("calendar", "calendar.calendars").optional(),
    name: visibleText(200).optional(),
    color: colorInput.optional(),
    isVisible: z.boolean().optional(),
    isDefault: z.literal(true).optional().describe("the calendar that was it no longer is"),
    timeZone: timeZoneInput,
  }),
  output: changedOutput.extend({ id: z.string() }),
  async run({ id, timeZone, ...input }, { calendar, records }) {
    const { name } = input;
    if (id === undefined && name === undefined) refuseInput("name: a new calendar needs one");
    const given = patchOf(input);
    return await records.writeTogether(async (rows) => {
      if (input.isDefault === true) {
        const { rows: others } = await records.list(calendars);
        for (const other of others) {
          if (other.isDefault === true && other.id !== id) {
            await rows.update(calendars, other.id, () => ({ isDefault: false }));
          }
        }
      }
      if (id !== undefined) {
        const { changed } = await rows.update(calendars, id, () => given);
        return { ok: true as const, changed, id };
      }
      const { timeZone: timezone } = calendar(timeZone);
      const made = await rows.insert(calendars, { ...given, name: name ?? "", timezone });
      return { ok: true as const, changed: true, id: made.id };
    });
  },
});
