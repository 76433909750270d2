// Whether a persona's next tick is due. Reads no clock itself.
import type { Cadence } from "./persona_bodies.ts";

/**
 * `hourly`: an hour after the last activity; `daily`: a day; `weekdays`: as daily, from Monday to Friday in the persona's own zone. A
 * last activity that lies more than a day ahead was stamped by a clock that has been set back since, and counts as none.
 */
export function isDue({ cadence, lastActiveAt, timeZone }: Rhythm, now: number): boolean {
  const weekend = cadence === "weekdays" && ["Sat", "Sun"].includes(weekdayIn(timeZone ?? "UTC", now));
  if (weekend) return false;
  if (lastActiveAt === null || lastActiveAt > now + DAY_MS) return true;
  return now - lastActiveAt >= (cadence === "hourly" ? HOUR_MS : DAY_MS);
}

/** When a persona works. */
export interface Rhythm {
  readonly cadence: Cadence;
  /** Milliseconds since 1970; null: never. */
  readonly lastActiveAt: number | null;
  /** IANA name; null: UTC. */
  readonly timeZone: string | null;
}

const HOUR_MS = 3600_000;
const DAY_MS = 24 * HOUR_MS;

function weekdayIn(timeZone: string, now: number): string {
  return new Intl.DateTimeFormat("en-US", { weekday: "short", timeZone }).format(now);
}
