// What the parts of a run share.
import type { Pace } from "../options.ts";
import type { Result } from "../result.ts";
import { startGateway } from "../servers/gateway.ts";
import type { Peer } from "../servers/peers.ts";
import type { RunningServer } from "../servers/running_server.ts";
import type { Upstream } from "../servers/upstream.ts";

/** See above. */
export interface Stage {
  readonly pace: Pace;
  readonly upstream: Upstream;
  readonly peers: readonly Peer[];
  /** What was found out so far; parts add to it. */
  readonly result: Result;
  readonly say: (line: string) => void;
}

/** Starts a gateway of its own for what `use` does, so that no part leaves its memory to the next; `env` is set besides the usual. */
export async function withGateway(
  stage: Stage,
  use: (gateway: RunningServer) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const gateway = await startGateway(stage.upstream.url, undefined, env);
  try {
    await use(gateway);
  } finally {
    await gateway.stop();
  }
}
