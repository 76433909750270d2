// What operators can set, checked: one value for the whole process. It reads what it is given and nothing else; the
// variables themselves stand in settings_table.ts.
import { isOrigin } from "../../process/is_origin.ts";
import {
  type Operator,
  OPERATOR_FORMS,
  OPERATOR_SETTINGS,
  toOperator,
} from "../../process/operator/operator.ts";
import { type ByService, byService, isSeparate } from "../kit/services.ts";
import { hide, type Secret } from "../kit/secret.ts";
import { type NodeSettings, readNodeSettings } from "./node_settings.ts";
import { LEAST_MEMORY_MB } from "./memory_shares.ts";
import { createSettingReader, type SettingReader } from "./setting_reader.ts";

/**
 * Reads the settings out of `env`. An empty value counts as not set. Every problem is reported at once, by the name of
 * the variable, what was expected and — except for keys and secrets — what was found.
 */
export function parseSettings(env: Readonly<Record<string, string | undefined>>): SettingsResult {
  const read = createSettingReader(env);
  const port = read.count("PORT", 65_535);
  const host = readHost(read);
  const serviceUrls = readServiceUrls(read);
  const named = read.list("JWT_ISSUER");
  const issuers = named.length > 0 ? named : [serviceUrls.auth];
  const serviceKey = readServiceKey(read, "MANA_SERVICE_KEY");
  const corsOrigins = readOrigins(read);
  const publicUrl = readPublicUrl(read);
  const settings: Settings = {
    port,
    host,
    serviceUrls,
    audience: read.text("JWT_AUDIENCE") ?? "",
    issuers,
    ...readSignIn(read, serviceUrls, issuers, serviceKey),
    publicUrl,
    tokenForwarding: read.oneOf("TOKEN_FORWARDING", ["deny", "allow"]) === "allow",
    corsOrigins,
    allowedHosts: readAllowedHosts(read, publicUrl, host),
    clientId: readClientId(read),
    policyMode: read.oneOf("POLICY_MODE", ["enforce", "log-only", "off"]),
    rateLimitWrites: read.count("RATE_LIMIT_WRITES", 100_000),
    rateLimitReads: read.count("RATE_LIMIT_READS", 100_000),
    destructiveTools: [...new Set(read.list("DESTRUCTIVE_TOOLS"))],
    toolNames: read.oneOf("MCP_TOOL_NAMES", ["underscore", "dotted"]),
    serviceKey,
    requireSealed: read.oneOf("REQUIRE_SEALED", ["false", "true"]) === "true",
    ledger: read.oneOf("LEDGER", ["best-effort", "strict", "off"]),
    ...readNodeSettings(read, port),
    memoryMb: readMemory(read),
    operator: readOperator(read),
    logLevel: read.oneOf("LOG_LEVEL", ["info", "debug", "warn", "error"]),
    allowUnconfined: ["true", "1"].includes(read.oneOf("ALLOW_UNCONFINED", ["false", "true", "0", "1"])),
  };
  const { problems } = read;
  return problems.length > 0 ? { ok: false, problems } : { ok: true, settings: Object.freeze(settings) };
}

/** What {@link parseSettings} answers: the settings, or every problem at once. */
export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Everything the gateway can be told, checked. URLs have no trailing slash. */
export interface Settings extends NodeSettings {
  /** TCP port to listen on; 0 picks a free one. */
  readonly port: number;
  /** Address to listen on. */
  readonly host: string;
  /** Address of each service. */
  readonly serviceUrls: ByService<string>;
  /** Audience of the tokens that the services take: a person's own. */
  readonly audience: string;
  /** Issuers of people's own tokens. */
  readonly issuers: readonly string[];
  /** Issuers of connected clients' tokens: of the sign-in server, or of the auth service where that signs clients in. */
  readonly signInIssuers: readonly string[];
  /** For the sign-in server alone; null where the auth service signs clients in, with the other key. */
  readonly signInServiceKey: Secret<string> | null;
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
  /** For the auth service: membership look-ups where it refuses a JWT on its list, and clients where it signs them in; null when not set. */
  readonly serviceKey: Secret<string> | null;
  readonly requireSealed: boolean;
  /** Whether calls are noted in people's ledgers, where they chose nothing themselves. */
  readonly ledger: "best-effort" | "strict" | "off";
  /** Megabytes that the process keeps to with many people; see memory_shares.ts. */
  readonly memoryMb: number;
  /** Who runs this installation, as the pages and the metadata tell it. */
  readonly operator: Operator;
  readonly logLevel: LogLevel;
  /** Serve even though the process may do more than it needs. */
  readonly allowUnconfined: boolean;
}

/** Where the gateway decides what the policy gate may do; see docs/architecture.md. */
export type PolicyMode = "enforce" | "log-only" | "off";
/** How tool names are listed; `tools/call` accepts both forms. */
export type ToolNames = "underscore" | "dotted";
/** Least severe kind of log line that is written. */
export type LogLevel = "debug" | "info" | "warn" | "error";

function readHost(read: SettingReader): string {
  const host = read.text("HOST") ?? "";
  const isAddress = host.includes(":") ? /^(?:\[[0-9A-Fa-f:.]+\]|[0-9A-Fa-f:.]+)$/ : /^[A-Za-z0-9.-]+$/;
  if (!isAddress.test(host)) read.problem("HOST", "an IP address or host name");
  return host;
}

function readMemory(read: SettingReader): number {
  const megabytes = read.count("MEMORY_MB", 1_000_000);
  if (megabytes < LEAST_MEMORY_MB) read.problem("MEMORY_MB", `a number from ${LEAST_MEMORY_MB}`);
  return megabytes;
}

