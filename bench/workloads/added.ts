// A warm `habits.list` next to the one request to the sync service that it may make: as clients call it, where a read just
// after another need not ask, and where each has to; the request sent directly, and by a bare proxy.
import { startDenoServer } from "../servers/peers.ts";
import { compare } from "./compare.ts";
import { emptyPull, habitsList } from "./requests.ts";
import { type Stage, withGateway } from "./stage.ts";
import { USUAL } from "./workloads.ts";

/** What the stub takes for any answer. */
const LATENCIES_MS = [20, 100];

/** See above. */
export async function measureAdded(stage: Stage): Promise<void> {
  const direct = emptyPull();
  const proxied = { ...habitsList("modern"), marker: direct.marker };
  const proxy = await startDenoServer("proxy", "fetch_proxy.ts", { UPSTREAM: stage.upstream.url });
  try {
    await withGateway(stage, async (gateway) => {
      for (const latencyMs of LATENCIES_MS) {
        const common = {
          workload: "added",
          // One person per connection, so that no two calls share a pull.
          connections: 32,
          callers: await stage.upstream.callers({ ...USUAL, habits: 10, latencyMs }, 32),
          // Half of the time nobody is waiting for an answer. Without it clients of a service that takes a fixed time fall
          // into step, and the size of the crowd is what is measured.
          pauseMs: 2 * latencyMs,
        };
        const variant = addedVariant(latencyMs);
        const strict = addedVariant(latencyMs, "strict");
        stage.say(`what the gateway adds: ${variant}`);
        stage.result.measurements.push(
          ...await compare(stage.pace, [
            { ...common, variant, server: gateway, shapes: [habitsList("modern")] },
            { ...common, variant: strict, server: gateway, shapes: [habitsList("modern", "strict")] },
            { ...common, variant, server: proxy, shapes: [proxied] },
            { ...common, variant, server: stage.upstream, shapes: [direct] },
          ]),
        );
      }
    });
  } finally {
    await proxy.stop();
  }
}

/** How a setting is called in results; `strict` where each call asks the service. */
export function addedVariant(latencyMs: number, freshness: "usual" | "strict" = "usual"): string {
  return `${latencyMs} ms upstream${freshness === "strict" ? ", strict" : ""}`;
}
