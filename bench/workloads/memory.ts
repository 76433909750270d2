// Resident memory while mixed work goes on for a long time.
import { setTimeout as delay } from "node:timers/promises";
import { median, spread } from "../report/statistics.ts";
import type { Fact } from "../result.ts";
import { readUsage } from "../servers/usage.ts";
import { measureRound } from "../wrk/measure_round.ts";
import { prepareLoad } from "./compare.ts";
import { type Stage, withGateway } from "./stage.ts";
import { MIXED } from "./workloads.ts";

const SAMPLES = 120;
/** The first part is growth to size: caches fill, the compiler works. */
const GROWING_SAMPLES = 24;
/** Half a minute of ten. Memory goes up between two collections and down after: what is held is in the middle. */
const WINDOW_SAMPLES = 6;

/** See above. */
export async function measureMemory(stage: Stage): Promise<void> {
  const { upstream, pace: { memorySeconds }, result, say } = stage;
  const { name: workload, population, people, shapes } = MIXED;
  const callers = await upstream.callers(population, people);
  await withGateway(stage, async (server) => {
    say(`memory under mixed load for ${memorySeconds} s`);
    const megabytes: number[] = [];
    const sample = async () => {
      for (let i = 0; i < SAMPLES; i++) {
        await delay(memorySeconds * 1000 / SAMPLES);
        const used = await readUsage(server.pid);
        if (used !== null) megabytes.push(used.residentMb);
      }
    };
    const load = await prepareLoad({ server, workload, connections: 32, callers, shapes }, memorySeconds);
    await Promise.all([measureRound(load), sample()]);
    result.facts.push(...memoryFacts(megabytes));
  });
}

/** What the samples say once the process has grown to its size. */
export function memoryFacts(megabytes: readonly number[]): Fact[] {
  const settled = megabytes.slice(GROWING_SAMPLES);
  if (settled.length < WINDOW_SAMPLES) return [];
  const windows: number[] = [];
  for (let from = 0; from + WINDOW_SAMPLES <= settled.length; from += WINDOW_SAMPLES) {
    windows.push(median(settled.slice(from, from + WINDOW_SAMPLES)));
  }
  const name = "memory under mixed load";
  const furthest = { name: `${name}: furthest half minute`, value: spread(windows) * 100 };
  return [
    { id: "memory-mb", name, value: median(settled), unit: "MB" },
    { id: "memory-spread", ...furthest, unit: "% from the median" },
  ];
}
