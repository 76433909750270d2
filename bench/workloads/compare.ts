// Lets servers take turns under wrk.
import type { Measurement, Round } from "../result.ts";
import { BUILD_FOLDER } from "../servers/peers.ts";
import type { RunningServer } from "../servers/running_server.ts";
import { readUsage } from "../servers/usage.ts";
import { type Load, measureRound, touchAll } from "../wrk/measure_round.ts";
import { openSession } from "../wrk/open_session.ts";
import { type Caller, type RequestShape, writeRequests } from "../wrk/write_requests.ts";
import type { Era } from "./requests.ts";

/** One of those that take turns: a server and what it is asked. */
export interface Contestant {
  readonly server: RunningServer;
  readonly workload: string;
  readonly era?: Era;
  readonly variant?: string;
  readonly connections: number;
  readonly callers: readonly Caller[];
  readonly shapes: readonly RequestShape[];
  /** Whether each caller is in a legacy session. */
  readonly inSession?: boolean;
  readonly pauseMs?: number;
}

/**
 * A B C, B C A, C A B, …: whatever else the machine does falls on all of them, and a round of one is a pair with the same
 * round of another. A first turn of each, in which programs are still being compiled, does not count.
 */
export async function compare(
  pace: { readonly rounds: number; readonly roundSeconds: number },
  contestants: readonly Contestant[],
): Promise<Measurement[]> {
  const found: { contestant: Contestant; load: Load; rounds: Round[] }[] = [];
  for (const [number, contestant] of contestants.entries()) {
    found.push({ contestant, load: await prepareLoad(contestant, pace.roundSeconds, number), rounds: [] });
  }
  for (let round = -1; round < pace.rounds; round++) {
    for (let turn = 0; turn < found.length; turn++) {
      const entry = found[(turn + Math.max(round, 0)) % found.length];
      if (entry === undefined) continue;
      const measured = await measureRound(entry.load).catch(blame(entry.contestant.server));
      if (round >= 0) entry.rounds.push(measured);
    }
  }
  return await Promise.all(found.map(async ({ contestant, rounds }) => {
    const { server, workload, connections, era = "modern", variant = "" } = contestant;
    const residentMb = (await readUsage(server.pid))?.residentMb ?? null;
    return { workload, era, variant, connections, server: server.name, residentMb, rounds };
  }));
}

/** Opens sessions where there are to be some, writes the requests, and lets each caller be known to the server. */
export async function prepareLoad(contestant: Contestant, seconds: number, number = 0): Promise<Load> {
  const { server, connections, shapes, inSession = false, pauseMs = 0 } = contestant;
  const { host, pid } = server;
  const file = `${BUILD_FOLDER}/${number}.requests`;
  const callers = inSession
    ? await Promise.all(contestant.callers.map((caller) => openSession(host, caller)))
    : contestant.callers;
  await writeRequests(file, host, shapes, callers);
  await touchAll({ host, shapes, callers }).catch(blame(server));
  return { host, pid, file, connections, seconds, pauseMs, shapes, callers };
}

function blame({ name }: RunningServer): (error: unknown) => never {
  return (error) => {
    throw new Error(`${name} misbehaves: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  };
}
