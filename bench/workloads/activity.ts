// The first page of what apps did, of people with a long history: the time until it is there, and what it costs the gateway.
import { setTimeout as delay } from "node:timers/promises";
import { median } from "../report/statistics.ts";
import type { Fact } from "../result.ts";
import { type ActivityStack, startActivityStack } from "../servers/activity_stack.ts";
import { readUsage } from "../servers/usage.ts";
import { measureRound } from "../wrk/measure_round.ts";
import { prepareLoad } from "./compare.ts";
import { listTools } from "./requests.ts";
import type { Stage } from "./stage.ts";

/** People who look at once. */
const PEOPLE = 4;
/** Changes of each, over twenty tables: of a full run, and of a quick one. */
const CHANGES = { full: 100_000, quick: 10_000 };
const SAMPLE_MS = 50;

/** See above. */
export async function measureActivity({ pace, result, say }: Stage): Promise<void> {
  const changes = CHANGES[pace.extent];
  say(`activity: ${PEOPLE} people with ${changes} changes each`);
  const stack = await startActivityStack(PEOPLE, changes);
  try {
    result.facts.push(...await factsOf(stack, pace, changes));
  } finally {
    await stack.stop();
  }
}

async function factsOf(stack: ActivityStack, pace: Stage["pace"], changes: number): Promise<Fact[]> {
  const { gateway } = stack;
  const first = await timed(() => stack.show(0));
  await listToolsFor(stack, pace);
  // Any work lets the heap grow before it is collected. What the pages add is what they need beyond the usual.
  const usual = await readUsage(gateway.pid);
  const single: number[] = [];
  for (let round = 0; round < pace.rounds; round++) {
    single.push(await timed(() => stack.show(round % PEOPLE)));
  }
  const before = await readUsage(gateway.pid);
  let together = 0;
  const peak = await peakDuring(gateway.pid, async () => {
    together = await timed(() => Promise.all(Array.from({ length: PEOPLE }, (_, i) => stack.show(i))));
  });
  const after = await readUsage(gateway.pid);
  const of = `of ${changes.toLocaleString("en")} changes`;
  const fact = (id: string, name: string, value: number, unit: string): Fact => (
    { id: `${id}/${changes}`, name: `first page of what apps did, ${of}${name}`, value, unit }
  );
  const facts = [
    fact("activity-first-ms", ", of a gateway just started", first, "ms"),
    fact("activity-ms", "", median(single), "ms"),
    fact("activity-together-ms", `, ${PEOPLE} at once`, together, "ms"),
  ];
  if (usual === null || before === null || after === null) return facts;
  const cpuMs = (after.cpuSeconds - before.cpuSeconds) * 1_000 / PEOPLE;
  return [
    ...facts,
    fact("activity-cpu-ms", ": processor time of the gateway", cpuMs, "ms"),
    fact("activity-mb", `, ${PEOPLE} at once: memory above listing tools`, peak - usual.residentMb, "MB"),
  ];
}

/** What gateways do most of the time, for as long as other parts do it. */
async function listToolsFor(stack: ActivityStack, { rounds, roundSeconds }: Stage["pace"]): Promise<void> {
  const load = await prepareLoad({
    server: stack.gateway,
    workload: "tools/list",
    connections: 32,
    callers: await stack.callers(),
    shapes: [listTools("modern")],
  }, roundSeconds);
  for (let round = 0; round < rounds; round++) await measureRound(load);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** The highest resident memory of a process while `work` is done, in MB. */
async function peakDuring(pid: number, work: () => Promise<void>): Promise<number> {
  let peak = 0;
  let isDone = false;
  const sample = async () => {
    while (!isDone) {
      peak = Math.max(peak, (await readUsage(pid))?.residentMb ?? 0);
      await delay(SAMPLE_MS);
    }
  };
  await Promise.all([sample(), work().finally(() => isDone = true)]);
  return peak;
}
