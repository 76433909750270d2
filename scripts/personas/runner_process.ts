// The runner as a process, with exactly its own rights: what `deno task personas:serve` starts, beside a stack of our own.
import { z } from "zod";
import { runnerFlags } from "../../runner/settings/permissions.ts";
import { parseSettings } from "../../runner/settings/settings.ts";
import { SETTING_NAMES } from "../../runner/settings/settings_table.ts";
import { type DenoProcess, startDeno } from "../stack/deno_process.ts";

/** Starts the runner and waits until it listens. */
export async function startRunner({ env, onLine, ownGroupUntil }: RunnerOptions): Promise<RunnerProcess> {
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => SETTING_NAMES.includes(name)));
  const parsed = parseSettings(own);
  const process = startDeno({
    name: "The runner",
    args: [
      ...runnerFlags(parsed.ok ? parsed.settings : null),
      new URL("../../runner/main.ts", import.meta.url).href,
    ],
    // Deno's own export of spans is the gateway's.
    env: { ...own, OTEL_DENO: "false" },
    onLine,
    ...(ownGroupUntil === undefined ? {} : { ownGroupUntil }),
  });
  try {
    const { url } = z.object({ url: z.url() }).parse(await process.event("listening"));
    return { process, url: new URL(url).origin };
  } catch (error) {
    await process.stop();
    throw error;
  }
}

/** How to start the runner. */
export interface RunnerOptions {
  /** Its settings, all that it needs; other variables are not handed on. */
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  /** As in `startDeno` of scripts/stack/deno_process.ts. */
  readonly ownGroupUntil?: AbortSignal;
}

/** A running runner. */
export interface RunnerProcess {
  readonly process: DenoProcess;
  /** Without a slash at the end. */
  readonly url: string;
}
