/** Gives every change its own time. */
export interface LogClock {
  /** A time later than every change and every cursor before it, in microseconds. */
  next(): number;
  /** Now, not earlier than any time given out: what a cursor may promise to have covered. */
  current(): number;
}

/**
 * A clock that only goes forward, even when the system's is set back. Because a later change always gets a
 * later time than every cursor handed out before, a reader that continues from its cursor misses nothing; in
 * the reference, rows with equal times can fall between two pages (sync-protocol, section 11, items 3 to 5).
 *
 * @param last time of the newest stored change, in microseconds
 * @param now milliseconds since 1970
 */
export function createLogClock(last: number, now: () => number): LogClock {
  let latest = last;
  const micros = () => Math.floor(now() * 1000);
  return {
    next() {
      latest = Math.max(latest + 1, micros());
      return latest;
    },
    current() {
      latest = Math.max(latest, micros());
      return latest;
    },
  };
}
