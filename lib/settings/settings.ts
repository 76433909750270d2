import { isOrigin } from "../../process/is_origin.ts";
import { hide, type Secret } from "../kit/secret.ts";

/** Where the gateway decides what the policy gate may do; see docs/architecture.md. */
export type PolicyMode = "enforce" | "log-only" | "off";
/** How tool names are listed; `tools/call` accepts both forms. */
export type ToolNames = "underscore" | "dotted";
/** Least severe kind of log line that is written. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** Everything the gateway can be told, checked. URLs have no trailing slash. */
export interface Settings {
  /** TCP port to listen on; 0 picks a free one. */
  readonly port: number;
  /** Address to listen on. */
  readonly host: string;
  readonly authUrl: string;
  readonly syncUrl: string;
  readonly vaultUrl: string;
  readonly audience: string;
  readonly issuers: readonly string[];
  /**
   * Address under which people reach the gateway, without /mcp: as the URL standard writes it (host in lower case, no default
   * port), so that it equals what clients make of it. Null where it is the Host they use.
   */
  readonly publicUrl: string | null;
  /** Whether a client's own token may go to the services where no exchange is offered. */
  readonly tokenForwarding: boolean;
  readonly corsOrigins: readonly string[];
  /** Values of the Host header that are served, without or with a port. */
  readonly allowedHosts: readonly string[];
  /** Client id on pushes; pulls use another one derived from it. */
  readonly clientId: string;
  readonly policyMode: PolicyMode;
  /** Calls of one tool by one person in a rolling minute; 0 means no limit. */
  readonly rateLimitWrites: number;
  readonly rateLimitReads: number;
  readonly toolNames: ToolNames;
  /** Canonical names of destructive tools that run without asking the person. */
  readonly destructiveTools: readonly string[];
  /** For membership look-ups where the auth service refuses a JWT on its list; null when not set. */
  readonly serviceKey: Secret<string> | null;
  readonly requireSealed: boolean;
  readonly logLevel: LogLevel;
  /** Serve even though the process may do more than it needs. */
  readonly allowUnconfined: boolean;
}

/** One setting: its name in the environment, its default as text, and what it means, as the README shows it. */
export interface Setting {
  readonly name: string;
  /** Default as text; null when there is none. */
  readonly fallback: string | null;
  readonly meaning: string;
}

/** Every variable the gateway reads. The permission to read the environment is made of these names. */
export const SETTINGS: readonly Setting[] = Object.freeze([
  { name: "PORT", fallback: "3069", meaning: "Port to listen on; 0 picks a free one and prints it." },
  { name: "HOST", fallback: "127.0.0.1", meaning: "Address to listen on." },
  {
    name: "MANA_AUTH_URL",
    fallback: "http://localhost:3001",
    meaning: "Auth service: keys (JWKS) and spaces.",
  },
  { name: "MANA_SYNC_URL", fallback: "http://localhost:3050", meaning: "Sync service: the change log." },
  { name: "MANA_VAULT_URL", fallback: null, meaning: "Key vault; the auth service by default." },
  { name: "JWT_AUDIENCE", fallback: "mana", meaning: "Audience that tokens must carry." },
  {
    name: "JWT_ISSUER",
    fallback: null,
    meaning: "Issuer that tokens must carry, or a comma list; the auth URL by default.",
  },
  {
    name: "PUBLIC_URL",
    fallback: null,
    meaning:
      "Address under which people reach the gateway, with its path where it has one and without /mcp; the Host they use by default.",
  },
  {
    name: "TOKEN_FORWARDING",
    fallback: "deny",
    meaning:
      "allow: where the auth service offers no token exchange, connected apps' own tokens go to the services.",
  },
  {
    name: "CORS_ORIGINS",
    fallback: null,
    meaning:
      "Comma list of origins whose pages may call the gateway and the embedded backend, such as https://app.example.test or app://notes; none by default.",
  },
  {
    name: "ALLOWED_HOSTS",
    fallback: null,
    meaning: "Comma list of Host header values; localhost, 127.0.0.1, [::1] and HOST by default.",
  },
  {
    name: "MANA_MCP_CLIENT_ID",
    fallback: "mana-mcp",
    meaning: "Client id of this gateway's writes in the sync log.",
  },
  { name: "POLICY_MODE", fallback: "enforce", meaning: "Policy gate: enforce, log-only or off." },
  {
    name: "RATE_LIMIT_WRITES",
    fallback: "30",
    meaning: "Calls of one writing tool by one person in a rolling minute; 0 means no limit.",
  },
  {
    name: "RATE_LIMIT_READS",
    fallback: "120",
    meaning: "The same for a reading tool.",
  },
  {
    name: "DESTRUCTIVE_TOOLS",
    fallback: null,
    meaning: "Comma list of deleting tools, such as todo.delete, that run without asking the person first.",
  },
  { name: "MCP_TOOL_NAMES", fallback: "underscore", meaning: "Tool names in lists: underscore or dotted." },
  {
    name: "MANA_SERVICE_KEY",
    fallback: null,
    meaning:
      "To look memberships up where the auth service refuses a person's JWT on its list of spaces: without it every tool is refused there.",
  },
  {
    name: "REQUIRE_SEALED",
    fallback: "false",
    meaning: "true: plaintext found in a field that should be sealed is reported as unreadable.",
  },
  { name: "LOG_LEVEL", fallback: "info", meaning: "debug, info, warn or error." },
  {
    name: "ALLOW_UNCONFINED",
    fallback: "false",
    meaning: "true or 1: serve even though the process may do more than `deno task permissions` prints.",
  },
]);

