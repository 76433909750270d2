import type { Result } from "../result.ts";
import { startGateway } from "../servers/gateway.ts";
import type { Peer } from "../servers/peers.ts";
import type { RunningServer } from "../servers/running_server.ts";
import type { Upstream } from "../servers/upstream.ts";
import type { Population } from "../upstream/population.ts";
import type { Bench } from "./compare.ts";

/** What the parts of a run share. */
export interface Stage extends Bench {
  readonly upstream: Upstream;
  readonly peers: readonly Peer[];
  /** What was found out so far; parts add to it. */
  readonly result: Result;
}

/** People enough for every connection, below the calls of one person that may run at a time. */
export const PEOPLE = 64;
/** People with a usual amount of data, and services that answer at once. */
export const USUAL: Population = { habits: 100, tasks: 1_000, changes: 1_000, latencyMs: 0 };

/**
 * People who write. Many with little each: a read pulls the last ten seconds of a person's log again, and nobody writes
 * dozens of times in these.
 */
export const WRITERS: Population = { habits: 100, tasks: 100, changes: 100, latencyMs: 0 };

/** Starts a gateway of its own for what `use` does, so that no part leaves its memory to the next. */
export async function withGateway<T>(stage: Stage, use: (gateway: RunningServer) => Promise<T>): Promise<T> {
  const gateway = await startGateway(stage.upstream.url);
  try {
    return await use(gateway);
  } finally {
    await gateway.stop();
  }
}
