// What it costs that several gateways share a limit: one gateway, two that cannot ask each other, and two with a shared store. The call
// needs no service, so that what is added is the limit's. Two gateways are two workers here, which is how one computer has them.
import { startGateway, startWorkers } from "../servers/gateway.ts";
import type { RunningServer } from "../servers/running_server.ts";
import { startStore } from "../servers/store.ts";
import { compare } from "./compare.ts";
import { spacesList } from "./requests.ts";
import type { Stage } from "./stage.ts";
import { USUAL } from "./workloads.ts";

/** How the work is called in results, and its variants. */
export const NODES_WORK = "spaces.list by nodes";
/** See above. */
export const NODES_VARIANTS = {
  one: "one gateway",
  apart: "two gateways",
  shared: "two gateways, Valkey",
} as const;

/** See above. */
export async function measureNodes({ upstream, pace, result, say }: Stage): Promise<void> {
  await using started = new AsyncDisposableStack();
  const use = (variant: string, server: RunningServer) => {
    started.defer(() => server.stop());
    return { variant, server };
  };
  const store = await startStore();
  const servers = [
    use(NODES_VARIANTS.one, await startGateway(upstream.url, undefined, LIMITS)),
    use(NODES_VARIANTS.apart, await startWorkers(upstream.url, 2, LIMITS)),
  ];
  if (store === null) {
    say("skipped: a shared store, redis-server is not installed");
  } else {
    started.defer(() => store.stop());
    const shared = { ...LIMITS, NODE_SECRET: newSecret(), VALKEY_URL: store.url };
    servers.push(use(NODES_VARIANTS.shared, await startWorkers(upstream.url, 2, shared)));
  }
  const callers = await upstream.callers(USUAL, 64);
  for (const connections of [1, 32]) {
    say(`${NODES_WORK}, ${connections} at a time`);
    const of = { workload: NODES_WORK, connections, callers, shapes: [spacesList("modern")] };
    result.measurements.push(...await compare(pace, servers.map((one) => ({ ...of, ...one }))));
  }
}

/** A limit that is counted and that nobody reaches. */
const LIMITS = { RATE_LIMIT_READS: "100000" };

function newSecret(): string {
  return `1:${crypto.getRandomValues(new Uint8Array(32)).toBase64()}`;
}
