import { median } from "../report/statistics.ts";
import { startGateway } from "../servers/gateway.ts";
import { type RunningServer, SERVER_TITLES } from "../servers/running_server.ts";
import type { Stage } from "./stage.ts";

/** From the start of a process to its word that it listens, and the memory it has then. */
export async function measureStart(stage: Stage): Promise<void> {
  const { upstream, peers, pace, usage, result } = stage;
  const starts: (() => Promise<RunningServer>)[] = [
    () => startGateway(upstream.url),
    ...peers.map(({ start }) => start),
  ];
  stage.say(`start: ${starts.length} servers in turn, ${pace.starts} times`);
  const found = new Map<RunningServer["name"], { readonly ms: number[]; readonly mb: number[] }>();
  for (let round = 0; round < pace.starts; round++) {
    for (const start of starts) {
      const server = await start();
      const { ms, mb } = found.get(server.name) ?? { ms: [], mb: [] };
      found.set(server.name, { ms, mb });
      ms.push(server.startMs);
      const used = await usage.read(server.pid);
      if (used !== null) mb.push(used.residentBytes / 1e6);
      await server.stop();
    }
  }
  for (const [server, { ms, mb }] of found) {
    const title = SERVER_TITLES[server];
    result.facts.push({ id: `start-ms/${server}`, name: `${title}: start`, value: median(ms), unit: "ms" });
    if (mb.length > 0) {
      result.facts.push({
        id: `start-mb/${server}`,
        name: `${title}: at rest`,
        value: median(mb),
        unit: "MB",
      });
    }
  }
}
