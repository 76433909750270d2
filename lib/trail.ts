import type { Span, SpanAttributes, SpanKind } from "./trace.ts";

/** What a trail has gathered. */
export interface TrailTotals {
  /** Records that the tool was given or has changed. */
  readonly rows: number;
  /** Fields among them that could not be read. */
  readonly unreadable: number;
  /** Time in which at least one request to a service was under way. */
  readonly upstreamMs: number;
  /** Time in which at least one value was being sealed or opened. */
  readonly cryptoMs: number;
  /** Id of the space that was chosen, for its pseudonym; null when none was. */
  readonly space: string | null;
}

/**
 * What one request or one call does, gathered on its way down for the one line in the log and the spans beneath it:
 * counts and times only. Layers below add to it; nobody but the one who made it reads it.
 */
export interface Trail {
  readonly span: Span;
  /** A trail of its own for a part of the work, with a span inside this one's. */
  child(name: string, kind: SpanKind, attributes?: SpanAttributes): Trail;
  /** The same as {@link child} for a span that was started elsewhere. */
  under(span: Span): Trail;
  /** Counts the time until the returned function is called as spent with a service. */
  waiting(): () => void;
  /** Counts the time of `work` as cryptography; work that overlaps is one span. */
  crypto<T>(work: () => Promise<T>): Promise<T>;
  addRows(count: number): void;
  addUnreadable(count: number): void;
  inSpace(id: string): void;
  totals(): TrailTotals;
}

/** Creates an empty trail. `monotonic` are milliseconds of a clock that never jumps. */
export function createTrail(span: Span, monotonic: () => number): Trail {
  const upstream = createStopwatch(monotonic);
  const crypto = createStopwatch(monotonic);
  let cryptoSpan: Span | null = null;
  let rows = 0;
  let unreadable = 0;
  let space: string | null = null;
  const trail: Trail = {
    span,
    child: (name, kind, attributes) => createTrail(span.child(name, kind, attributes), monotonic),
    under: (other) => createTrail(other, monotonic),
    waiting: () => upstream.start(),
    async crypto(work) {
      // Values of one listing are opened together: a span each would bury the rest of the trace.
      cryptoSpan ??= span.child("crypto", "internal");
      const stop = crypto.start();
      try {
        return await work();
      } finally {
        stop();
        if (!crypto.isRunning()) {
          cryptoSpan?.end();
          cryptoSpan = null;
        }
      }
    },
    addRows: (count) => void (rows += count),
    addUnreadable: (count) => void (unreadable += count),
    inSpace: (id) => void (space = id),
    totals: () => ({ rows, unreadable, upstreamMs: upstream.ms(), cryptoMs: crypto.ms(), space }),
  };
  return Object.freeze(trail);
}

/** Adds up the time in which at least one of several overlapping pieces of work runs. */
function createStopwatch(monotonic: () => number) {
  let running = 0;
  let since = 0;
  let total = 0;
  return {
    isRunning: () => running > 0,
    start() {
      if (running === 0) since = monotonic();
      running += 1;
      let over = false;
      return () => {
        if (over) return;
        over = true;
        running -= 1;
        if (running === 0) total += monotonic() - since;
      };
    },
    ms: () => running > 0 ? total + monotonic() - since : total,
  };
}
