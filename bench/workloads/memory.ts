import { median, slope, spread } from "../report/statistics.ts";
import type { Sample } from "../result.ts";
import { jobOf, warmUp } from "./compare.ts";
import { MIXED } from "./record_work.ts";
import { type Stage, withGateway, WRITERS } from "./stage.ts";

const CONNECTIONS = 32;
const SAMPLES = 120;
/** The first part is growth to size: caches fill, the compiler works. */
const SETTLED_FROM = 0.2;
/** Half a minute. Memory goes up between two collections and down after: what is held is in the middle of some samples. */
const WINDOW_SAMPLES = 6;

/** Resident memory while mixed work goes on for a long time. */
export async function measureMemory(stage: Stage): Promise<void> {
  const { upstream, generator, usage, pace, result } = stage;
  const tokens = await upstream.tokens(WRITERS, pace.writers);
  await withGateway(stage, async (gateway) => {
    const call = { host: gateway.host, connections: CONNECTIONS, tokens, requests: MIXED, inSession: false };
    await warmUp(stage, call);
    stage.say(`memory under mixed load for ${Math.round(pace.memoryMs / 1000)} s`);
    const started = performance.now();
    await generator.prepare({ ...jobOf(call), until: { ms: pace.memoryMs / SAMPLES } });
    for (let i = 0; i < SAMPLES; i++) {
      await generator.run();
      const used = await usage.read(gateway.pid);
      if (used === null) break;
      result.memory.push({
        seconds: (performance.now() - started) / 1000,
        residentMb: used.residentBytes / 1e6,
      });
    }
    await generator.finish();
    result.facts.push(...memoryFacts(result.memory));
  });
}

/** What the samples say once the process has grown to its size. */
export function memoryFacts(samples: readonly Sample[]) {
  const end = samples.at(-1)?.seconds ?? 0;
  const settled = samples.filter(({ seconds }) => seconds >= end * SETTLED_FROM);
  if (settled.length < 2) return [];
  const sizes = settled.map(({ residentMb }) => residentMb);
  const perMinute = slope(settled.map(({ seconds, residentMb }) => ({ x: seconds / 60, y: residentMb })));
  const windows: number[] = [];
  for (let from = 0; from + WINDOW_SAMPLES <= sizes.length; from += WINDOW_SAMPLES) {
    windows.push(median(sizes.slice(from, from + WINDOW_SAMPLES)));
  }
  return [
    { id: "memory-mb", name: "Resident memory under mixed load", value: median(sizes), unit: "MB" },
    { id: "memory-spread", name: "… furthest half minute from it", value: spread(windows) * 100, unit: "%" },
    { id: "memory-furthest", name: "… furthest sample from it", value: spread(sizes) * 100, unit: "%" },
    { id: "memory-slope", name: "… growth", value: perMinute, unit: "MB/min" },
  ];
}
