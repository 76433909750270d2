// What the ledger adds to a call: one gateway without it beside one that notes calls together, and one that waits for each note. One
// person makes all the calls: notes are gathered per person, so many people would hide what one note costs.
import { startGateway } from "../servers/gateway.ts";
import type { RunningServer } from "../servers/running_server.ts";
import { compare } from "./compare.ts";
import { habitsList, listTools, todoList } from "./requests.ts";
import type { Stage } from "./stage.ts";
import { USUAL } from "./workloads.ts";

/** Settings of the ledger; results name them as they are. */
export const LEDGER_MODES = ["off", "best-effort", "strict"] as const;
/** How the work that is noted is called in results. */
export const LEDGER_WORK = "todo.list by ledger";
/** Calls of one person at a time: one less than may run, since each round has a checked call beside them. */
export const LEDGER_CONNECTIONS = 15;

/** Work of which nothing is noted, in words of results. */
const UNNOTED = [
  { workload: "tools/list by ledger", shape: listTools("modern") },
  { workload: "habits.list by ledger", shape: habitsList("modern") },
];

/** See above. */
export async function measureLedger({ upstream, pace, result, say }: Stage): Promise<void> {
  const servers: { readonly variant: typeof LEDGER_MODES[number]; readonly server: RunningServer }[] = [];
  try {
    for (const variant of LEDGER_MODES) {
      servers.push({ variant, server: await startGateway(upstream.url, undefined, { LEDGER: variant }) });
    }
    const callers = await upstream.callers(USUAL, 1);
    for (const connections of [LEDGER_CONNECTIONS, 1]) {
      say(`${LEDGER_WORK}, ${connections} at a time`);
      const of = { workload: LEDGER_WORK, connections, callers, shapes: [todoList("modern")] };
      result.measurements.push(...await compare(pace, servers.map((one) => ({ ...of, ...one }))));
    }
    for (const { workload, shape } of UNNOTED) {
      say(workload);
      const of = { workload, connections: LEDGER_CONNECTIONS, callers, shapes: [shape] };
      const two = servers.filter(({ variant }) => variant !== "strict");
      result.measurements.push(...await compare(pace, two.map((one) => ({ ...of, ...one }))));
    }
  } finally {
    for (const { server } of servers) await server.stop();
  }
}
