// From the start of a process to its word that it listens.
import { median } from "../report/statistics.ts";
import { startGateway } from "../servers/gateway.ts";
import { SERVER_TITLES } from "../servers/running_server.ts";
import type { Stage } from "./stage.ts";

/** See above. */
export async function measureStart({ upstream, peers, pace, result, say }: Stage): Promise<void> {
  const starts = [() => startGateway(upstream.url), ...peers.map(({ start }) => start)];
  say(`start: ${starts.length} servers in turn`);
  const found = starts.map((): number[] => []);
  for (let round = 0; round < pace.rounds; round++) {
    for (const [i, start] of starts.entries()) {
      const server = await start();
      found[i]?.push(server.startMs);
      await server.stop();
    }
  }
  for (const [i, values] of found.entries()) {
    const server = peers[i - 1]?.name ?? "gateway";
    const name = `start of ${SERVER_TITLES[server]}`;
    result.facts.push({ id: `start-ms/${server}`, name, value: median(values), unit: "ms" });
  }
}
