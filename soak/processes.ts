import { z } from "zod";
import type { DenoProcess } from "../scripts/stack/deno_process.ts";
import { startBackend, startGateway } from "../scripts/stack/start_stack.ts";
import { ORIGIN } from "./people.ts";

/** The backend and a gateway as processes of their own, with fixed addresses, so that either can be restarted. */
export interface Processes {
  readonly authUrl: string;
  readonly syncUrl: string;
  readonly mcpUrl: string;
  /** Starts the gateway on the sync service at this address; the backend runs already. */
  startGateway(syncUrl: string): Promise<void>;
  /** Ends one of the two by `signal`, and starts it again. Resolves with its exit code once it listens. */
  restart(which: "backend" | "gateway", signal: Deno.Signal): Promise<number>;
  /** Ends when the gateway that runs now does. */
  gatewayLife(): AbortSignal;
  /** Who issues tokens. */
  readonly issuer: string;
  /** Ends both by SIGTERM; their exit codes. */
  stop(): Promise<number[]>;
  /** Everything that both said so far. */
  lines(): string[];
}

/** Starts the backend on a data folder of its own. */
export async function startProcesses(data: string): Promise<Processes> {
  const [backendPort, backendSyncPort, port] = freePorts();
  const serviceKey = crypto.getRandomValues(new Uint8Array(24)).toHex();
  const ended: DenoProcess[] = [];
  const Listening = z.object({ auth: z.string(), sync: z.string(), issuer: z.string() });

  const launchBackend = async () => {
    const started = startBackend({
      data,
      env: {
        BACKEND_PORT: backendPort,
        BACKEND_SYNC_PORT: backendSyncPort,
        MANA_SERVICE_KEY: serviceKey,
        MANA_MCP_RESOURCE: `http://127.0.0.1:${port}/mcp`,
        MANA_GATEWAY_URL: `http://127.0.0.1:${port}`,
        CORS_ORIGINS: ORIGIN,
      },
    });
    return { started, ...Listening.parse(await started.event("listening")) };
  };
  const { auth, sync, issuer, started } = await launchBackend();
  const running: { backend: DenoProcess; gateway: DenoProcess | null } = { backend: started, gateway: null };

  const launchGateway = async (syncUrl: string) => {
    const gateway = startGateway({
      env: {
        PORT: port,
        MANA_AUTH_URL: auth,
        MANA_SYNC_URL: syncUrl,
        JWT_ISSUER: issuer,
        MANA_SERVICE_KEY: serviceKey,
        RATE_LIMIT_READS: "0",
        RATE_LIMIT_WRITES: "0",
        DESTRUCTIVE_TOOLS: "habits.delete,todo.delete,notes.delete,contacts.delete,calendar.delete",
        LOG_LEVEL: "info",
      },
    });
    await gateway.event("listening");
    running.gateway = gateway;
  };
  let gatewaySyncUrl = sync;
  let life = new AbortController();

  return {
    authUrl: auth,
    issuer,
    syncUrl: sync,
    gatewayLife: () => life.signal,
    mcpUrl: `http://127.0.0.1:${port}/mcp`,
    async startGateway(syncUrl) {
      gatewaySyncUrl = syncUrl;
      await launchGateway(syncUrl);
    },
    async restart(which, signal) {
      const before = running[which];
      if (before === null) throw new TypeError("Cannot restart the gateway: it was never started");
      const code = await before.stop(signal);
      ended.push(before);
      if (which === "gateway") {
        life.abort();
        life = new AbortController();
      }
      if (which === "gateway") await launchGateway(gatewaySyncUrl);
      else running.backend = (await launchBackend()).started;
      return code;
    },
    async stop() {
      const codes = [await running.gateway?.stop() ?? 0];
      return [...codes, await running.backend.stop()];
    },
    lines: () =>
      [...ended, running.backend, running.gateway].flatMap((process) =>
        process === null ? [] : process.lines()
      ),
  };
}

/** Three different ports that are free now. */
function freePorts(): [string, string, string] {
  const listeners = [0, 0, 0].map((port) => Deno.listen({ hostname: "127.0.0.1", port }));
  const ports = listeners.map(({ addr }) => addr.transport === "tcp" ? String(addr.port) : "");
  for (const listener of listeners) listener.close();
  return [ports[0] ?? "", ports[1] ?? "", ports[2] ?? ""];
}
