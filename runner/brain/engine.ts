// The port to somebody else's agent that plays whole days by itself, with a loop and a connection of its own: nobody can ask it for the next
// turn. It is given a persona's token, as every client is; what it did is told turn by turn, so that rows are posted while it goes on.
import type { Day, Rating, Turn } from "./brain.ts";

/** Plays days of personas. One engine serves all of them. */
export interface Engine {
  /** Shown in the report, such as `agent-sdk`. */
  readonly name: string;
  /**
   * Plays one day to its end, and leaves nothing running behind: it yields each turn as soon as its calls have their results. Throws
   * `BrainFault`, and the signal's reason when it ends.
   */
  play(day: Day, token: () => Promise<string>, signal: AbortSignal): AsyncGenerator<Turn, EngineDay, void>;
}

/** How a day ended that an engine played. */
export interface EngineDay {
  /** `turns`: the engine was not done when its turns were used up. */
  readonly ending: "done" | "turns";
  readonly ratings: readonly Rating[];
}
