// Time tracking: the timer. An entry and its time block are written together (time_entries.ts); entries that are over are
// times_changes.ts and times_list.ts (contract: modules, times and timeblocks).
import { z } from "zod";
import {
  createdOutput,
  defineModule,
  defineResource,
  defineTool,
  type Module,
  recordId,
  refuseInput,
  timeZoneInput,
} from "../../lib/tool/authoring.ts";
import { timeBlocks } from "../day/time_blocks.ts";
import {
  insertEntry,
  MAX_DESCRIPTION_CHARS,
  projectFields,
  roundedSeconds,
  runningEntry,
  secondsBetween,
  timeEntries,
} from "./time_entries.ts";
import { addEntry, deleteEntry, updateEntry } from "./times_changes.ts";
import { listEntries } from "./times_list.ts";
import { clients, listProjects, projects, saveProject } from "./times_projects.ts";

const start = defineTool({
  name: "times.start",
  title: "Start the timer",
  access: "write",
  description:
    "Start the timer for what the person does now. Refused while a timer runs: {times.status} tells of it, {times.stop} " +
    "ends it. A browser that is open on the time tracking notices only after it is loaded anew.",
  input: z.object({
    description: z.string().max(500).optional(),
    projectId: recordId("project", "times.projects").optional(),
    isBillable: z.boolean().optional().describe("else as its project"),
  }),
  output: createdOutput,
  async run({ description = "", projectId, isBillable }, { calendar, now, records }) {
    const project = await projectFields(records, projectId);
    return await records.writeTogether(async (rows) => {
      const running = await runningEntry(records, calendar());
      if (running !== undefined) {
        refuseInput(
          `a timer runs since ${calendar().localTime(running.start)}: end it with {times.stop} first`,
        );
      }
      const times = { startDate: now, endDate: null, isLive: true, duration: 0 };
      return { id: await insertEntry(rows, { ...times, description, project, isBillable, app: "timer" }) };
    });
  },
});

const stop = defineTool({
  name: "times.stop",
  title: "Stop the timer",
  access: "write",
  description:
    "Stop the timer that runs. `seconds` is what counts for billing: the time rounded as the person has set it.",
  input: z.object({ timeZone: timeZoneInput }),
  output: createdOutput.extend({ start: z.string(), seconds: z.number() }),
  async run({ timeZone }, { calendar: calendarOf, now, records }) {
    const calendar = calendarOf(timeZone);
    return await records.writeTogether(async (rows) => {
      const running = await runningEntry(records, calendar);
      if (running === undefined) return refuseInput("no timer runs: {times.start} starts it");
      const { entry, block, start } = running;
      const duration = await roundedSeconds(
        records,
        secondsBetween(start, calendar.storedInstant(now) ?? start),
      );
      // The block comes last: by its `isLive` a second call finds the timer again, should one of the two be lost.
      await rows.update(timeEntries, entry.id, () => ({ duration }));
      await rows.update(timeBlocks, block.id, () => ({ endDate: now, isLive: false }));
      return { id: entry.id, start: calendar.localTime(start), seconds: duration };
    });
  },
});

const status = defineTool({
  name: "times.status",
  title: "What the timer does",
  access: "read",
  description: "Tell whether a timer runs, since when and what for. Without `running` none does.",
  input: z.object({ timeZone: timeZoneInput }),
  output: z.object({
    running: z.object({
      id: z.string(),
      description: z.string(),
      projectId: z.string().nullable(),
      start: z.string(),
      seconds: z.number(),
    }).optional(),
  }),
  async run({ timeZone }, { calendar: calendarOf, now, records }) {
    const calendar = calendarOf(timeZone);
    const running = await runningEntry(records, calendar);
    if (running === undefined) return {};
    const { entry: { id }, start } = running;
    // Read as a record, so that a text of another member is remarked on.
    const { description = "", projectId = null } = await records.get(timeEntries, id);
    const seconds = secondsBetween(start, calendar.storedInstant(now) ?? start);
    const text = description.slice(0, MAX_DESCRIPTION_CHARS);
    return { running: { id, description: text, projectId, start: calendar.localTime(start), seconds } };
  },
});

/** Time tracking. */
export const timesModule: Module = defineModule({
  name: "times",
  label: "Time tracking",
  nouns: ["working hours"],
  group: "Money",
  spaceTypes: ["personal", "brand", "club", "team", "practice"],
  tools: [start, stop, status, addEntry, listEntries, updateEntry, deleteEntry, listProjects, saveProject],
  writes: [timeEntries, projects, clients, timeBlocks],
  resource: defineResource({ module: "times", title: "Time entries", table: timeEntries }),
});