function readOperator(read: SettingReader): Operator {
  for (const { name } of OPERATOR_SETTINGS) {
    const { words, fits } = OPERATOR_FORMS[name];
    const value = read.text(name);
    // Without the value: an address may hold a password by mistake.
    if (value !== null && !fits(value)) read.secretProblem(name, `must be ${words}`);
  }
  return toOperator(read.text);
}

function readServiceUrls(read: SettingReader): ByService<string> {
  let first: string | null = null;
  return byService(({ setting, fallback }) => {
    const url = read.url(setting, fallback ?? first ?? "");
    first ??= url;
    return url;
  });
}

function readOrigins(read: SettingReader): readonly string[] {
  const origins = read.list("CORS_ORIGINS");
  if (!origins.every(isOrigin)) {
    read.problem(
      "CORS_ORIGINS",
      "a comma list of origins such as https://app.example.test or app://notes, without a path",
    );
  }
  return origins;
}

function readAllowedHosts(read: SettingReader, publicUrl: string | null, host: string): readonly string[] {
  const named = read.list("ALLOWED_HOSTS").map((entry) => entry.toLowerCase());
  const isHost = (entry: string) =>
    /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d{1,5})?$/.test(entry) && URL.canParse(`http://${entry}`);
  if (!named.every(isHost)) {
    read.problem("ALLOWED_HOSTS", "a comma list of host names, each with or without a port");
  }
  if (named.length > 0) return named;
  const local = ["localhost", "127.0.0.1", "[::1]"];
  if (publicUrl) return [...new Set([new URL(publicUrl).host, ...local])];
  const bareHost = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  return [...new Set([...local, bareHost.toLowerCase()])];
}

function readClientId(read: SettingReader): string {
  const clientId = read.text("MANA_MCP_CLIENT_ID") ?? "";
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(clientId)) {
    read.problem("MANA_MCP_CLIENT_ID", "1 to 64 letters, digits, dots, dashes or underscores");
  }
  return clientId;
}

/** The problem with a service key never repeats it. */
function readServiceKey(read: SettingReader, name: string): Secret<string> | null {
  const key = read.text(name);
  if (key === null) return null;
  if (!/^[\x21-\x7e]+$/.test(key)) read.secretProblem(name, "has characters that a header cannot carry");
  return hide(key);
}

/** Characters that a key of a sign-in server has at least: with less, who guesses it can exchange stolen tokens. */
const MIN_SIGN_IN_KEY_CHARS = 32;

/** Whom clients' tokens come from, and the key for the server that issues them. A sign-in server has a key of its own. */
function readSignIn(
  read: SettingReader,
  serviceUrls: ByService<string>,
  issuers: readonly string[],
  serviceKey: Secret<string> | null,
): Pick<Settings, "signInIssuers" | "signInServiceKey"> {
  const named = read.text("SIGN_IN_ISSUER") === null ? [] : [read.url("SIGN_IN_ISSUER", "")];
  if (!isSeparate("sign-in", serviceUrls)) {
    return { signInIssuers: named.length > 0 ? named : issuers, signInServiceKey: null };
  }
  const signInIssuers = named.length > 0 ? named : [serviceUrls["sign-in"]];
  // Two servers with one name could not be told apart: neither in tokens nor in what is kept of a person (RFC 8414 section 3.3).
  if (signInIssuers.some((issuer) => issuers.includes(issuer))) {
    read.secretProblem("SIGN_IN_ISSUER", "must differ from JWT_ISSUER: the sign-in server is another server");
  }
  const key = readServiceKey(read, "SIGN_IN_SERVICE_KEY");
  const length = read.text("SIGN_IN_SERVICE_KEY")?.length ?? 0;
  if (length === 0) {
    read.secretProblem(
      "SIGN_IN_SERVICE_KEY",
      "is missing: with MANA_SIGN_IN_URL set, the sign-in server has to know this gateway",
    );
  } else if (length < MIN_SIGN_IN_KEY_CHARS) {
    read.secretProblem("SIGN_IN_SERVICE_KEY", `must have at least ${MIN_SIGN_IN_KEY_CHARS} characters`);
  } else if (key !== null && serviceKey?.equals(key)) {
    read.secretProblem(
      "SIGN_IN_SERVICE_KEY",
      "must differ from MANA_SERVICE_KEY: neither server may act as the other",
    );
  }
  return { signInIssuers, signInServiceKey: key };
}

function readPublicUrl(read: SettingReader): string | null {
  if (read.text("PUBLIC_URL") === null) return null;
  const publicUrl = asUrlStandardWrites(read.url("PUBLIC_URL", ""));
  // The path becomes a route, a part of a well-known address and a part of an audience, so it may hold no character that
  // any of the three escapes.
  if (publicUrl !== "" && !/^(\/[A-Za-z0-9._~-]+)*\/?$/.test(new URL(publicUrl).pathname)) {
    read.problem("PUBLIC_URL", "a path of letters, digits, dots, dashes, underscores and tildes, if any");
  }
  return publicUrl;
}

/** Clients compare the address as the URL standard writes it, the gateway compares texts: one spelling serves both. */
function asUrlStandardWrites(address: string): string {
  if (!URL.canParse(address)) return address; // reported already
  const { origin, pathname } = new URL(address);
  let end = pathname.length;
  while (end > 0 && pathname[end - 1] === "/") end -= 1;
  return origin + pathname.slice(0, end);
}
