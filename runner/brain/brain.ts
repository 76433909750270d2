// The port between a persona's day and whoever thinks it: a script, a model, or an engine of somebody else. A brain sees tools, what it
// called and what came of it; it never sees a token, a key or an address of a service.
import type { Persona } from "../catalogue/read_catalogue.ts";
import type { ManaCall, OfferedTool } from "../mana/mana_call.ts";
import type { Outcome } from "../mana/outcome.ts";
import type { SharedSpace } from "../sign_in/access.ts";

export type { Mischief, OfferedTool } from "../mana/mana_call.ts";
export type { SharedSpace } from "../sign_in/access.ts";

/** Thinks the days of personas. One brain serves all of them. */
export interface Brain {
  /** Shown in the report, such as `scripted` or `model`. */
  readonly name: string;
  /** Begins one day. Asks nobody yet. */
  begin(day: Day): Mind;
}

/** One persona on one day. It keeps what it needs between its turns, and is dropped at the end of the day. */
export interface Mind {
  /**
   * The next turn, given all turns so far, oldest first. Throws `BrainFault` when it cannot think (a model that is away, a budget that
   * is spent), and the signal's reason when it ends.
   */
  next(turns: readonly Turn[], signal: AbortSignal): Promise<Move>;
  /** Ratings of the modules that the day used. An answer that does not hold gives none, never an invented one. */
  rate(turns: readonly Turn[], signal: AbortSignal): Promise<readonly Rating[]>;
}

/** Turns of a day. */
export const MAX_TURNS = 15;
/** Calls that a mind can wish for in a day; what checks look at is not counted. A day that has had so many is over. */
export const MAX_CALLS = 40;

/** What a mind is told at the beginning. */
export interface Day {
  readonly persona: Persona;
  /** How many ticks this persona has had before. With `seed` and the persona's name it determines a scripted day. */
  readonly tick: number;
  readonly seed: number;
  /** The day in the persona's zone, `YYYY-MM-DD`. */
  readonly today: string;
  /** Everything that the gateway's `tools/list` really offers to this persona. */
  readonly tools: readonly OfferedTool[];
  /** Shared spaces that the persona is a member of, all members being personas. */
  readonly sharedSpaces: readonly SharedSpace[];
}

/** One step of a day: calls, or the end with a sentence or two in the persona's words (shown nowhere, kept nowhere). */
export type Move =
  | { readonly calls: readonly Wish[] }
  | { readonly end: string };

/** A call that a mind wants. */
export interface Wish extends ManaCall {
  /** What the right answer is, where the mind knows; a wrong call that is accepted is a violation. Any right answer by default. */
  readonly expects?: Expectation;
}

/** What must come of a call. */
export interface Expectation {
  readonly result: "ok" | "refused" | "any";
  /** The reason code that a refusal must have; any by default. */
  readonly code?: string;
}

/** Calls that were made together, and what came of each. */
export interface Turn {
  readonly calls: readonly Called[];
}

/** A call that was made. */
export interface Called {
  readonly wish: Wish;
  readonly outcome: Outcome;
  readonly violations: readonly Violation[];
}

/** Something that had to hold after a call and did not. */
export interface Violation {
  /** Name of the check, such as `read-back`: posted as `runner.check.<name>` and counted in metrics. */
  readonly check: string;
  readonly tool: string;
  /** Fixed words and names of fields; never a value. */
  readonly words: string;
}

/** What a persona thinks of a module after a day. */
export interface Rating {
  readonly module: string;
  /** 1 to 5, whole. */
  readonly rating: number;
  /** Why, at most 1,000 characters. */
  readonly notes: string;
}

/** A brain that cannot think: the day ends, what was done is kept. */
export class BrainFault extends Error {
  override readonly name = "BrainFault";
  /** What to tell: `budget`, `model` (it is away, or answers nonsense). */
  readonly kind: "budget" | "model";

  constructor(kind: "budget" | "model", message: string) {
    super(message);
    this.kind = kind;
  }
}
