// The questions that confinement.ts asks Deno about what a process must not have: what an intruder would want, and the
// neighbours of what is needed. Asks nothing itself. Imports nothing.

/**
 * What a process must not have, of one kind, where these rights are needed. Deno answers questions but shows no list, so these
 * are guesses. A folder that is needed contains other paths: those are left out by `isOwnPath`.
 */
export function excessProbes(
  kind: PermissionKind,
  needed: readonly LabelledProbe[],
  isOwnPath: (path: string) => boolean = () => false,
): readonly LabelledProbe[] {
  switch (kind) {
    case "net":
      return netProbes(neededHosts(needed));
    case "import":
      return [...IMPORT_DEFAULTS.map((host) => `${host}:443`), "example.com:443", ...neededHosts(needed)]
        .map((host) => ({ label: host, probe: { name: kind, host } }));
    case "read":
    case "write":
      return NOTABLE_PATHS.filter((path) => !isOwnPath(path)).map((path) => ({
        label: path,
        probe: { name: kind, path },
      }));
    case "ffi":
      return NOTABLE_PATHS.map((path) => ({ label: path, probe: { name: kind, path } }));
    case "run":
      return NOTABLE_COMMANDS.map((command) => ({ label: command, probe: { name: kind, command } }));
    case "sys":
      return SYS_KINDS.filter((word) => !needed.some(({ label }) => label === word))
        .map((word) => ({ label: word, probe: { name: kind, kind: word } }));
    case "env":
      return NOTABLE_VARIABLES.filter((variable) => !needed.some(({ label }) => label === variable))
        .map((variable) => ({ label: variable, probe: { name: kind, variable } }));
  }
}

function neededHosts(needed: readonly LabelledProbe[]): readonly string[] {
  const hosts = needed.map(({ probe }) => probe.name === "net" ? probe.host : undefined);
  return [...new Set(hosts.filter((host) => host !== undefined))];
}

function netProbes(needed: readonly string[]): LabelledProbe[] {
  const allowed = new Set(needed);
  const own = [...allowed].map((entry) => entry.slice(0, entry.lastIndexOf(":")));
  const ports = [...NOTABLE_PORTS, ...[...allowed].map((entry) => entry.slice(entry.lastIndexOf(":") + 1))];
  const hosts = [...new Set([...own, ...NOTABLE_HOSTS])];
  const found = [
    ...hosts.flatMap((host) => [host, ...ports.map((port) => `${host}:${port}`)]),
    // A pattern such as *.mana.test.
    ...own.filter((host) => /[a-z]/i.test(host) && !host.startsWith("[")).flatMap((
      host,
    ) => [`not-a-host.${host}:443`, `not-a-host.${host.slice(host.indexOf(".") + 1)}:443`]),
    ...NOTABLE_SOCKETS,
  ];
  return [...new Set(found)].filter((host) => !allowed.has(host))
    .map((host) => ({ label: host, probe: { name: "net", host } }));
}

/** A question, with the words that name it in a report. */
export interface LabelledProbe {
  readonly label: string;
  readonly probe: PermissionProbe;
}

/** Kinds of rights that Deno knows. */
export const PERMISSION_KINDS = ["net", "read", "write", "run", "ffi", "sys", "env", "import"] as const;
/** One kind of right. */
export type PermissionKind = typeof PERMISSION_KINDS[number];

/** A question to Deno about a whole kind of right, or about one thing of that kind. Has the shape of Deno's descriptors. */
export type PermissionProbe =
  | { readonly name: "net" | "import"; readonly host?: string }
  | { readonly name: "read" | "write" | "ffi"; readonly path?: string }
  | { readonly name: "run"; readonly command?: string }
  | { readonly name: "sys"; readonly kind?: typeof SYS_KINDS[number] }
  | { readonly name: "env"; readonly variable?: string };

const SYS_KINDS = [
  "loadavg",
  "hostname",
  "systemMemoryInfo",
  "networkInterfaces",
  "osRelease",
  "osUptime",
  "uid",
  "gid",
  "username",
  "cpus",
  "homedir",
  "statfs",
  "getPriority",
  "setPriority",
] as const;

/** Deno's defaults for `--allow-import`. */
const IMPORT_DEFAULTS = [
  "deno.land",
  "jsr.io",
  "esm.sh",
  "raw.esm.sh",
  "cdn.jsdelivr.net",
  "raw.githubusercontent.com",
  "gist.githubusercontent.com",
];

/** Ports through which data leaves, or where something listens beside a gateway: shells, proxies, databases, debuggers. */
const NOTABLE_PORTS = [
  1,
  22,
  25,
  53,
  80,
  443,
  1080,
  2375,
  3001,
  3050,
  3128,
  3306,
  5432,
  6379,
  8080,
  8443,
  9229,
  65_535,
];
const NOTABLE_HOSTS = [
  "127.0.0.1",
  "localhost",
  "0.0.0.0",
  "[::1]",
  // The metadata services of clouds hand out credentials to whoever asks (SSRF).
  "169.254.169.254",
  "metadata.google.internal",
  "10.0.0.1",
  "172.17.0.1",
  "192.168.0.1",
  "1.1.1.1",
  "example.com",
  "github.com",
];
const NOTABLE_SOCKETS = ["unix:/", "unix:/run/docker.sock", "unix:/var/run/docker.sock", "vsock:2:1024"];
/** A right on a folder covers what is in the folder, so these paths find a right on any folder above them. */
const NOTABLE_PATHS = [
  "/",
  ".",
  "..",
  "./deno.json",
  "./main.ts",
  "./.env",
  "./.mana/secrets.json",
  "/etc/passwd",
  "/proc/self/environ",
  "/proc/self/mem",
  "/dev/null",
  "/dev/shm",
  "/home",
  "/root/.ssh/id_ed25519",
  "/run/secrets",
  "/tmp",
  "/usr/bin/env",
  "/usr/lib",
  "/var/lib",
  "/var/log",
];
const NOTABLE_COMMANDS = [
  "sh",
  "bash",
  "/bin/sh",
  "/usr/bin/env",
  "deno",
  "node",
  "python3",
  "curl",
  "ls",
  "cat",
  "id",
];
const NOTABLE_VARIABLES = [
  "PATH",
  "HOME",
  "USER",
  "PWD",
  "DENO_DIR",
  "NODE_ENV",
  "NODE_OPTIONS",
  "LD_PRELOAD",
  "HTTPS_PROXY",
  "NPM_TOKEN",
  "GITHUB_TOKEN",
  "AWS_SECRET_ACCESS_KEY",
  "DATABASE_URL",
  // Variables of one process or another: each must be kept from the others.
  "MANA_AUTH_KEK",
  "SIGN_IN_SECRETS",
  "SIGN_IN_DATABASE_URL",
  // Find a right on all names with one of these prefixes.
  "MANA_NOT_A_SETTING",
  "SIGN_IN_NOT_A_SETTING",
];
