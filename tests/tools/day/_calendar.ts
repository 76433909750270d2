// Blocks and events as other devices write them, and listings as a few words.
import { pushInsert, type WireTable } from "../../_support/device.ts";
import { z } from "zod";
import { callOk } from "../../_support/mcp.ts";
import type { Person, World } from "../../_support/world.ts";

export const BLOCKS: WireTable = { app: "timeblocks", table: "timeBlocks" };
export const EVENTS: WireTable = { app: "calendar", table: "events" };
export const CALENDARS: WireTable = { app: "calendar", table: "calendars" };

export const BERLIN = { timeZone: "Europe/Berlin" };

/** A calendar, so that events have one. */
export async function addCalendar(
  world: World,
  person: Person,
  id = "personal-calendar",
  more = {},
): Promise<void> {
  await pushInsert(world, person, CALENDARS, id, {
    name: "Privat",
    color: "#3B82F6",
    isDefault: true,
    isVisible: true,
    timezone: "Europe/Berlin",
    ...more,
  });
}

/** A block as the web app writes it, in clear. */
export async function addBlock(
  world: World,
  person: Person,
  id: string,
  more: Record<string, unknown>,
): Promise<void> {
  await pushInsert(world, person, BLOCKS, id, {
    endDate: null,
    allDay: false,
    isLive: false,
    timezone: null,
    recurrenceRule: null,
    kind: "scheduled",
    type: "event",
    sourceModule: "calendar",
    sourceId: `${id}-owner`,
    title: id,
    ...more,
  });
}

const Listing = z.object({
  entries: z.array(z.looseObject({
    id: z.string(),
    title: z.string().optional(),
    start: z.string(),
    end: z.string().optional(),
    day: z.string().optional(),
    module: z.string().optional(),
  })),
  hasMore: z.boolean(),
  nextCursor: z.string().optional(),
  unreadable: z.number(),
});

/** A listing as it comes. */
export async function listing(
  world: World,
  person: Person,
  args: Record<string, unknown>,
): Promise<z.infer<typeof Listing>> {
  return Listing.parse(await callOk(world, person, "calendar_list", { ...BERLIN, ...args }));
}

/** The entries of a listing, each as `title start/end`, without year and offset. */
export async function agenda(world: World, person: Person, args: Record<string, unknown>): Promise<string[]> {
  const short = (time: string) => time.slice(5).replace(/[+-]\d\d:\d\d$/, "");
  return (await listing(world, person, args)).entries.map(({ title, start, end, module }) =>
    `${title} ${short(start)}${end === undefined ? "" : `/${short(end)}`}${
      module === undefined ? "" : ` ${module}`
    }`
  );
}

/** Creates an event, and gives its id. */
export async function create(world: World, person: Person, args: Record<string, unknown>): Promise<string> {
  return String((await callOk(world, person, "calendar_create", { ...BERLIN, ...args })).id);
}
