// Starts the product as `deno task serve` does, from this or any other checkout of it. From outside only: the checkout's own
// task says with which flags, and the process itself says when it listens.
import { fileURLToPath } from "node:url";
import { CACHE_VARIABLES } from "../../scripts/stack/deno_process.ts";
import { AUDIENCE } from "../upstream/tokens.ts";
import { freePort, type RunningServer, startServer } from "./running_server.ts";

/** The checkout that this file is in. */
export const THIS_CHECKOUT = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Starts the gateway of a checkout on a free port: policy enforced, every call logged to a pipe that the harness reads and
 * throws away. The limits per minute are off, since the workloads are all about exceeding them. Throws Error when the
 * gateway does not come up, with what it said.
 */
export async function startGateway(
  upstreamUrl: string,
  checkout = THIS_CHECKOUT,
  more: Readonly<Record<string, string>> = {},
): Promise<RunningServer> {
  const here = await prepareGateway(upstreamUrl, checkout, more);
  const flags = (await denoOutput(["task", "--quiet", "permissions"], here)).trim().split(/\s+/);
  return await startServer("gateway", Deno.execPath(), { ...here, args: ["run", ...flags, "main.ts"] });
}

/** Starts as many gateways on one free port, as `deno task serve --workers` does: the supervisor is part of what is measured. */
export async function startWorkers(
  upstreamUrl: string,
  count: number,
  more: Readonly<Record<string, string>> = {},
): Promise<RunningServer> {
  const here = await prepareGateway(upstreamUrl, THIS_CHECKOUT, more);
  const script = ["scripts/serve/serve_workers.ts", "--workers", String(count)];
  const args = [
    "run",
    "--quiet",
    "--no-prompt",
    "--cached-only",
    "--frozen",
    `--allow-run=${Deno.execPath()}`,
    ...script,
  ];
  return await startServer("gateway", Deno.execPath(), { ...here, args }, count);
}

/** Where and with which settings a gateway starts, its dependencies being there. */
async function prepareGateway(
  upstreamUrl: string,
  checkout: string,
  more: Readonly<Record<string, string>>,
): Promise<Deno.CommandOptions> {
  // Whatever else the shell has set must not change what is measured.
  const cache = CACHE_VARIABLES.map((name) => [name, Deno.env.get(name)] as const);
  const env = {
    ...Object.fromEntries(cache.flatMap(([name, value]) => value === undefined ? [] : [[name, value]])),
    // The flags name the port; they are asked for before the gateway starts.
    PORT: String(freePort()),
    MANA_AUTH_URL: upstreamUrl,
    MANA_SYNC_URL: upstreamUrl,
    MANA_VAULT_URL: upstreamUrl,
    JWT_AUDIENCE: AUDIENCE,
    JWT_ISSUER: upstreamUrl,
    POLICY_MODE: "enforce",
    RATE_LIMIT_READS: "0",
    RATE_LIMIT_WRITES: "0",
    LOG_LEVEL: "info",
    OTEL_DENO_TRACING: "false",
    ...more,
  };
  const here = { cwd: checkout, env, clearEnv: true };
  await denoOutput(["cache", "--quiet", "--frozen", "main.ts"], here);
  return here;
}

async function denoOutput(args: string[], options: Deno.CommandOptions): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), { ...options, args, stdin: "null" });
  const { success, stdout, stderr } = await command.output();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(`deno ${args[0]} failed in ${options.cwd}: ${new TextDecoder().decode(stderr).trim()}`);
}
