// A gateway as a process of its own at a fixed port, which can be killed and started again.
import type { DenoProcess } from "../../scripts/stack/deno_process.ts";
import { startGateway } from "../../scripts/stack/start_stack.ts";

/** A gateway as a process of its own. */
export interface Killable {
  readonly url: string;
  readonly kills: number;
  start(): Promise<void>;
  /** Ends the process, if one runs. */
  end(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
}

/** One gateway at a fixed port, which can be killed and started again. */
export function createKillable(
  port: string,
  { auth, sync, issuer, serviceKey, ...more }:
    & Readonly<Record<"auth" | "sync" | "issuer" | "serviceKey", string>>
    & {
      readonly LEDGER?: string;
    },
): Killable {
  let running: DenoProcess | null = null;
  let kills = 0;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    get kills() {
      return kills;
    },
    async start() {
      const gateway = startGateway({
        env: {
          PORT: port,
          MANA_AUTH_URL: auth,
          MANA_SYNC_URL: sync,
          JWT_ISSUER: issuer,
          MANA_SERVICE_KEY: serviceKey,
          RATE_LIMIT_READS: "0",
          RATE_LIMIT_WRITES: "0",
          DESTRUCTIVE_TOOLS: "notes.delete",
          LOG_LEVEL: "error",
          ...more,
        },
      });
      running = gateway;
      await gateway.event("listening");
    },
    async end(signal) {
      const gateway = running;
      running = null;
      if (gateway === null) return;
      if (signal === "SIGKILL") kills += 1;
      await gateway.stop(signal);
    },
  };
}
