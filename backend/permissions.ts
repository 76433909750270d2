// What the backend's process may do, as flags of `deno run`. Grants no outgoing connection but to the hosts of client
// documents and to sign-in's database, where the settings name them.
import { SETTING_NAMES, type Settings } from "./settings.ts";

/**
 * The flags: listen on two loopback ports, read and write the data folder, read the named variables. Other variables
 * that a package peeks at answer as if they were unset. There are no hosts of client documents, and no other database than the
 * data folder, by default. No subprocess, no native code, no system information.
 */
export function backendPermissions(
  settings:
    & Pick<Settings, "host" | "port" | "syncPort" | "data">
    & Partial<Pick<Settings, "clientHosts" | "signInDatabase">>,
): readonly string[] {
  const { signInDatabase: database } = settings;
  const hosts = [
    toHost(settings.host, settings.port),
    toHost(settings.host, settings.syncPort),
    ...(settings.clientHosts ?? []).map((name) => toHost(name, 443)),
    ...(database === undefined ? [] : [toHost(database.host, database.port)]),
  ];
  return [
    "--no-prompt",
    // No code from a registry or from the web: Deno needs no right for either, and both are ways out for data.
    "--cached-only",
    "--frozen",
    "--allow-import=none.invalid:1",
    `--allow-net=${hosts.join(",")}`,
    `--allow-read=${settings.data}`,
    `--allow-write=${settings.data}`,
    `--allow-env=${SETTING_NAMES.join(",")}`,
    "--ignore-env",
  ];
}

function toHost(name: string, port: number): string {
  return `${name.includes(":") ? `[${name}]` : name}:${port}`;
}
