// What the runner's process needs, as flags of `deno run` and as questions of its self-test at the start (process/confinement.ts).
// Both are made of the same lists, so that they cannot drift apart.
import { addressOf, hostAndPort } from "../../process/address.ts";
import { type Confinement, judgeRights, type Need, type PermissionQuery } from "../../process/confinement.ts";
import { CODE_FLAGS, IMPORT_FLAG, NO_HOST, variableFlags } from "../../process/process_flags.ts";
import type { Settings } from "./settings.ts";
import { SETTING_NAMES } from "./settings_table.ts";

/** The one address that the runner listens on: its report and its switches are for whoever sits at this computer. */
export const LISTEN_HOST = "127.0.0.1";

/**
 * The flags: listen on one loopback port, call auth, sign-in server, gateway and personas API, and the model's host where there is a key for it, read the
 * named variables. No file, no subprocess, no native code, no system information. Without usable settings (null) there is no host: the
 * process then only gets to say what is wrong with its settings.
 */
export function runnerFlags(settings: Settings | null): readonly string[] {
  return [...CODE_FLAGS, IMPORT_FLAG, netFlag(settings), ...variableFlags(SETTING_NAMES)];
}

/** Compares what this process may do with what it needs. */
export function judgeRunnerConfinement(settings: Settings, query: PermissionQuery): Confinement {
  return judgeRights(runnerNeed(settings), query);
}

/** What the process needs, with the flags that give it. */
export function runnerNeed(settings: Settings): Need {
  return {
    needed: [
      ...[...netRoles(settings)].map(([label, host]) => ({ label, probe: { name: "net", host } as const })),
      ...SETTING_NAMES.map((name) => ({ label: name, probe: { name: "env", variable: name } as const })),
    ],
    flags: { net: netFlag(settings), env: variableFlags(SETTING_NAMES).join(" "), import: IMPORT_FLAG },
  };
}

function netFlag(settings: Settings | null): string {
  return `--allow-net=${settings === null ? NO_HOST : [...new Set(netRoles(settings).values())].join(",")}`;
}

function netRoles(
  { port, authUrl, signInUrl, mcpUrl, apiUrl, model }: Settings,
): ReadonlyMap<string, string> {
  return new Map([
    ["listen", addressOf(LISTEN_HOST, port)],
    ["auth", hostAndPort(authUrl)],
    ["sign-in", hostAndPort(signInUrl)],
    ["gateway", hostAndPort(mcpUrl)],
    ["personas API", hostAndPort(apiUrl)],
    ...(model === undefined ? [] : [["model", hostAndPort(model.url)] as const]),
  ]);
}
