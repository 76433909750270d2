import type { Generator } from "../load/generator.ts";
import type { Job, RequestShape } from "../load/job.ts";
import type { Pace } from "../options.ts";
import type { Measurement, Round } from "../result.ts";
import type { RunningServer } from "../servers/running_server.ts";
import type { UsageReader } from "../servers/usage.ts";
import { type Era, LEGACY_REVISION } from "./requests.ts";

/** What every workload works with. */
export interface Bench {
  readonly generator: Generator;
  readonly usage: UsageReader;
  readonly pace: Pace;
  readonly say: (line: string) => void;
}

/** One of those that take turns: a server and what it is asked. */
export interface Contestant {
  readonly server: RunningServer;
  readonly variant: string;
  readonly connections: number;
  readonly tokens: readonly string[];
  readonly requests: readonly RequestShape[];
  /** Whether each connection is in a legacy session. */
  readonly inSession: boolean;
  /** Whether the client never sleeps (`bench/load/job.ts`); it does by default. */
  readonly awake?: boolean;
  /** Random time up to which a connection waits before each request; none by default. */
  readonly pauseMs?: number;
}

/** Every so many answers of a connection are parsed as a whole. */
const PARSE_EVERY = 101;
/** Requests of all connections together before each round, so that no first request of a connection counts. */
const WARM_UP_REQUESTS = 64;

/** Makes the job of a contestant. */
export function jobOf(contestant: Omit<Contestant, "server" | "variant"> & { readonly host: string }): Job {
  const { host, connections, tokens, requests, inSession, awake = false, pauseMs = 0 } = contestant;
  return {
    host,
    connections,
    tokens: [...tokens],
    requests: [...requests],
    session: inSession ? { revision: LEGACY_REVISION, keep: false } : null,
    warmUpRequests: Math.ceil(WARM_UP_REQUESTS / connections),
    until: { passes: 1 },
    awake,
    pauseMs,
    parseEvery: PARSE_EVERY,
  };
}

/**
 * Lets contestants take turns, A B C, B C A, C A B, …: whatever else the machine does falls on all of them, and a round
 * of one is a pair with the same round of another. A first turn of each, in which programs are still being compiled,
 * does not count.
 */
export async function compare(
  bench: Bench,
  workload: string,
  era: Era,
  contestants: readonly Contestant[],
): Promise<Measurement[]> {
  const found = contestants.map((contestant) => ({ contestant, rounds: new Array<Round>(), bodyBytes: 0 }));
  for (let round = -1; round < bench.pace.rounds; round++) {
    for (let turn = 0; turn < found.length; turn++) {
      const entry = found[(turn + Math.max(round, 0)) % found.length];
      if (entry === undefined) continue;
      const { measured, bodyBytes } = await takeTurn(bench, entry.contestant);
      if (round >= 0) entry.rounds.push(measured);
      entry.bodyBytes = bodyBytes;
    }
  }
  const measurements: Measurement[] = [];
  for (const { contestant: { server, variant, connections }, rounds, bodyBytes } of found) {
    const used = await bench.usage.read(server.pid);
    measurements.push({
      workload,
      era,
      variant,
      connections,
      server: server.name,
      bodyBytes,
      residentMb: used === null ? null : used.residentBytes / 1e6,
      rounds,
    });
  }
  return measurements;
}

async function takeTurn(
  { generator, usage, pace }: Bench,
  contestant: Contestant,
): Promise<{ readonly measured: Round; readonly bodyBytes: number }> {
  const { server } = contestant;
  try {
    await generator.prepare({ ...jobOf({ ...contestant, host: server.host }), until: { ms: pace.roundMs } });
    const before = await usage.read(server.pid);
    const { requests, seconds, p50Ms, p99Ms, bodyBytes } = await generator.run();
    const after = await usage.read(server.pid);
    await generator.finish();
    const cpuMicros = before === null || after === null
      ? null
      : (after.cpuSeconds - before.cpuSeconds) * 1e6 / requests;
    return { measured: { requestsPerSecond: requests / seconds, p50Ms, p99Ms, cpuMicros }, bodyBytes };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new Error(`${server.name} misbehaves: ${words}`, { cause: error });
  }
}

/** Sends each request for each person once, so that what is measured afterwards is warm. */
export async function warmUp(
  { generator }: Bench,
  contestant: Omit<Contestant, "server" | "variant"> & { readonly host: string },
): Promise<number> {
  await generator.prepare({ ...jobOf(contestant), warmUpRequests: 0 });
  const { maxMs } = await generator.run();
  await generator.finish();
  return maxMs;
}
