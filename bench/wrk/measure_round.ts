// One round of load on one server, with checked requests before it, in the middle of it and after it.
import { setTimeout as delay } from "node:timers/promises";
import type { RequestShape } from "../load/job.ts";
import { checkAnswer } from "./check_answer.ts";
import { runWrk, type WrkCount, type WrkRun } from "./run_wrk.ts";

/** Throws Error when a checked answer is wrong, wrk saw an error, or answers were not of the size of the checked ones. */
export async function measureRound(load: Load): Promise<WrkCount> {
  const check = (number: number) => {
    const shape = load.shapes[number % load.shapes.length];
    const token = load.tokens[number % load.tokens.length];
    if (shape === undefined || token === undefined) throw new RangeError("Cannot measure: nothing to send");
    return checkAnswer(load.host, shape, token);
  };
  let checked = 0;
  for (let i = 0; i < load.shapes.length; i++) checked += await check(i);
  const run = runWrk(load);
  const middle = delay(load.seconds * 500).then(() => check(load.shapes.length));
  const [count] = await Promise.all([run, middle]);
  await check(load.tokens.length - 1);
  refuseOtherSize(count.bytesPerAnswer, checked / load.shapes.length);
  return count;
}

/** What one server is asked, and by how many connections for how long. */
export interface Load extends WrkRun {
  /** As in the file. */
  readonly shapes: readonly RequestShape[];
  /** As in the file. */
  readonly tokens: readonly string[];
}

const MOST_HEAD_BYTES = 1_500;

/** wrk does not look into bodies, but it counts their bytes: refusals with status 200 would be shorter or longer. */
function refuseOtherSize(answerBytes: number, bodyBytes: number): void {
  if (answerBytes < bodyBytes * 0.98 || answerBytes > bodyBytes * 1.1 + MOST_HEAD_BYTES) {
    throw new Error(
      `answers under load have ${Math.round(answerBytes)} bytes, a checked one ${
        Math.round(bodyBytes)
      } without its head`,
    );
  }
}
