import { emptyPull } from "../servers/empty_pull.ts";
import type { RunningServer } from "../servers/running_server.ts";
import { startProxy } from "../servers/start_proxy.ts";
import { addedVariant } from "./added_variant.ts";
import { compare, warmUp } from "./compare.ts";
import { habitsList } from "./requests.ts";
import { type Stage, USUAL, withGateway } from "./stage.ts";

/** One person per connection, so that no two calls share a pull. */
const CONNECTIONS = 32;
/** What the stub takes for any answer, and how many rows the gateway's answer has: the direct call's has none. */
const SETTINGS = [
  { latencyMs: 20, rows: 10 },
  { latencyMs: 20, rows: 100 },
  { latencyMs: 100, rows: 10 },
];
/** A read that insists on the service's state now, as the direct call does. */
const STRICT = { "x-mana-fresh": "strict" };

/**
 * A warm `habits.list` next to the one request to the sync service that it may make: as clients call it, where a read just
 * after another need not ask, and where each has to; the request sent directly, by a bare proxy, which is what Deno itself
 * takes for a call that makes another, and by the least that a Deno process in between can do.
 */
export async function measureAdded(stage: Stage): Promise<void> {
  const direct = emptyPull();
  const call = habitsList("modern");
  const strict = habitsList("modern", STRICT);
  const proxied = { ...call, marker: direct.marker };
  const proxies: RunningServer[] = [];
  try {
    for (const name of ["proxy", "least-proxy"] as const) {
      proxies.push(await startProxy(name, stage.upstream.url));
    }
    await withGateway(stage, async (gateway) => {
      for (const setting of SETTINGS) {
        const { latencyMs, rows } = setting;
        // Half of the time nobody is waiting for an answer.
        const pauseMs = 2 * latencyMs;
        const tokens = await stage.upstream.tokens({ ...USUAL, habits: rows, latencyMs }, CONNECTIONS);
        const variant = addedVariant(setting);
        const common = { variant, connections: CONNECTIONS, tokens, inSession: false };
        await warmUp(stage, { ...common, host: gateway.host, requests: [call] });
        stage.say(`what the gateway adds: ${variant}, ${CONNECTIONS} connections`);
        stage.result.measurements.push(
          ...await compare(stage, "added", "modern", [
            { ...common, pauseMs, server: gateway, requests: [call] },
            { ...common, variant: addedVariant(setting, true), pauseMs, server: gateway, requests: [strict] },
            ...proxies.map((server) => ({ ...common, pauseMs, server, requests: [proxied] })),
            { ...common, pauseMs, server: stage.upstream, requests: [direct] },
          ]),
        );
      }
    });
  } finally {
    for (const proxy of proxies) await proxy.stop();
  }
}