/** What {@link parseSettings} answers: the settings, or every problem at once. */
export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Reads the settings out of `env`. An empty value counts as not set. Every problem is reported at once, by the name of
 * the variable, what was expected and — except for the service key — what was found.
 */
export function parseSettings(env: Readonly<Record<string, string | undefined>>): SettingsResult {
  const problems: string[] = [];
  const text = (name: string): string | null => {
    const value = env[name]?.trim();
    if (value) return value;
    return SETTINGS.find((setting) => setting.name === name)?.fallback ?? null;
  };
  const problem = (name: string, expected: string) => {
    problems.push(`${name} is ${JSON.stringify(text(name))}: expected ${expected}`);
  };
  const oneOf = <T extends string>(name: string, allowed: readonly [T, ...T[]]): T => {
    const value = text(name);
    const found = allowed.find((word) => word === value);
    if (found === undefined) problem(name, allowed.join(", "));
    return found ?? allowed[0];
  };
  const list = (name: string): string[] =>
    (text(name) ?? "").split(",").map((part) => part.trim()).filter((part) => part !== "");
  const url = (name: string, fallback: string): string => {
    const value = text(name) ?? fallback;
    const parsed = URL.canParse(value) ? new URL(value) : null;
    if (
      parsed === null || !["http:", "https:"].includes(parsed.protocol) || parsed.username ||
      parsed.password ||
      parsed.search || parsed.hash
    ) {
      problem(name, "an http or https URL without user, query or fragment");
      return fallback;
    }
    let end = value.length;
    while (value.charAt(end - 1) === "/") end--;
    return value.slice(0, end);
  };

  const count = (name: string, most: number): number => {
    const found = text(name) ?? "";
    if (!/^\d{1,9}$/.test(found) || Number(found) > most) problem(name, `a number from 0 to ${most}`);
    return Number(found);
  };

  const port = count("PORT", 65_535);
  const host = text("HOST") ?? "";
  const isAddress = host.includes(":") ? /^(?:\[[0-9A-Fa-f:.]+\]|[0-9A-Fa-f:.]+)$/ : /^[A-Za-z0-9.-]+$/;
  if (!isAddress.test(host)) {
    problem("HOST", "an IP address or host name");
  }
  const authUrl = url("MANA_AUTH_URL", "http://localhost:3001");
  const syncUrl = url("MANA_SYNC_URL", "http://localhost:3050");
  const vaultUrl = url("MANA_VAULT_URL", authUrl);
  const audience = text("JWT_AUDIENCE") ?? "";
  const issuers = list("JWT_ISSUER");
  const corsOrigins = list("CORS_ORIGINS");
  for (const origin of corsOrigins) {
    if (!isOrigin(origin)) {
      problem(
        "CORS_ORIGINS",
        "a comma list of origins such as https://app.example.test or app://notes, without a path",
      );
      break;
    }
  }
  const bareHost = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  const named = list("ALLOWED_HOSTS").map((entry) => entry.toLowerCase());
  for (const entry of named) {
    if (!/^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d{1,5})?$/.test(entry)) {
      problem("ALLOWED_HOSTS", "a comma list of host names, each with or without a port");
      break;
    }
  }
  const clientId = text("MANA_MCP_CLIENT_ID") ?? "";
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(clientId)) {
    problem("MANA_MCP_CLIENT_ID", "1 to 64 letters, digits, dots, dashes or underscores");
  }
  const serviceKey = env["MANA_SERVICE_KEY"]?.trim() || null;
  if (serviceKey !== null && !/^[\x21-\x7e]+$/.test(serviceKey)) {
    problems.push("MANA_SERVICE_KEY has characters that a header cannot carry");
  }
  const publicUrl = text("PUBLIC_URL") === null ? null : normalized(url("PUBLIC_URL", ""));
  // It becomes a route, a part of a well-known address and a part of an audience: no character that one of them escapes.
  if (
    publicUrl !== null && publicUrl !== "" && !/^(\/[A-Za-z0-9._~-]+)*\/?$/.test(new URL(publicUrl).pathname)
  ) {
    problem("PUBLIC_URL", "a path of letters, digits, dots, dashes, underscores and tildes, if any");
  }
  const settings: Settings = {
    publicUrl,
    tokenForwarding: oneOf("TOKEN_FORWARDING", ["deny", "allow"]) === "allow",
    port,
    host,
    authUrl,
    syncUrl,
    vaultUrl,
    audience,
    issuers: issuers.length > 0 ? issuers : [authUrl],
    corsOrigins,
    allowedHosts: named.length > 0
      ? named
      : publicUrl
      ? [...new Set([new URL(publicUrl).host, "localhost", "127.0.0.1", "[::1]"])]
      : [...new Set(["localhost", "127.0.0.1", "[::1]", bareHost.toLowerCase()])],
    clientId,
    policyMode: oneOf("POLICY_MODE", ["enforce", "log-only", "off"]),
    rateLimitWrites: count("RATE_LIMIT_WRITES", 100_000),
    rateLimitReads: count("RATE_LIMIT_READS", 100_000),
    destructiveTools: [...new Set(list("DESTRUCTIVE_TOOLS"))],
    toolNames: oneOf("MCP_TOOL_NAMES", ["underscore", "dotted"]),
    serviceKey: serviceKey === null ? null : hide(serviceKey),
    requireSealed: oneOf("REQUIRE_SEALED", ["false", "true"]) === "true",
    logLevel: oneOf("LOG_LEVEL", ["info", "debug", "warn", "error"]),
    allowUnconfined: ["true", "1"].includes(oneOf("ALLOW_UNCONFINED", ["false", "true", "0", "1"])),
  };
  return problems.length > 0 ? { ok: false, problems } : { ok: true, settings: Object.freeze(settings) };
}

