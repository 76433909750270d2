// The clock of the change log, which gives every change its own time and only goes forward.

/** The clock of the log. */
export interface LogClock {
  /** A time later than every change and every position before it, in microseconds. */
  next(): number;
  /** Now, in microseconds, not earlier than any time given out: a position may promise to cover everything up to it. */
  current(): number;
}

/**
 * Goes forward even when the system's clock is set back. A later change always gets a later time than every position
 * handed out before, so that a reader who continues from its position misses nothing. In the reference, rows with equal
 * times can fall between two portions (sync-protocol, section 11, items 3 to 5).
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
