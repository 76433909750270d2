import type { RequestShape } from "../load/job.ts";
import { compare, warmUp } from "./compare.ts";
import { habitsList } from "./requests.ts";
import { type Stage, USUAL, withGateway } from "./stage.ts";

/** One person per connection, so that no two calls share a pull. */
const CONNECTIONS = 32;
/** What the stub takes for any answer: far above what either side costs, so that queueing does not decide. */
const LATENCY_MS = 20;
/** A read that insists on the service's state now, as the direct call does. */
const STRICT = { "x-mana-fresh": "strict" };

/** A warm `habits.list` next to the one request to the sync service that it makes, sent directly. */
export async function measureAdded(stage: Stage): Promise<void> {
  const tokens = await stage.upstream.tokens({ ...USUAL, latencyMs: LATENCY_MS }, CONNECTIONS);
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
    const common = { variant: "", connections: CONNECTIONS, tokens, inSession: false };
    await warmUp(stage, { ...common, host: gateway.host, requests: through });
    stage.say(`what the gateway adds: ${LATENCY_MS} ms of upstream, ${CONNECTIONS} connections`);
    stage.result.measurements.push(
      ...await compare(stage, "added", "modern", [
        { ...common, server: gateway, requests: through },
        { ...common, server: stage.upstream, requests: [direct] },
      ]),
    );
  });
}