/** Two spellings of one address are one resource for a client, and two for a comparison of texts. */
function normalized(address: string): string {
  if (!URL.canParse(address)) return address; // reported already
  const { origin, pathname } = new URL(address);
  let end = pathname.length;
  while (end > 0 && pathname[end - 1] === "/") end -= 1;
  return origin + pathname.slice(0, end);
}

/** Whom the gateway needs to reach, and where it listens: `host:port` each. */
export function netRoles(settings: Settings): Readonly<Record<"listen" | "auth" | "sync" | "vault", string>> {
  const listen = settings.host.includes(":") && !settings.host.startsWith("[")
    ? `[${settings.host}]`
    : settings.host;
  const hostOf = (url: string): string => {
    const { protocol, hostname, port } = new URL(url);
    return `${hostname}:${port || (protocol === "https:" ? "443" : "80")}`;
  };
  return {
    listen: `${listen}:${settings.port}`,
    auth: hostOf(settings.authUrl),
    sync: hostOf(settings.syncUrl),
    vault: hostOf(settings.vaultUrl),
  };
}

/**
 * The network the gateway needs, as Deno's `--allow-net` takes it. Computed by the parser's own result, so that sandbox
 * and settings cannot drift apart.
 */
export function allowedNet(settings: Settings): readonly string[] {
  return [...new Set(Object.values(netRoles(settings)))];
}
