// Which part of the time line an address is about: an app, a module, days. Whatever it names that this person does not have is left out.
import type { PersonApp } from "../../oauth/grants/person_apps.ts";
import type { Problem } from "../layout.tsx";
import { dayOf, FIRST_YEAR, readDay, readInstant, startOfDay } from "./days.ts";

/** What is shown. */
export interface ActivityFilter {
  /** The app; `own`: whoever has the person's own token; `undefined`: everything. */
  readonly app: PersonApp | "own" | undefined;
  readonly module: string | undefined;
  /** The one day that is shown, as `2026-11-27`; `undefined`: {@link WINDOW_DAYS}. */
  readonly day: string | undefined;
  /** Milliseconds; `until` itself is no part of it. */
  readonly since: number;
  readonly until: number;
  /** Whether it ends now: nothing is newer. */
  readonly isNewest: boolean;
  /** Path of the page. */
  readonly path: ActivityPath;
  readonly problems: readonly Problem[];
}

/** Days of one page. */
export const WINDOW_DAYS = 7;

/** Reads the query of an address. */
export function readFilter(query: URLSearchParams, known: FilterDeps): ActivityFilter {
  const { apps, modules, now, zone, path } = known;
  const named = query.get("app") ?? "";
  const text = query.get("day")?.trim() ?? "";
  const day = readDay(text);
  const newest = startOfDay(dayOf(now, zone), zone, 1);
  const end = day === undefined ? newest : startOfDay(day, zone, 1);
  const given = readInstant(query.get("until") ?? "") ?? end;
  const until = Math.min(given, end);
  const since = day === undefined
    ? startOfDay(dayOf(until - 1, zone), zone, 1 - WINDOW_DAYS)
    : startOfDay(day, zone);
  return {
    app: named === "own" ? "own" : apps.find(({ key }) => key === named),
    module: modules.find((module) => module === query.get("module")),
    day,
    since,
    until: Math.max(since + 1, until), // a time before the day: nothing is in it
    isNewest: until === newest,
    path,
    problems: text === "" || day !== undefined ? [] : [{ text: NO_DAY, field: "day" }],
  };
}

/** What a filter is read by. */
export interface FilterDeps {
  readonly apps: readonly PersonApp[];
  /** Names of the modules. */
  readonly modules: readonly string[];
  /** Milliseconds. */
  readonly now: number;
  readonly zone: string | undefined;
  readonly path: ActivityPath;
}

const NO_DAY = "There is no such day. Choose another one, or leave the field empty.";

/**
 * The address of what is older than a page; `undefined`: nothing can be. `oldest` is the oldest call on the page, where the days that
 * it is about have more.
 */
export function earlierAddress(filter: ActivityFilter, oldest: string | undefined): string | undefined {
  const { day, since } = filter;
  if (oldest !== undefined) return addressOf(filter, { day, until: oldest });
  if (since <= Date.UTC(FIRST_YEAR)) return undefined;
  return addressOf(filter, { day: undefined, until: new Date(since).toISOString() });
}

/** The address of what one app did, or was handed. */
export function appAddress(key: string, path: ActivityPath = ACTIVITY_PATH): string {
  return `${path}?${new URLSearchParams({ app: key })}`;
}

/** The address of the newest days, with the same app and module. */
export function newestAddress(filter: ActivityFilter): string {
  return addressOf(filter, { day: undefined, until: undefined });
}

function addressOf(
  { app, module, path }: ActivityFilter,
  { day, until }: { readonly day: string | undefined; readonly until: string | undefined },
): string {
  const query = new URLSearchParams();
  if (app !== undefined) query.set("app", app === "own" ? app : app.key);
  if (module !== undefined) query.set("module", module);
  if (day !== undefined) query.set("day", day);
  if (until !== undefined) query.set("until", until);
  return query.size === 0 ? path : `${path}?${query}`;
}

/** Path of the time line. */
export const ACTIVITY_PATH = "/activity";
/** Path of the page of what apps were handed. */
export const SEEN_PATH = "/activity/seen";

/** The pages that show days of apps. */
export type ActivityPath = typeof ACTIVITY_PATH | typeof SEEN_PATH;
