// The rows that a tick leaves behind the personas API (docs/contracts/personas.md). They say what was called and how it ended, never
// what was in it.

/** One call, or one event of the runner's own: `runner.tick`, `runner.check.<name>`, `runner.absent.<module>`. */
export interface ActionRow {
  readonly tickId: string;
  readonly toolName: string;
  /** 16 hex digits of a keyed hash of the arguments. */
  readonly inputHash?: string;
  readonly result: "ok" | "error";
  /** A reason code, or at most 200 characters of words that quote nothing. */
  readonly errorMessage?: string;
  /** Whole milliseconds. */
  readonly latencyMs?: number;
}

/** What a persona thinks of one module after one tick. */
export interface FeedbackRow {
  readonly tickId: string;
  readonly module: string;
  /** 1 to 5, whole. */
  readonly rating: number;
  readonly notes?: string;
}

/** Rows of one request. */
export const MAX_ACTIONS = 500;
/** Ratings of one request. */
export const MAX_FEEDBACK = 100;
/** The last row of every tick; `errorMessage` is its ending, for `done` as well. */
export const TICK_ROW = "runner.tick";
/** What the rows of the runner's own begin with; all others are calls. */
export const RUNNER_ROW = "runner.";
/** What the rows of broken checks begin with. */
export const CHECK_ROW = "runner.check.";
/** What the rows of modules begin with that the persona's mix has and the gateway does not offer. */
export const ABSENT_ROW = "runner.absent.";
