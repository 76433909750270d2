// When a change happened, and whether that lies in the days that are looked at. The service tells nobody when it stored a single
// change, and stamps are their writers' own: so a stamp counts as far as the portion of the log around it allows. Pure.
// Contract: sync sections 3 and 7.

import type { Change } from "../changes/change.ts";
import { EPOCH, parseInstant } from "../changes/instant.ts";
import type { LogPortion } from "../changes/read_log.ts";

/** The days that are looked at, in milliseconds since 1970; `until` itself is no part of them. */
export interface Window {
  readonly since: number;
  readonly until: number;
}

/** From where on the log is read for a window that begins at `since`, as a comparable instant (instant.ts). */
export function readingStart(since: number): string {
  return parseInstant(new Date(Math.max(0, since - ODD_CLOCK_MS)).toISOString()) ?? EPOCH;
}

/** How far a writer's clock may be from the service's before its stamps are odd. The log is read from this long before a window. */
export const ODD_CLOCK_MS = 24 * 60 * 60_000;

/** Between which times the changes of a portion were stored, in milliseconds since 1970. */
export interface StoredBetween {
  readonly after: number;
  readonly until: number;
}

/** See {@link StoredBetween}. */
export function storedBetween({ after, until }: Pick<LogPortion, "after" | "until">): StoredBetween {
  return { after: Date.parse(after), until: Math.ceil(Date.parse(until)) };
}

/**
 * When a change happened; null outside the window. A time that no clock near the service's can have given does not count:
 * whoever planted it would hide a change in the past, or keep a change at the top of every list. Such a change stands at the edge
 * of the days in which it was stored.
 */
export function timeInWindow(change: Change, stored: StoredBetween, { since, until }: Window): number | null {
  const stamp = stampOf(change);
  const isLate = stamp === null || stamp > stored.until + ODD_CLOCK_MS;
  if (isLate || stamp < stored.after - ODD_CLOCK_MS) {
    const first = Math.max(stored.after, since);
    const last = Math.min(stored.until, until - 1);
    return first > last ? null : isLate ? last : first;
  }
  const at = Math.min(stamp, stored.until);
  return at < since || at >= until ? null : at;
}

/** The earliest stamp of a change: later ones had to win over a device whose clock ran ahead. Null without a stamp that is a time. */
export function stampOf(change: Change): number | null {
  let earliest = Infinity;
  const judge = (stamp: unknown): void => {
    const at = typeof stamp === "string" ? Date.parse(stamp) : NaN;
    if (at < earliest) earliest = at;
  };
  if (change.deletedAt !== null) judge(change.deletedAt);
  else if (change.data !== null) judge(change.data.updatedAt ?? change.data.createdAt);
  else {
    let last = "";
    for (const { stamp } of change.fields ?? []) {
      if (stamp !== last) judge(stamp);
      last = stamp;
    }
  }
  return earliest === Infinity ? null : earliest;
}
