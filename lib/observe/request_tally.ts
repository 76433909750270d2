// What one request or call did, gathered on its way down for its line in the log and its spans: counts and times, no data.
import type { Clock } from "../kit/clock.ts";
import { createNoTrace, type Span, type SpanAttributes, type SpanKind } from "./trace.ts";

/** Counts and times of one request or call. The rooms below add to the tally; only its maker reads it. */
export interface RequestTally {
  readonly span: Span;
  /** A new tally for a part of the work, with a span inside the span of this tally. */
  child(name: string, kind: SpanKind, attributes?: SpanAttributes): RequestTally;
  /** The same as {@link child}, around a span that was started elsewhere. */
  under(span: Span): RequestTally;
  /** Counts the time until the returned function is called, once, as spent with a service. */
  waiting(): () => void;
  /** Counts the time of `work` as cryptography. Overlapping work shares one span. */
  crypto<T>(work: () => Promise<T>): Promise<T>;
  addRows(count: number): void;
  addUnreadable(count: number): void;
  addMended(count: number): void;
  inSpace(id: string): void;
  totals(): TallyTotals;
}

/** The counts and times of a tally. */
export interface TallyTotals {
  /** Records that the tool was given or has changed. */
  readonly rows: number;
  /** Fields among them that could not be read. */
  readonly unreadable: number;
  /** Texts of the result in which halves of surrogate pairs were replaced. */
  readonly mended: number;
  /** Time in which at least one request to a service was under way. */
  readonly upstreamMs: number;
  /** Time in which at least one value was being sealed or opened. */
  readonly cryptoMs: number;
  /** Id of the space that was chosen, for its pseudonym; null when none was. */
  readonly space: string | null;
}

/** Creates an empty tally. */
export function createRequestTally(span: Span, clock: Pick<Clock, "elapsed">): RequestTally {
  return new SpanTally(span, clock);
}

/** Creates a tally that nobody reads, for work that the gateway does by itself after a call has ended. */
export function createUnreadTally(): RequestTally {
  return createRequestTally(createNoTrace().start({ name: "own errand", kind: "internal", parent: null }), {
    elapsed: () => 0,
  });
}

/** A class, since one is made per call: a dozen closures each would cost more than what they count. */
class SpanTally implements RequestTally {
  readonly span: Span;
  readonly #clock: Pick<Clock, "elapsed">;
  #upstream: Stopwatch | null = null;
  #crypto: Stopwatch | null = null;
  #cryptoSpan: Span | null = null;
  #rows = 0;
  #unreadable = 0;
  #mended = 0;
  #space: string | null = null;

  constructor(span: Span, clock: Pick<Clock, "elapsed">) {
    this.span = span;
    this.#clock = clock;
  }

  child(name: string, kind: SpanKind, attributes?: SpanAttributes): RequestTally {
    return new SpanTally(this.span.child(name, kind, attributes), this.#clock);
  }

  under(span: Span): RequestTally {
    return new SpanTally(span, this.#clock);
  }

  waiting(): () => void {
    const watch = this.#upstream ??= new Stopwatch(this.#clock);
    watch.start();
    return () => watch.stop();
  }

  async crypto<T>(work: () => Promise<T>): Promise<T> {
    // The values of one listing are opened together. A span for each would bury the rest of the trace.
    this.#cryptoSpan ??= this.span.child("crypto", "internal");
    const watch = this.#crypto ??= new Stopwatch(this.#clock);
    watch.start();
    try {
      return await work();
    } finally {
      watch.stop();
      if (!watch.isRunning()) {
        this.#cryptoSpan?.end();
        this.#cryptoSpan = null;
      }
    }
  }

  addRows(count: number): void {
    this.#rows += count;
  }

  addUnreadable(count: number): void {
    this.#unreadable += count;
  }

  addMended(count: number): void {
    this.#mended += count;
  }

  inSpace(id: string): void {
    this.#space = id;
  }

  totals(): TallyTotals {
    return {
      rows: this.#rows,
      unreadable: this.#unreadable,
      mended: this.#mended,
      upstreamMs: this.#upstream?.ms() ?? 0,
      cryptoMs: this.#crypto?.ms() ?? 0,
      space: this.#space,
    };
  }
}

/** Adds up the time in which at least one of several overlapping pieces of work runs. */
class Stopwatch {
  readonly #clock: Pick<Clock, "elapsed">;
  #running = 0;
  #since = 0;
  #total = 0;

  constructor(clock: Pick<Clock, "elapsed">) {
    this.#clock = clock;
  }

  isRunning(): boolean {
    return this.#running > 0;
  }

  start(): void {
    if (this.#running === 0) this.#since = this.#clock.elapsed();
    this.#running += 1;
  }

  stop(): void {
    this.#running -= 1;
    if (this.#running === 0) this.#total += this.#clock.elapsed() - this.#since;
  }

  ms(): number {
    return this.#running > 0 ? this.#total + this.#clock.elapsed() - this.#since : this.#total;
  }
}
