// How long a checkout takes to start, and how much memory it holds before anybody calls, beside another checkout in turns.
import { median } from "../report/statistics.ts";
import { startGateway } from "../servers/gateway.ts";
import type { Upstream } from "../servers/upstream.ts";
import { readUsage } from "../servers/usage.ts";

/** What one checkout needs, as medians. */
export interface StartAndRest {
  readonly startMs: number;
  /** Resident; null where the system does not tell. */
  readonly restMb: number | null;
}

/** Starts each checkout once per round, in turns. The answers are in the order of the checkouts. */
export async function measureStartAndRest(
  upstream: Upstream,
  checkouts: readonly string[],
  rounds: number,
): Promise<StartAndRest[]> {
  const found = checkouts.map(() => ({ startMs: [] as number[], restMb: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    for (const [index, checkout] of checkouts.entries()) {
      const server = await startGateway(upstream.url, checkout);
      try {
        // The metadata are the first thing that a client asks for; after that a gateway is at rest.
        const answer = await fetch(`http://${server.host}/.well-known/oauth-protected-resource/mcp`);
        await answer.body?.cancel();
        const used = await readUsage(server.pid);
        found[index]?.startMs.push(server.startMs);
        if (used !== null) found[index]?.restMb.push(used.residentMb);
      } finally {
        await server.stop();
      }
    }
  }
  return found.map(({ startMs, restMb }) => ({
    startMs: median(startMs),
    restMb: restMb.length === 0 ? null : median(restMb),
  }));
}
