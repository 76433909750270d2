// What the backend's process may do, as flags of `deno run`. Grants no outgoing connection but to the gateway, the hosts of client
// documents and sign-in's database, where the settings name them.
import { addressOf, hostAndPort } from "../process/address.ts";
import { CODE_FLAGS, IMPORT_FLAG, variableFlags } from "../process/process_flags.ts";
import { SETTING_NAMES, type Settings } from "./settings.ts";

/**
 * The flags: listen on two loopback ports, read and write the data folder, read the named variables. Other variables
 * that a package peeks at answer as if they were unset. There is no gateway, there are no hosts of client documents, and no other
 * database than the data folder, by default. No subprocess, no native code, no system information.
 */
export function backendPermissions(
  settings:
    & Pick<Settings, "host" | "port" | "syncPort" | "data">
    & Partial<Pick<Settings, "gatewayUrl" | "clientHosts" | "signInDatabase">>,
): readonly string[] {
  const { signInDatabase: database } = settings;
  const hosts = [
    addressOf(settings.host, settings.port),
    addressOf(settings.host, settings.syncPort),
    ...(settings.gatewayUrl === undefined ? [] : [hostAndPort(settings.gatewayUrl)]),
    ...(settings.clientHosts ?? []).map((name) => addressOf(name, 443)),
    ...(database === undefined ? [] : [addressOf(database.host, database.port)]),
  ];
  return [
    ...CODE_FLAGS,
    IMPORT_FLAG,
    `--allow-net=${hosts.join(",")}`,
    `--allow-read=${settings.data}`,
    `--allow-write=${settings.data}`,
    ...variableFlags(SETTING_NAMES),
  ];
}
