// Starts the product as `deno task serve` does, from this or any other checkout of it. From outside only: the checkout's own
// script says with which flags, and the process itself says when it listens.
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { CACHE_VARIABLES } from "../../scripts/stack/deno_process.ts";
import { AUDIENCE } from "../upstream/tokens.ts";
import { freePort } from "./free_port.ts";
import { startProcess } from "./process.ts";
import type { RunningServer } from "./running_server.ts";

/** The checkout that this file is in. */
export const THIS_CHECKOUT = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Starts the gateway of a checkout on a free port: policy enforced, every call logged to a pipe that the harness reads and
 * throws away. The limits per minute are off, since the workloads are all about exceeding them. Throws Error when the
 * gateway does not come up, with what it said.
 */
export async function startGateway(upstreamUrl: string, checkout = THIS_CHECKOUT): Promise<RunningServer> {
  const port = freePort();
  const env = {
    ...cacheVariables(),
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
    OTEL_DENO_TRACING: "false",
  };
  const flags = await gatewayFlags(checkout, env);
  const started = performance.now();
  const child = startProcess({
    name: `The gateway of ${checkout}`,
    command: Deno.execPath(),
    args: ["run", ...flags, "main.ts"],
    cwd: checkout,
    env,
    clearEnv: true,
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

/** Loads what the checkout imports and asks its own script for the flags of its gateway. */
async function gatewayFlags(checkout: string, env: Readonly<Record<string, string>>): Promise<string[]> {
  await denoOutput(checkout, env, ["cache", "--quiet", "--frozen", "main.ts"]);
  const script = ["run", "--quiet", "--no-prompt", "--allow-env", "scripts/permissions.ts"];
  return (await denoOutput(checkout, env, script)).trim().split(/\s+/);
}

async function denoOutput(
  cwd: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { ...env },
    clearEnv: true,
    stdin: "null",
  }).output();
  if (!success) {
    throw new Error(`deno ${args[0]} failed in ${cwd}: ${new TextDecoder().decode(stderr).trim()}`);
  }
  return new TextDecoder().decode(stdout);
}

/** Whatever else the shell has set must not change what is measured. */
function cacheVariables(): Record<string, string> {
  return Object.fromEntries(CACHE_VARIABLES.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}

const Line = z.looseObject({ event: z.string(), problem: z.string().optional() });
