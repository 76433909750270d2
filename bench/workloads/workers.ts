// More than one core: one gateway beside two and four on one port. All people call all of them, since the system hands each
// connection to one. The memory and the processor time are those of all processes, the supervisor included.
import { startGateway, startWorkers } from "../servers/gateway.ts";
import type { RunningServer } from "../servers/running_server.ts";
import { compare } from "./compare.ts";
import { habitsList, spacesList, todoList } from "./requests.ts";
import type { Stage } from "./stage.ts";
import { USUAL } from "./workloads.ts";

/** See above. */
export async function measureWorkers({ upstream, pace, result, say }: Stage): Promise<void> {
  const servers: { readonly variant: string; readonly server: RunningServer }[] = [];
  try {
    servers.push({ variant: "one gateway", server: await startGateway(upstream.url) });
    for (const count of [2, 4]) {
      servers.push({ variant: `${count} workers`, server: await startWorkers(upstream.url, count) });
    }
    const callers = await upstream.callers(USUAL, 64);
    for (const { name, shape } of WORK) {
      say(`${name} by workers`);
      const of = { workload: `${name} by workers`, connections: CONNECTIONS, callers, shapes: [shape] };
      const contestants = servers.map((one) => ({ ...of, ...one }));
      // Each worker reads each person's data for itself, which is not what is measured.
      await compare({ rounds: 0, roundSeconds: WARMING_SECONDS }, contestants);
      result.measurements.push(...await compare(pace, contestants));
    }
  } finally {
    for (const { server } of servers) await server.stop();
  }
}

const WORK = [
  { name: "spaces.list", shape: spacesList("modern") },
  { name: "habits.list", shape: habitsList("modern") },
  { name: "todo.list", shape: todoList("modern") },
] as const;
/** Enough that none of four workers is without any. */
const CONNECTIONS = 64;
const WARMING_SECONDS = 5;
