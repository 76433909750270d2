// What the sign-in server's process needs, as flags of `deno run` and as questions of its self-test at the start
// (process/confinement.ts). Both are made of the same lists, so that they cannot drift apart.
import { addressOf, hostAndPort } from "../../process/address.ts";
import { type Confinement, judgeRights, type PermissionQuery } from "../../process/confinement.ts";
import type { LabelledProbe } from "../../process/confinement_probes.ts";
import { CODE_FLAGS, IMPORT_FLAG, NO_HOST, variableFlags } from "../../process/process_flags.ts";
import type { Settings } from "./settings.ts";
import { SETTING_NAMES } from "./settings_table.ts";

/**
 * The flags: listen on one port, call the auth service, and the gateway, the hosts of client documents and the PostgreSQL where
 * the settings name them, read and write the data folder where there is no PostgreSQL, read the named variables. No subprocess, no native
 * code, no system information. Without usable settings (null) there is no host and no folder: the process then only gets to
 * say what is wrong with its settings.
 */
export function signInFlags(settings: Settings | null): readonly string[] {
  return [
    ...CODE_FLAGS,
    IMPORT_FLAG,
    netFlag(settings),
    ...(settings === null ? [] : folderFlags(settings)),
    ...variableFlags(SETTING_NAMES),
  ];
}

/** Compares what this process may do with what it needs. `folder` tells where relative paths and the data folder are. */
export function judgeSignInConfinement(
  settings: Settings,
  folder: FolderPlace,
  query: PermissionQuery,
): Confinement {
  const [read, write] = folderFlags(settings);
  return judgeRights({
    needed: [
      ...[...netRoles(settings)].map(([label, host]) => ({ label, probe: { name: "net", host } as const })),
      ...folders(settings).flatMap((path): LabelledProbe[] => [
        { label: "data", probe: { name: "read", path } },
        { label: "data", probe: { name: "write", path } },
      ]),
      ...SETTING_NAMES.map((name) => ({ label: name, probe: { name: "env", variable: name } as const })),
    ],
    flags: {
      net: netFlag(settings),
      ...(read === undefined || write === undefined ? {} : { read, write }),
      env: variableFlags(SETTING_NAMES).join(" "),
      import: IMPORT_FLAG,
    },
    isOwnPath: (path) => folders(settings).length > 0 && isInside(folder, path),
  }, query);
}

/** Where the process and its data folder are. */
export interface FolderPlace {
  /** The data folder, absolute. */
  readonly data: string;
  /** The folder that the process runs in; `undefined`: the process may not know, so that it lies outside the data folder. */
  readonly cwd: string | undefined;
}

function netFlag(settings: Settings | null): string {
  return `--allow-net=${settings === null ? NO_HOST : [...new Set(netRoles(settings).values())].join(",")}`;
}

function netRoles(settings: Settings): ReadonlyMap<string, string> {
  const { host, port, authUrl, gatewayUrl, clientHosts, database } = settings;
  return new Map([
    ["listen", addressOf(host, port)],
    ["auth", hostAndPort(authUrl)],
    ...(gatewayUrl === undefined ? [] : [["gateway", hostAndPort(gatewayUrl)] as const]),
    ...clientHosts.map((name) => [name, addressOf(name, 443)] as const),
    ...(database === undefined ? [] : [["database", addressOf(database.host, database.port)] as const]),
  ]);
}

function folders({ database, data }: Settings): readonly string[] {
  return database === undefined ? [data] : [];
}

function folderFlags(settings: Settings): readonly string[] {
  return folders(settings).flatMap((path) => [`--allow-read=${path}`, `--allow-write=${path}`]);
}

/** Whether a path is the data folder or lies in it. */
function isInside({ data, cwd }: FolderPlace, path: string): boolean {
  // A folder below the unknown one: only its name can tell.
  if (!path.startsWith("/") && cwd === undefined) return data.endsWith(`/${path.split("/")[1]}`);
  const absolute = resolvePath(path.startsWith("/") ? path : `${cwd}/${path}`);
  return absolute === data || absolute.startsWith(data === "/" ? "/" : `${data}/`);
}

function resolvePath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}
