import { SETTING_NAMES, type Settings } from "./settings.ts";

/**
 * Everything the backend may do, as flags of `deno run`: listen on its two loopback ports, read and write its
 * data folder, read its named variables. Other variables that a package peeks at answer as if they were unset.
 * No outgoing connection, no subprocess, no native code, no system information.
 */
export function backendPermissions(
  settings: Pick<Settings, "host" | "port" | "syncPort" | "data">,
): readonly string[] {
  const host = settings.host.includes(":") ? `[${settings.host}]` : settings.host;
  return [
    "--no-prompt",
    `--allow-net=${host}:${settings.port},${host}:${settings.syncPort}`,
    `--allow-read=${settings.data}`,
    `--allow-write=${settings.data}`,
    `--allow-env=${SETTING_NAMES.join(",")}`,
    "--ignore-env",
  ];
}
