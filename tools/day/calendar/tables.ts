// The tables of the calendar: calendars and events. The times of an event lie on its time block (contract: modules, calendar).
import { defineAppTable, type ReadRecords, refuseInput } from "../../../lib/tool/authoring.ts";

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

/** The calendar of a new event: the one that is named, else the default one, else the first that is shown. */
export async function calendarFor(records: ReadRecords, named: string | undefined): Promise<string> {
  const { rows } = await records.list(calendars, { order: [{ field: "createdAt", missing: "" }] });
  if (named !== undefined) {
    if (!rows.some(({ id }) => id === named)) {
      refuseInput("calendarId: there is no such calendar; {calendar.calendars} lists them");
    }
    return named;
  }
  const shown = rows.filter(({ isVisible }) => isVisible !== false);
  const chosen = shown.find(({ isDefault }) => isDefault === true) ?? shown[0];
  return chosen?.id ??
    refuseInput("there is no calendar for the event: make one with {calendar.save_calendar} first");
}
