// The tables of the calendar: calendars and events. The times of an event lie on its time block (contract: modules, calendar).
import {
  defineAppTable,
  type ReadRecords,
  refuseInput,
  type RowsTogether,
} from "../../../lib/tool/authoring.ts";

/** Calendars. */
export const calendars = defineAppTable("calendar/calendars", {
  record: "calendar",
  fields: ["name", "color", "isDefault", "isVisible", "timezone"],
});

/** Events. `title`, `description` and `color` stand on the block as well. */
export const events = defineAppTable("calendar/events", {
  record: "event",
  fields: [
    "calendarId",
    "timeBlockId",
    "title",
    "description",
    "location",
    "color",
    "reminders",
    "tagIds",
    "unlistedToken",
  ],
});

/** What resources show of an event: tools show no more, least of all the token that opens the event's public page. */
export const SHOWN = ["calendarId", "title", "description", "location", "color", "tagIds"] as const;

/**
 * The calendar of a new event: the one that is named, else the default one, else the first that is shown. A person who has no
 * calendar at all gets one with the event: theirs has the id that the Mana app gives it at its first start, so that there will be
 * one calendar and not two (contract: modules, calendar, rule 4).
 */
export async function calendarFor(
  { rows, records, space, timeZone }: {
    readonly rows: RowsTogether;
    readonly records: ReadRecords;
    readonly space: { readonly kind: string } | null;
    readonly timeZone: string;
  },
  named: string | undefined,
): Promise<string> {
  if (named !== undefined) return await namedCalendar(records, named);
  const { rows: all } = await records.list(calendars, { order: [{ field: "createdAt", missing: "" }] });
  const shown = all.filter(({ isVisible }) => isVisible !== false);
  const chosen = shown.find(({ isDefault }) => isDefault === true) ?? shown[0];
  if (chosen !== undefined) return chosen.id;
  if (all.length > 0) refuseInput("calendarId: every calendar is hidden; name the one for the event");
  let wasDeleted = false;
  await records.lookThroughDeleted(calendars, ({ id }) => void (wasDeleted ||= id === OWN_CALENDAR));
  const id = space?.kind === "personal" && !wasDeleted
    ? rows.newId(calendars, OWN_CALENDAR)
    : rows.newId(calendars);
  await rows.insert(calendars, { name: "Kalender", isDefault: true, timezone: timeZone }, { id });
  return id;
}

/** A calendar by its id. Refuses an id that is none. */
export async function namedCalendar(records: ReadRecords, id: string): Promise<string> {
  const { rows } = await records.list(calendars);
  if (rows.some((calendar) => calendar.id === id)) return id;
  return refuseInput("calendarId: there is no such calendar; {calendar.calendars} lists them");
}

const OWN_CALENDAR = "personal-calendar";
