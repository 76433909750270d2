// `tools/list` and a call that needs no service, in both eras, of every server.
import type { RunningServer } from "../servers/running_server.ts";
import { compare } from "./compare.ts";
import { listTools, spacesList } from "./requests.ts";
import { type Stage, withGateway } from "./stage.ts";
import { USUAL } from "./workloads.ts";

/** See above. */
export async function measureProtocol(stage: Stage): Promise<void> {
  const callers = await stage.upstream.callers(USUAL, 64);
  const servers: RunningServer[] = [];
  try {
    for (const peer of stage.peers) servers.push(await peer.start());
    await withGateway(stage, async (gateway) => {
      for (const era of ["modern", "legacy"] as const) {
        const speaking = servers.filter((_, i) => stage.peers[i]?.eras.includes(era));
        for (const [workload, request] of [["tools/list", listTools], ["tools/call", spacesList]] as const) {
          const common = { workload, era, connections: 32, callers, shapes: [request(era)] };
          stage.say(`${workload}, ${era}: ${speaking.length + 1} servers in turn`);
          stage.result.measurements.push(
            ...await compare(stage.pace, [
              // The others are at their best without sessions; ours is measured as its clients use it.
              { ...common, server: gateway, inSession: era === "legacy" },
              ...speaking.map((server) => ({ ...common, server })),
            ]),
          );
        }
      }
    });
  } finally {
    for (const server of servers) await server.stop();
  }
}
