// Several gateways as processes, each with exactly its rights, over one embedded backend and behind one address.
import { z } from "zod";
import { ORIGIN } from "../../../soak/people.ts";
import type { DenoProcess } from "../../../scripts/stack/deno_process.ts";
import { freePort } from "../../../scripts/stack/free_port.ts";
import { startBackend, startGateway } from "../../../scripts/stack/start_stack.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { type RoundRobin, startRoundRobin } from "./round_robin.ts";

/** Gateways behind one address. */
export interface ServedNodes extends AsyncDisposable {
  readonly authUrl: string;
  readonly syncUrl: string;
  /** Address of the sign-in pages. */
  readonly issuer: string;
  /** Where clients find the gateways: at the load balancer. */
  readonly mcpUrl: string;
  readonly balancer: RoundRobin;
  readonly nodes: readonly ServedNode[];
  /** Absolute path of a folder that is gone at the end. */
  readonly folder: string;
  /** Everything that gateways and the backend said. */
  lines(): string[];
}

/** One gateway at an address of its own. */
export interface ServedNode {
  /** Its address, without a path. */
  readonly url: string;
  /** Ends the process, by SIGKILL unless told otherwise; its exit code. */
  end(signal?: Deno.Signal): Promise<number>;
  /** Starts another process at the same address. */
  start(): Promise<void>;
  lines(): string[];
}

/** What differs from the usual. */
export interface ServedNodesOptions {
  /** Two by default. */
  readonly count?: number;
  /** Settings of each gateway on top of the usual ones. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the backend and the gateways on free ports of loopback. `await using` ends them. */
export async function startServedNodes(
  { count = 2, env = {} }: ServedNodesOptions = {},
): Promise<ServedNodes> {
  await using started = new AsyncDisposableStack();
  const folder = started.use(await temporaryFolder());
  const ports = Array.from({ length: count }, () => String(freePort()));
  const balancer = started.use(startRoundRobin(ports.map((port) => `http://127.0.0.1:${port}`)));
  const serviceKey = crypto.getRandomValues(new Uint8Array(24)).toHex();
  const backend = startBackend({
    data: `${folder.path}/data`,
    env: {
      BACKEND_PORT: "0",
      BACKEND_SYNC_PORT: "0",
      MANA_SERVICE_KEY: serviceKey,
      MANA_MCP_RESOURCE: `${balancer.url}/mcp`,
      MANA_GATEWAY_URL: balancer.url,
      CORS_ORIGINS: ORIGIN,
    },
  });
  started.defer(async () => void await backend.stop());
  const { auth, sync, issuer } = Listening.parse(await backend.event("listening"));
  const nodes = ports.map((port) =>
    createServedNode(port, {
      PUBLIC_URL: balancer.url,
      MANA_AUTH_URL: auth,
      MANA_SYNC_URL: sync,
      JWT_ISSUER: issuer,
      MANA_SERVICE_KEY: serviceKey,
      ...env,
    })
  );
  for (const node of nodes) started.defer(async () => void await node.end("SIGTERM"));
  await Promise.all(nodes.map((node) => node.start()));
  const running = started.move();
  return {
    authUrl: auth,
    syncUrl: sync,
    issuer,
    mcpUrl: `${balancer.url}/mcp`,
    balancer,
    nodes,
    folder: await Deno.realPath(folder.path),
    lines: () => [...backend.lines(), ...nodes.flatMap((node) => node.lines())],
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

const Listening = z.object({ auth: z.string(), sync: z.string(), issuer: z.string() });

/** A secret of one node, as an operator makes it (`NODE_SECRET`). */
export function newNodeSecret(kid = "1"): string {
  return `${kid}:${crypto.getRandomValues(new Uint8Array(32)).toBase64()}`;
}

function createServedNode(port: string, env: Readonly<Record<string, string>>): ServedNode {
  const processes: DenoProcess[] = [];
  return {
    url: `http://127.0.0.1:${port}`,
    async end(signal = "SIGKILL") {
      return await processes.at(-1)?.stop(signal) ?? 0;
    },
    async start() {
      const gateway = startGateway({ env: { PORT: port, ...env } });
      processes.push(gateway);
      await gateway.event("listening");
    },
    lines: () => processes.flatMap((process) => process.lines()),
  };
}
