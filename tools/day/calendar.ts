// The calendar: events with their time blocks, series, calendars. The rows are what the web app stores (contract: modules,
// calendar and timeblocks).
import { defineModule, defineResource, type Module } from "../../lib/tool/authoring.ts";
import { remove } from "./calendar/deletion.ts";
import { read } from "./calendar/event.ts";
import { free } from "./calendar/free.ts";
import { list, listCalendars } from "./calendar/reading.ts";
import { calendars, events, SHOWN } from "./calendar/tables.ts";
import { update } from "./calendar/update.ts";
import { create, saveCalendar } from "./calendar/writing.ts";
import { timeBlocks } from "./time_blocks.ts";

/** The calendar: list, read, create, change, delete, free time, calendars. */
export const calendarModule: Module = defineModule({
  name: "calendar",
  label: "Calendar",
  nouns: ["calendar", "appointment"],
  group: "Day",
  spaceTypes: ["personal", "brand", "club", "family", "team", "practice"],
  tools: [list, read, create, update, remove, free, listCalendars, saveCalendar],
  writes: [events, calendars, timeBlocks],
  resource: defineResource({ module: "calendar", title: "Events", table: events, show: SHOWN }),
});
