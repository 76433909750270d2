import type { RequestShape } from "../load/job.ts";
import { compare, warmUp } from "./compare.ts";
import { habitsList } from "./requests.ts";
import { type Stage, USUAL, withGateway } from "./stage.ts";

/** One person per connection, so that no two calls share a pull. */
const CONNECTIONS = 32;
/**
 * What the stub takes for any answer. The shorter, the more calls per second 32 connections ask for: at 20 ms what one
 * call costs also makes others wait, at 100 ms it hardly does.
 */
const LATENCIES_MS = [20, 100];
/** A read that insists on the service's state now, as the direct call does. */
const STRICT = { "x-mana-fresh": "strict" };

/** A warm `habits.list` next to the one request to the sync service that it makes, sent directly. */
export async function measureAdded(stage: Stage): Promise<void> {
  const since = encodeURIComponent(new Date().toISOString());
  const direct: RequestShape = {
    method: "GET",
    path: `/sync/habits/pull?collection=habits&since=${since}`,
    headers: { accept: "application/json", "x-client-id": "bench" },
    body: "",
    marker: '"serverChanges":[]',
  };
  const through = [habitsList("modern", STRICT)];
  await withGateway(stage, async (gateway) => {
    for (const latencyMs of LATENCIES_MS) {
      const tokens = await stage.upstream.tokens({ ...USUAL, latencyMs }, CONNECTIONS);
      const common = {
        variant: `${latencyMs} ms upstream`,
        connections: CONNECTIONS,
        tokens,
        inSession: false,
      };
      await warmUp(stage, { ...common, host: gateway.host, requests: through });
      stage.say(`what the gateway adds: ${common.variant}, ${CONNECTIONS} connections`);
      stage.result.measurements.push(
        ...await compare(stage, "added", "modern", [
          { ...common, server: gateway, requests: through },
          { ...common, server: stage.upstream, requests: [direct] },
        ]),
      );
    }
  });
}
