// Where sign-in's PostgreSQL is, parsed from one URL. Opens nothing; postgres_sign_in.ts does.

/** A PostgreSQL database, and how to get in. */
export interface PostgresAddress {
  /** A host name or an IP address, without brackets. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Whether the connection is TLS, with a certificate that has to match the host. */
  readonly isEncrypted: boolean;
}

/**
 * Parses `postgres://user:password@host:port/database`. Everything is named in it, so that the process calls no host that it
 * has no right to, and reads no file of passwords. `?sslmode=` is `verify-full` or `disable`; without it the connection is
 * encrypted unless the host is this computer. `undefined`: another form, or a host that would not be one entry of a right.
 */
export function parsePostgresAddress(text: string): PostgresAddress | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const mode = url.searchParams.get("sslmode");
  const isKnown = mode === null
    ? url.search === ""
    : url.search === `?sslmode=${mode}` && MODES.includes(mode);
  if (!["postgres:", "postgresql:"].includes(url.protocol) || !isKnown || url.hash !== "") return undefined;
  const host = hostOf(url.hostname);
  const user = decode(url.username);
  const password = decode(url.password);
  const database = decode(url.pathname.slice(1));
  if (!host || !user || !password || !database) return undefined;
  return {
    host,
    port: url.port === "" ? 5432 : Number(url.port),
    user,
    password,
    database,
    isEncrypted: mode === null ? !THIS_COMPUTER.includes(host) : mode === "verify-full",
  };
}

const MODES = ["verify-full", "disable"];

/** A name or an IPv4 address, and an IPv6 address as URLs have it. A comma would begin another right. */
const HOST = /^[a-zA-Z0-9._-]+$/;
const IPV6 = /^\[[0-9a-f:]+\]$/;

const THIS_COMPUTER = ["localhost", "127.0.0.1", "::1"];

function hostOf(hostname: string): string | undefined {
  if (IPV6.test(hostname)) return hostname.slice(1, -1);
  return HOST.test(hostname) ? hostname : undefined;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined; // a % that begins no byte
  }
}
