// How an attempt ends, and which service was the reason where it was one.
import { BrainFault } from "../brain/brain.ts";
import { DeadlineReached } from "../kit/clock.ts";
import { NotConnected } from "../mana/mana.ts";
import { SignInFault } from "../sign_in/access.ts";

/** How an attempt ends: the words of the row `runner.tick`. */
export type Ending = "done" | "turns" | "deadline" | "sign-in" | "gateway" | "model" | "interrupted";

/** Every ending. */
export const ENDINGS: readonly Ending[] = [
  "done",
  "turns",
  "deadline",
  "sign-in",
  "gateway",
  "model",
  "interrupted",
];

/** What everybody waits for when it is away. */
export type Need = "auth" | "gateway" | "model";

/** How an attempt ended that was ended by an error. */
export interface Fault {
  readonly ending: Ending;
  /** Who is away, for every persona; null where it is this persona's own matter. */
  readonly away: Need | null;
  /** How long to wait at least, as the other side told; null where it did not. */
  readonly waitMs: number | null;
  /** For the log: fixed words, never a value. */
  readonly words: string;
}

/** What an error means for the attempt that it ended. `stop` is the signal of a runner that is being stopped. */
export function faultOf(error: unknown, stop: AbortSignal): Fault {
  const own = (ending: Ending, words: string) => ({ ending, away: null, waitMs: null, words });
  if (error instanceof DeadlineReached) return own("deadline", "the time is up");
  if (stop.aborted && error === stop.reason) return own("interrupted", "the runner stops");
  if (error instanceof SignInFault) {
    // Whoever is asked to wait may be locked alone: the others go on.
    const away = error.kind === "away" ? "auth" : null;
    return { ending: "sign-in", away, waitMs: error.waitMs, words: error.message };
  }
  if (error instanceof NotConnected) {
    return { ending: "gateway", away: "gateway", waitMs: null, words: error.message };
  }
  if (error instanceof BrainFault) {
    return { ending: "model", away: "model", waitMs: null, words: `${error.kind}: nobody thinks` };
  }
  return own("interrupted", error instanceof Error ? error.name : "unknown");
}
