// Processes of ours with few file descriptors, so that a test can take them all.
import assert from "node:assert/strict";
import { gatewayFlags } from "../../lib/settings/process_flags.ts";
import { parseSettings } from "../../lib/settings/settings.ts";
import { type DenoProcess, startDeno } from "../../scripts/stack/deno_process.ts";

/** Descriptors that the process may have: enough to start, few enough to be taken away by a test. */
export const MAX_DESCRIPTORS = 100;

/** Starts a program of ours with few descriptors. The limit is set by a shell that Deno's own task runner starts. */
export function startLimited(
  file: string,
  flags: readonly string[],
  env: Readonly<Record<string, string>>,
): DenoProcess {
  const words = [Deno.execPath(), "run", "--cached-only", ...flags, file];
  assert.ok(words.every((word) => !/["'$`\\]/.test(word)), words.join(" "));
  return startDeno({
    name: file,
    subcommand: "task",
    args: [
      "--quiet",
      "--eval",
      `sh -c 'ulimit -n ${MAX_DESCRIPTORS} && exec ${words.map((word) => `"${word}"`).join(" ")}'`,
    ],
    env,
  });
}

/** Starts the gateway with few descriptors, and the rights of these settings. */
export function startLimitedGateway(env: Readonly<Record<string, string>>): DenoProcess {
  const parsed = parseSettings(env);
  assert.ok(parsed.ok);
  return startLimited("main.ts", gatewayFlags(parsed.settings), env);
}
