import type { RequestShape } from "../load/job.ts";
import type { RunningServer, ServerName } from "../servers/running_server.ts";
import { compare, type Contestant, warmUp } from "./compare.ts";
import { type Era, listTools, spacesList } from "./requests.ts";
import { PEOPLE, type Stage, USUAL, withGateway } from "./stage.ts";

const WORKLOADS: readonly { readonly workload: string; readonly request: (era: Era) => RequestShape }[] = [
  { workload: "tools/list", request: listTools },
  { workload: "tools/call", request: spacesList },
];

/** Servers that use every processor, also the one that a client which never sleeps would take from them. */
const THREADED: ReadonlySet<ServerName> = new Set(["go", "rust"]);

/** `tools/list` and a call that needs no service, in both eras, of every server. */
export async function measureProtocol(stage: Stage): Promise<void> {
  const tokens = await stage.upstream.tokens(USUAL, PEOPLE);
  await withGateway(stage, async (gateway) => {
    const servers: RunningServer[] = [];
    try {
      for (const peer of stage.peers) servers.push(await peer.start());
      for (const era of ["modern", "legacy"] as const) {
        for (const { workload, request } of WORKLOADS) {
          const requests = [request(era)];
          await warmUp(stage, { host: gateway.host, connections: 8, tokens, requests, inSession: false });
          const speaking = servers.filter(({ name }) =>
            stage.peers.find((peer) => peer.name === name)?.eras.includes(era)
          );
          for (const connections of stage.pace.connections) {
            stage.say(
              `${workload}, ${era}, ${connections} connections: ${speaking.length + 1} servers in turn`,
            );
            const contestants = [gateway, ...speaking].map((server): Contestant => ({
              server,
              variant: "",
              connections,
              tokens,
              requests,
              // The others are at their best without sessions; ours is measured as its clients use it.
              inSession: era === "legacy" && server === gateway,
              awake: !THREADED.has(server.name),
            }));
            stage.result.measurements.push(...await compare(stage, workload, era, contestants));
          }
        }
      }
    } finally {
      for (const server of servers) await server.stop();
    }
  });
}
