// One round of load on one server, with checked requests before it, in the middle of it and after it.
import { setTimeout as delay } from "node:timers/promises";
import type { Round } from "../result.ts";
import { readUsage } from "../servers/usage.ts";
import { checkAnswer } from "./check_answer.ts";
import { runWrk, type WrkRun } from "./run_wrk.ts";
import type { Caller, RequestShape } from "./write_requests.ts";

/** Throws Error when a checked answer is wrong, wrk saw an error, or answers were not of the size of the checked ones. */
export async function measureRound(load: Load): Promise<Round> {
  const bodyBytes = await checkAll(load, 0);
  const before = await readUsage(load.pid);
  const [count] = await Promise.all([runWrk(load), delay(load.seconds * 500).then(() => checkAll(load, 1))]);
  const after = await readUsage(load.pid);
  await checkAll(load, -1);
  refuseOtherSize(count.bytesPerAnswer, bodyBytes);
  const { requests, requestsPerSecond, p50Ms, p99Ms } = count;
  const cpuSeconds = before && after && after.cpuSeconds - before.cpuSeconds;
  return { requestsPerSecond, p50Ms, p99Ms, cpuMicros: cpuSeconds && cpuSeconds * 1e6 / requests };
}

/** What one server is asked, and by how many connections for how long. Shapes and callers are as in the file. */
export interface Load extends WrkRun {
  readonly pid: number;
  readonly shapes: readonly RequestShape[];
  readonly callers: readonly Caller[];
}

/** Sends each kind of request of each caller once and checks the answers, so that what is measured afterwards is warm. */
export async function touchAll({ host, shapes, callers }: Pick<Load, "host" | "shapes" | "callers">) {
  const queue = callers.values();
  await Promise.all(Array.from({ length: 8 }, async () => {
    for (const caller of queue) {
      for (const shape of shapes) await checkAnswer(host, shape, caller);
    }
  }));
}

/** Checks each kind of request of one caller; answers with the bytes of a body, the mean. */
async function checkAll({ host, shapes, callers }: Load, number: number): Promise<number> {
  let bytes = 0;
  for (const shape of shapes) {
    const text = await checkAnswer(host, shape, callers.at(number % callers.length) ?? {});
    bytes += new TextEncoder().encode(text).byteLength;
  }
  return bytes / shapes.length;
}

const MOST_HEAD_BYTES = 1_500;

/** wrk does not look into bodies, but it counts their bytes: refusals with status 200 would be shorter or longer. */
function refuseOtherSize(answer: number, body: number): void {
  if (answer >= body * 0.98 && answer <= body * 1.1 + MOST_HEAD_BYTES) return;
  throw new Error(
    `answers under load have ${answer.toFixed()} bytes, a checked one ${body.toFixed()} without its head`,
  );
}
