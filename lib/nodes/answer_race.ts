// How long a decision of the store is waited for: STORE_WAIT_MS of time in which this process was free to read the answer. A process
// that is busy with something else would otherwise take its own slowness for the store's.
import type { Clock } from "../kit/clock.ts";
import { MAX_STORE_TICKS, STORE_TICK_MS, STORE_WAIT_MS } from "../kit/limits.ts";

/** Waits for answers, and not for long. */
export interface AnswerRace {
  /** The answer, or {@link SILENT} when there was none in time. Rejects where the answer does. */
  run(answer: Promise<unknown>): Promise<unknown>;
  /** Waits for nothing any more: what is still waited for counts as silent. */
  stop(): void;
}

/** There was no answer in time. */
export const SILENT = Symbol("silent");

/** Steps that are waited: the first one is not a whole one. */
const TICKS = Math.ceil(STORE_WAIT_MS / STORE_TICK_MS) + 1;

/** Creates the race. One timer serves all answers that are waited for, and there is none when nothing is. */
export function createAnswerRace(clock: Clock): AnswerRace {
  const waiting = new Set<Waiting>();
  let due = 0;
  let disarm: (() => void) | null = null;
  const arm = () => {
    due = clock.elapsed() + STORE_TICK_MS;
    disarm = clock.after(STORE_TICK_MS, tick);
  };
  const tick = () => {
    // The step was longer than it should be, so the loop was busy. What has arrived meanwhile is read before the next step ends.
    const isLate = clock.elapsed() - due > STORE_TICK_MS;
    for (const one of waiting) {
      one.ticks++;
      if (!isLate) one.onTime++;
      if (one.ticks < MAX_STORE_TICKS && (isLate || one.onTime < TICKS)) continue;
      waiting.delete(one);
      one.giveUp();
    }
    disarm = null;
    if (waiting.size > 0) arm();
  };
  return Object.freeze({
    run: (answer: Promise<unknown>) =>
      new Promise((resolve, reject) => {
        const one: Waiting = { ticks: 0, onTime: 0, giveUp: () => resolve(SILENT) };
        waiting.add(one);
        answer.then((reply) => {
          waiting.delete(one);
          resolve(reply);
        }, (error) => {
          waiting.delete(one);
          reject(error);
        });
        if (disarm === null) arm();
      }),
    stop: () => {
      disarm?.();
      disarm = null;
      for (const one of waiting) one.giveUp();
      waiting.clear();
    },
  });
}

/** An answer that is waited for: the steps so far, and those in which the loop was free. */
interface Waiting {
  ticks: number;
  onTime: number;
  readonly giveUp: () => void;
}
