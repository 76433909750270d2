import { z } from "zod";
import { parseSettings, SETTINGS } from "../../lib/settings/settings.ts";
import { gatewayFlags } from "../../lib/settings/process_flags.ts";
import { AUDIENCE } from "../upstream/tokens.ts";
import type { RunningServer } from "./running_server.ts";
import { startProcess } from "./process.ts";

const Line = z.looseObject({ event: z.string(), problem: z.string().optional() });

/**
 * Starts the product as `deno task serve` does: the same flags, policy enforced, every call logged to a pipe that the
 * harness reads and throws away. The limits per minute are off, since the workloads are all about exceeding them.
 */
export async function startGateway(upstreamUrl: string, port: number): Promise<RunningServer> {
  const settings = {
    // Whatever the shell has set must not change what is measured; an empty value is none.
    ...Object.fromEntries(SETTINGS.map(({ name }) => [name, ""])),
    PORT: String(port),
    MANA_AUTH_URL: upstreamUrl,
    MANA_SYNC_URL: upstreamUrl,
    MANA_VAULT_URL: upstreamUrl,
    JWT_AUDIENCE: AUDIENCE,
    JWT_ISSUER: upstreamUrl,
    POLICY_MODE: "enforce",
    RATE_LIMIT_READS: "0",
    RATE_LIMIT_WRITES: "0",
    LOG_LEVEL: "info",
  };
  const parsed = parseSettings(settings);
  if (!parsed.ok) throw new TypeError(`Cannot start the gateway: ${parsed.problems.join("; ")}`);
  const started = performance.now();
  const child = startProcess({
    name: "The gateway",
    command: Deno.execPath(),
    args: ["run", ...gatewayFlags(parsed.settings), new URL("../../main.ts", import.meta.url).href],
    env: { ...settings, OTEL_DENO_TRACING: "false" },
  });
  for (;;) {
    const { event, problem } = Line.parse(JSON.parse(await child.line()));
    if (event === "listening") break;
    if (problem !== undefined) throw new Error(`The gateway does not start: ${problem}`);
  }
  const startMs = performance.now() - started;
  child.drain();
  return { name: "gateway", host: `127.0.0.1:${port}`, pid: child.pid, startMs, stop: () => child.stop() };
}
