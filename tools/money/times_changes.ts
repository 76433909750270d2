// Time entries that are over: adding, changing, deleting. The block is written with its entry: it has the times, and copies of what
// the calendar shows.
import { z } from "zod";
import {
  type Calendar,
  changedOutput,
  clearInput,
  createdOutput,
  dateTimeInput,
  defineTool,
  deletedOutput,
  deleteQuestion,
  filledFields,
  patchOf,
  type ReadRecords,
  recordId,
  refuseInput,
  timeZoneInput,
} from "../../lib/tool/authoring.ts";
import { spanOf, timeBlocks } from "../day/time_blocks.ts";
import {
  blockOf,
  blockTitle,
  insertEntry,
  projectFields,
  secondsBetween,
  timeEntries,
} from "./time_entries.ts";

const Id = recordId("time entry", "times.list");

/** Longest time that an entry can take: whoever means more has mistaken a date. */
const MAX_DAYS = 31;

const fields = {
  start: dateTimeInput,
  end: dateTimeInput,
  timeZone: timeZoneInput,
  description: z.string().max(500).optional(),
  projectId: recordId("project", "times.projects").optional(),
  isBillable: z.boolean().optional(),
};

/** Adds an entry that is over. */
export const addEntry = defineTool({
  name: "times.add",
  title: "Add a time entry",
  access: "write",
  description: "Add time that the person has spent already. For what begins now there is {times.start}.",
  input: z.object(fields),
  output: createdOutput.extend({ seconds: z.number() }),
  async run(
    { description = "", projectId, isBillable, timeZone, start, end },
    { calendar: calendarOf, records },
  ) {
    const calendar = calendarOf(timeZone);
    const [startDate, endDate] = [calendar.instant(start), calendar.instant(end)];
    const duration = durationOf(calendar, { startDate, endDate }) ?? 0;
    const project = await projectFields(records, projectId);
    return await records.writeTogether(async (rows) => {
      const times = { startDate, endDate, isLive: false, duration };
      const id = await insertEntry(rows, { ...times, description, project, isBillable, app: "manual" });
      return { id, seconds: duration };
    });
  },
});

/** Changes an entry and its block. */
export const updateEntry = defineTool({
  name: "times.update",
  title: "Change a time entry",
  access: "write",
  idempotent: true,
  description:
    "Change a time entry: its id and only the fields to change. New times give new seconds; give `seconds` where the " +
    "time that counts is another one. Of a timer that runs, {times.stop} sets the end.",
  input: z.object({
    id: Id,
    ...z.object(fields).partial().shape,
    seconds: z.int().min(0).max(MAX_DAYS * 86_400).optional(),
    clear: clearInput(["description", "projectId"]),
  }),
  output: changedOutput,
  async run({ id, clear, timeZone, ...input }, { calendar: calendarOf, records }) {
    const { start, end, seconds, description, projectId, isBillable } = patchOf(input, clear);
    const calendar = calendarOf(timeZone);
    const place: Place = projectId === undefined ? {} : await placeOf(records, projectId);
    // An empty description is stored as such; the block then has the name that the app gives it.
    const text = description === undefined ? {} : { description: (description ?? "").trim() };
    return await records.writeTogether(async (rows) => {
      const block = await blockOf(records, await records.get(timeEntries, id)) ??
        refuseInput("id: this entry was discarded, so it has no time");
      if (block.isLive === true && (end !== undefined || seconds !== undefined)) {
        refuseInput("end: the timer runs, and {times.stop} ends it");
      }
      const times = filledFields({
        startDate: start === undefined ? undefined : calendar.instant(start),
        endDate: end === undefined ? undefined : calendar.instant(end),
      });
      const isMoved = Object.keys(times).length > 0 && block.isLive !== true;
      const duration = seconds ?? (isMoved ? durationOf(calendar, { ...block, ...times }) : undefined);
      const { changed } = await rows.update(timeBlocks, block.id, () => ({
        ...times,
        ...(place.projectId === undefined ? {} : { projectId: place.projectId }),
        ...(text.description === undefined ? {} : { title: blockTitle(text.description) }),
      }));
      const entry = await rows.update(timeEntries, id, () => ({
        ...text,
        ...place,
        ...filledFields({ isBillable, duration }),
      }));
      return { ok: true as const, changed: changed || entry.changed };
    });
  },
});

/** Deletes an entry with its block. */
export const deleteEntry = defineTool({
  name: "times.delete",
  title: "Delete a time entry",
  access: "destructive",
  view: "approval",
  description:
    "Delete a time entry with its time block. The person is asked first, by the gateway: do not ask them yourself. No " +
    "tool brings it back, only the Mana app where the person uses it.",
  input: z.object({ id: Id }),
  output: deletedOutput,
  async confirm({ id }, { calendar, records }) {
    const entry = await records.get(timeEntries, id);
    const block = await blockOf(records, entry);
    const span = block === undefined ? null : spanOf(block, calendar());
    const name = blockTitle(entry.description ?? "");
    const title = span === null ? name : `${name} (${calendar().dayAt(span.start)})`;
    return deleteQuestion(timeEntries, { id, title });
  },
  async run({ id }, { records }) {
    await records.writeTogether(async (rows) => {
      const block = await blockOf(records, await records.get(timeEntries, id));
      if (block !== undefined) await rows.remove(timeBlocks, block.id);
      await rows.remove(timeEntries, id);
    });
    return { ok: true as const, id };
  },
});

/** The project and its client, or neither. */
async function placeOf(records: ReadRecords, projectId: string | null): Promise<Place> {
  const { clientId } = await projectFields(records, projectId ?? undefined);
  return { projectId, clientId };
}

interface Place {
  readonly projectId?: string | null;
  readonly clientId?: string | null;
}

/**
 * Whole seconds between stored times; undefined where there is no end. Throws Refused `input-invalid` for times that cannot be
 * meant.
 */
function durationOf(
  calendar: Calendar,
  { startDate = "", endDate }: { readonly startDate?: string; readonly endDate?: string | null },
): number | undefined {
  const [start, end] = [calendar.storedInstant(startDate), calendar.storedInstant(endDate ?? "")];
  if (start === null || end === null) return undefined;
  if (end <= start) refuseInput("end: it is not after start");
  const seconds = secondsBetween(start, end);
  if (seconds > MAX_DAYS * 86_400) refuseInput(`end: it is more than ${MAX_DAYS} days after start`);
  return seconds;
}
