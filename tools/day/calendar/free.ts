// The tool that finds free time between what is planned.
import { z } from "zod";
import {
  addDays,
  type Calendar,
  dayInput,
  daysBetween,
  defineTool,
  refuseInput,
  timeZoneInput,
} from "../../../lib/tool/authoring.ts";
import { type Agenda, readAgenda } from "../agenda.ts";
import { isOfCalendar, rangeOf } from "./entries.ts";

/** Modules beside the calendar of which planned time counts as taken. */
const PLANNED = ["todo", "events"] as const;
const MAX_DAYS = 31;
const MINUTE_MS = 60_000;
/** Nobody meets in the minute of the call. */
const ROUND_MS = 5 * MINUTE_MS;
const clock = z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, "expected HH:mm").describe("HH:mm");

/** calendar.free */
export const free = defineTool({
  name: "calendar.free",
  title: "Find free time",
  access: "read",
  description:
    "Find free slots of at least `minutes` between `from` (today by default) and `to` (six days later, at most 31), on each day " +
    "within the hours given. Events, tasks with a time and parties count as taken, whole days and habits do not. " +
    "`unchecked` names modules that were not looked at.",
  input: z.object({
    from: dayInput.optional().describe("YYYY-MM-DD"),
    to: dayInput.optional(),
    minutes: z.int().min(5).max(1_440).default(30),
    earliest: clock.default("09:00"),
    latest: clock.default("18:00"),
    limit: z.int().min(1).max(200).default(20),
    timeZone: timeZoneInput,
  }),
  output: z.object({
    slots: z.array(z.object({ start: z.string(), end: z.string(), minutes: z.number() })),
    hasMore: z.boolean(),
    unchecked: z.array(z.string()),
    unreadable: z.number(),
  }),
  async run(input, { calendar, records, allows, now }) {
    const zone = calendar(input.timeZone);
    const { from, to } = rangeOf(input, zone, { most: MAX_DAYS });
    if (input.latest <= input.earliest) refuseInput("latest: it is not after `earliest`");
    const looked: readonly string[] = PLANNED.filter((module) => allows(module, "read"));
    const agenda = await readAgenda(records, zone, {
      from,
      to,
      keeps: (block) =>
        block.kind === "scheduled" && block.allDay !== true &&
        (isOfCalendar(block) || looked.includes(block.sourceModule ?? "")),
    });
    const earliest = Math.ceil((zone.storedInstant(now) ?? 0) / ROUND_MS) * ROUND_MS;
    const slots: { readonly start: number; readonly end: number }[] = [];
    for (let index = 0; index <= daysBetween(from, to); index++) {
      const day = addDays(from, index);
      const opens = zone.storedInstant(`${day}T${input.earliest}`) ?? 0;
      const closes = zone.storedInstant(`${day}T${input.latest}`) ?? 0;
      slots.push(...gaps(agenda, Math.max(opens, earliest), closes, input.minutes * MINUTE_MS));
      if (slots.length > input.limit) break;
    }
    return {
      slots: slots.slice(0, input.limit).map((slot) => shownSlot(zone, slot)),
      hasMore: slots.length > input.limit,
      unchecked: PLANNED.filter((module) => !looked.includes(module)),
      unreadable: agenda.unreadable.length,
    };
  },
});

/** The times between `from` and `to` of at least this length in which nothing lies; the agenda is in order. */
function gaps({ times }: Agenda, from: number, to: number, least: number) {
  const found: { readonly start: number; readonly end: number }[] = [];
  let start = from;
  for (const time of times) {
    if (time.end === null || time.end <= start) continue;
    if (time.start >= to) break;
    if (time.start - start >= least) found.push({ start, end: time.start });
    start = time.end;
  }
  if (to - start >= least) found.push({ start, end: to });
  return found;
}

function shownSlot(zone: Calendar, { start, end }: { readonly start: number; readonly end: number }) {
  return {
    start: zone.localTime(start),
    end: zone.localTime(end),
    minutes: Math.floor((end - start) / MINUTE_MS),
  };
}
