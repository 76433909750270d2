import { z } from "zod";
import type { DenoProcess } from "../scripts/stack/deno_process.ts";
import { freePort } from "../scripts/stack/free_port.ts";
import { startBackend, startGateway } from "../scripts/stack/start_stack.ts";
import { startRoundRobin } from "../tests/_support/nodes/round_robin.ts";
import { ORIGIN } from "./people.ts";

/** The backend and one or more gateways as processes of their own, with fixed addresses, so that each can be restarted. */
export interface Processes {
  readonly authUrl: string;
  readonly syncUrl: string;
  /** Where clients find the gateways: at the only one, or at a load balancer in front of them. */
  readonly mcpUrl: string;
  /** Each gateway behind {@link mcpUrl}. */
  readonly gatewayUrls: readonly string[];
  /** Starts the gateways on the sync service at this address; the backend runs already. */
  startGateways(syncUrl: string): Promise<void>;
  /** Another gateway of these settings, over the same backend; it is not behind {@link mcpUrl}. */
  startBeside(env: Readonly<Record<string, string>>): Promise<DenoProcess>;
  /** Ends the backend by `signal`, and starts it again. Resolves with its exit code once it listens. */
  restartBackend(signal: Deno.Signal): Promise<number>;
  /** The same for a gateway. */
  restartGateway(signal: Deno.Signal, node?: number): Promise<number>;
  /** Ends when the gateway that runs now does; where there are several, the others go on, and it never ends. */
  gatewayLife(): AbortSignal;
  /** Who issues tokens. */
  readonly issuer: string;
  /** Ends all by SIGTERM; their exit codes. */
  stop(): Promise<number[]>;
  /** Everything that all of them said so far. */
  lines(): string[];
}

/** How to start the processes. */
export interface ProcessOptions {
  /** The backend's data folder. */
  readonly data: string;
  /** How many gateways. */
  readonly nodes: number;
  /** Settings of each gateway on top of the usual ones. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts the backend on a data folder of its own. */
export async function startProcesses({ data, nodes, env }: ProcessOptions): Promise<Processes> {
  const [backendPort, backendSyncPort] = [String(freePort()), String(freePort())];
  const ports = Array.from({ length: nodes }, () => String(freePort()));
  const balancer = nodes === 1 ? null : startRoundRobin(ports.map((port) => `http://127.0.0.1:${port}`));
  const address = balancer?.url ?? `http://127.0.0.1:${ports[0]}`;
  const serviceKey = crypto.getRandomValues(new Uint8Array(24)).toHex();
  const ended: DenoProcess[] = [];

  const launchBackend = async () => {
    const started = startBackend({
      data,
      env: {
        BACKEND_PORT: backendPort,
        BACKEND_SYNC_PORT: backendSyncPort,
        MANA_SERVICE_KEY: serviceKey,
        MANA_MCP_RESOURCE: `${address}/mcp`,
        MANA_GATEWAY_URL: address,
        CORS_ORIGINS: ORIGIN,
      },
    });
    return { started, ...Listening.parse(await started.event("listening")) };
  };
  const { auth, sync, issuer, started } = await launchBackend();
  const running = { backend: started, gateways: new Map<number, DenoProcess>() };

  const launchGateway = async (more: Readonly<Record<string, string>>) => {
    const gateway = startGateway({
      env: {
        MANA_AUTH_URL: auth,
        MANA_SYNC_URL: gatewaySyncUrl,
        JWT_ISSUER: issuer,
        MANA_SERVICE_KEY: serviceKey,
        ...(balancer === null ? {} : { PUBLIC_URL: address }),
        RATE_LIMIT_READS: "0",
        RATE_LIMIT_WRITES: "0",
        DESTRUCTIVE_TOOLS: "habits.delete,todo.delete,notes.delete,contacts.delete,calendar.delete",
        LOG_LEVEL: "info",
        ...env,
        ...more,
      },
    });
    await gateway.event("listening");
    return gateway;
  };
  const launchNode = async (node: number) =>
    void running.gateways.set(node, await launchGateway({ PORT: ports[node] ?? "0" }));
  let gatewaySyncUrl = sync;
  let life = new AbortController();

  return {
    authUrl: auth,
    issuer,
    syncUrl: sync,
    gatewayLife: () => life.signal,
    mcpUrl: `${address}/mcp`,
    gatewayUrls: ports.map((port) => `http://127.0.0.1:${port}`),
    async startGateways(syncUrl) {
      gatewaySyncUrl = syncUrl;
      await Promise.all(ports.map((_port, node) => launchNode(node)));
    },
    async startBeside(more) {
      const gateway = await launchGateway({ PORT: "0", ...more });
      ended.push(gateway);
      return gateway;
    },
    async restartBackend(signal) {
      const code = await running.backend.stop(signal);
      ended.push(running.backend);
      running.backend = (await launchBackend()).started;
      return code;
    },
    async restartGateway(signal, node = 0) {
      const before = running.gateways.get(node);
      if (before === undefined) throw new TypeError("Cannot restart the gateway: it was never started");
      const code = await before.stop(signal);
      ended.push(before);
      if (nodes === 1) {
        life.abort();
        life = new AbortController();
      }
      await launchNode(node);
      return code;
    },
    async stop() {
      const codes = await Promise.all([...running.gateways.values()].map((gateway) => gateway.stop()));
      await balancer?.[Symbol.asyncDispose]();
      return [...codes, await running.backend.stop()];
    },
    lines: () =>
      [...ended, running.backend, ...running.gateways.values()].flatMap((process) => process.lines()),
  };
}

const Listening = z.object({ auth: z.string(), sync: z.string(), issuer: z.string() });
