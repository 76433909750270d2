// A day that an engine plays by itself: its turns are told, and what is told becomes rows. Checks have nothing to look at here, since the calls
// are not the runner's; neither are their times, which are those at which the engine told of them.
import { type Day, MAX_CALLS, type Turn } from "../brain/brain.ts";
import type { Engine, EngineDay } from "../brain/engine.ts";
import type { Entrance } from "../sign_in/access.ts";
import type { DayEvents } from "./day.ts";
import { rowName, type TickRows } from "./tick_rows.ts";

/** Plays a day. Throws what ends it early: `BrainFault`, a fault of sign-in, a signal's reason. */
export async function playByEngine(
  { engine, day, token, turns, rows, events, soft }: EngineDayDeps,
): Promise<EngineDay> {
  const played = engine.play(day, token, soft);
  try {
    let calls = 0;
    for (;;) {
      const step = await played.next();
      if (step.done === true) return step.value;
      turns.push(step.value);
      for (const { wish, outcome } of step.value.calls) {
        await rows.addCall(wish, [{ outcome, question: null }]);
        events.called(rowName(wish.tool), outcome);
      }
      await rows.postAll();
      calls += step.value.calls.length;
      if (calls >= MAX_CALLS || rows.isFull()) return { ending: "turns", ratings: [] };
    }
  } finally {
    // Ends what the engine still runs, however the day ended.
    await played.return({ ending: "turns", ratings: [] });
  }
}

/** What such a day is made of. */
export interface EngineDayDeps {
  readonly engine: Engine;
  readonly day: Day;
  readonly token: Entrance["token"];
  /** All turns so far; the day adds to it. */
  readonly turns: Turn[];
  readonly rows: TickRows;
  readonly events: DayEvents;
  /** Ends the day. */
  readonly soft: AbortSignal;
}
