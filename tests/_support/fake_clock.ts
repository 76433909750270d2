// The gateway's time in the hands of a test: no real timer, no real waiting.
import type { Clock } from "../../lib/kit/clock.ts";

/** A clock that reads what `now` says. What is to run later never runs, and waiting takes no time, unless `over` says otherwise. */
export function clockOf(now: () => number, over: Partial<Clock> = {}): Clock {
  return { calendar: now, elapsed: now, after: () => () => {}, wait: () => Promise.resolve(), ...over };
}

/** A clock that stands still until it is turned, with the timers that hang on it. */
export interface FakeClock extends Clock {
  readonly now: () => number;
  /** How many timers have neither run nor been taken back. */
  armed(): number;
  /** How many of them were told to wait this long. */
  waiting(ms: number): number;
  /** How many there have been. */
  scheduled(): number;
  /** Turns the clock, and runs what is due on the way, in order. */
  advance(ms: number): void;
  /** The process is busy for so long: time passes, and only then runs what was due meanwhile, late. */
  stall(ms: number): void;
}

/** Creates a fake clock. */
export function createFakeClock(start = 1_000): FakeClock {
  let now = start;
  let scheduled = 0;
  const timers = new Set<{ at: number; ms: number; run: () => void }>();
  const clock = clockOf(() => now, {
    after(ms, run) {
      const timer = { at: now + ms, ms, run };
      timers.add(timer);
      scheduled++;
      return () => void timers.delete(timer);
    },
  });
  return {
    ...clock,
    now: () => now,
    armed: () => timers.size,
    waiting: (ms) => [...timers].filter((timer) => timer.ms === ms).length,
    scheduled: () => scheduled,
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        timers.delete(next);
        now = next.at;
        next.run();
      }
      now = end;
    },
    stall(ms) {
      now += ms;
      const due = [...timers].filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
      for (const timer of due) if (timers.delete(timer)) timer.run();
    },
  };
}
