// What the backend's process may do, as flags of `deno run`. Grants no outgoing connection but to the hosts of client
// documents.
import { SETTING_NAMES, type Settings } from "./settings.ts";

/**
 * The flags: listen on two loopback ports, read and write the data folder, read the named variables. Other variables
 * that a package peeks at answer as if they were unset. There are no hosts of client documents by default. No
 * subprocess, no native code, no system information.
 */
export function backendPermissions(
  settings: Pick<Settings, "host" | "port" | "syncPort" | "data"> & Partial<Pick<Settings, "clientHosts">>,
): readonly string[] {
  const host = settings.host.includes(":") ? `[${settings.host}]` : settings.host;
  const documents = (settings.clientHosts ?? []).map((name) => `${name}:443`);
  return [
    "--no-prompt",
    // No code from a registry or from the web: Deno needs no right for either, and both are ways out for data.
    "--cached-only",
    "--frozen",
    "--allow-import=none.invalid:1",
    `--allow-net=${[`${host}:${settings.port}`, `${host}:${settings.syncPort}`, ...documents].join(",")}`,
    `--allow-read=${settings.data}`,
    `--allow-write=${settings.data}`,
    `--allow-env=${SETTING_NAMES.join(",")}`,
    "--ignore-env",
  ];
}
