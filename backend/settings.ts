// What the backend can be set to: names, defaults and rules of its environment variables. Reads no environment itself.
import { z } from "zod";
import { isOrigin } from "../process/is_origin.ts";
import { parsePostgresAddress, type PostgresAddress } from "../sign_in/database/postgres_address.ts";
import { KEY_BYTES } from "./kit/limits.ts";
import { withoutEnding } from "../sign_in/kit/without_ending.ts";

/** Names of the environment variables that the backend reads; it may be granted these and no others. */
export const SETTING_NAMES = [
  "BACKEND_PORT",
  "BACKEND_SYNC_PORT",
  "BACKEND_HOST",
  "BACKEND_DATA",
  "BACKEND_FIRST_PERSON",
  "JWT_AUDIENCE",
  "JWT_ISSUER",
  "MANA_MCP_RESOURCE",
  "OAUTH_CLIENT_HOSTS",
  "MANA_SERVICE_KEY",
  "MANA_AUTH_KEK",
  "CORS_ORIGINS",
  "SIGN_IN_DATABASE_URL",
] as const;

/** The gateway as `deno task start` runs it, in both spellings that people type. */
export const DEFAULT_GATEWAY_ADDRESSES = ["http://127.0.0.1:3069/mcp", "http://localhost:3069/mcp"] as const;

/** The settings, parsed. */
export interface Settings {
  /** Port of auth and vault; 0 lets the system choose. */
  readonly port: number;
  /** Port of sync; 0 lets the system choose. */
  readonly syncPort: number;
  /** A loopback address. */
  readonly host: string;
  /** The one folder that the backend reads and writes. */
  readonly data: string;
  /** E-mail address of the account to create at first start. */
  readonly firstPerson: string | undefined;
  readonly audience: string;
  /** Public base URL, the `iss` of every token; absent: `http://localhost:<port>`. */
  readonly issuer: string | undefined;
  /** The gateway's address, as clients know it, in each of its spellings: the audience of tokens of connected apps. */
  readonly gatewayAddresses: readonly [string, ...string[]];
  /** Hosts from which apps may be known by the URL of a document. Each host is a right to call out. */
  readonly clientHosts: readonly string[];
  /** Absent: the internal endpoints answer 401 to everybody, and nothing is exchanged. */
  readonly serviceKey: string | undefined;
  /** Absent: a key is generated into the data folder. */
  readonly kek: Uint8Array<ArrayBuffer> | undefined;
  readonly origins: readonly string[];
  /** The PostgreSQL that holds accounts, apps and grants; absent: a file in the data folder. */
  readonly signInDatabase: PostgresAddress | undefined;
}

/** Settings, or everything that is wrong with them. */
export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly string[] };

const port = z.string().regex(/^\d{1,5}$/, "must be a port number").transform(Number).pipe(
  z.number().max(65535, "must be a port number"),
);
const url = z.url({ protocol: /^https?$/, error: "must be an http or https URL" });
const origin = z.string().refine(isOrigin, {
  error: "must list origins such as https://app.example.test or app://notes, separated by commas",
});
const list = z.string().transform((text) => text.split(",").map((part) => part.trim()).filter(Boolean));
/** RFC 8707, section 2, as MCP narrows it: https, or http on this computer; no query, no fragment. */
const gatewayAddress = z.string().refine((text) => {
  if (!URL.canParse(text) || /[?#\s]/.test(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== "" || password !== "") return false;
  return protocol === "https:" ||
    protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
}, {
  error:
    "must list URLs such as https://mcp.example.org/mcp, separated by commas; http only on this computer",
});
/** Addresses in the spelling of the URL standard: clients send them so, and tokens are compared with it. */
const gatewayAddresses = list.pipe(z.tuple([gatewayAddress], gatewayAddress)).transform((
  [first, ...rest],
): [string, ...string[]] => [
  normalized(first),
  ...rest.map(normalized),
]);

function normalized(address: string): string {
  const { origin, pathname } = new URL(address);
  return origin + (pathname === "/" && !address.endsWith("/") ? "" : pathname);
}

/** Last labels that no public DNS has: such names would let strangers make us call into the local network. */
const LOCAL_ENDS = ["local", "localhost", "internal", "lan", "home", "arpa", "test"];
/** A name in the public DNS, in lower case. An IP address is refused: its last label is digits. */
const publicHost = z.string().refine((text) => {
  const labels = text.split(".");
  const last = labels.at(-1) ?? "";
  return labels.length > 1 && !LOCAL_ENDS.includes(last) && /^[a-z].+$/.test(last) &&
    labels.every((label) => /^[a-z0-9-]+$/.test(label) && !label.startsWith("-") && !label.endsWith("-"));
}, { error: "must list host names such as claude.ai, separated by commas" });
const kek = z.base64("must be base64").transform((text) => Uint8Array.fromBase64(text)).refine(
  (bytes) => bytes.length === KEY_BYTES,
  { error: `must be ${KEY_BYTES} bytes in base64` },
);

const databaseUrl = z.string().transform(parsePostgresAddress).refine((address) => address !== undefined, {
  error:
    "must be postgres://user:password@host/database, with ?sslmode=verify-full or ?sslmode=disable at most",
});

const Environment = z.object({
  BACKEND_PORT: port.default(3001),
  BACKEND_SYNC_PORT: port.default(3050),
  // Only loopback: the passwords and keys of this service travel over plain HTTP.
  BACKEND_HOST: z.enum(["127.0.0.1", "localhost", "::1"], {
    error: "must be a loopback address: 127.0.0.1, localhost or ::1",
  }).default("127.0.0.1"),
  // The folder is the only one that the process may read and write, and Deno's lists of rights are split at commas.
  BACKEND_DATA: z.string().regex(
    /^[^,]*$/,
    "must have no comma in it, or the process would get rights to other folders: start it inside that folder with BACKEND_DATA=.",
  ).default("./.mana"),
  BACKEND_FIRST_PERSON: z.email("must be an e-mail address").optional(),
  JWT_AUDIENCE: z.string().default("mana"),
  JWT_ISSUER: url.transform((text) => withoutEnding(text, "/")).optional(),
  MANA_MCP_RESOURCE: gatewayAddresses.default([...DEFAULT_GATEWAY_ADDRESSES]),
  OAUTH_CLIENT_HOSTS: list.pipe(z.array(publicHost)).default([]),
  MANA_SERVICE_KEY: z.string().min(8, "must have at least 8 characters").optional(),
  MANA_AUTH_KEK: kek.optional(),
  CORS_ORIGINS: list.pipe(z.array(origin)).default([]),
  SIGN_IN_DATABASE_URL: databaseUrl.optional(),
});

/**
 * Parses the environment. An empty variable counts as absent. Reports every problem at once, each with the name of
 * its variable. Never repeats a value, because two of the values are secrets.
 */
export function parseSettings(environment: Readonly<Record<string, string | undefined>>): SettingsResult {
  const given = Object.entries(environment).filter(([, value]) => value !== undefined && value !== "");
  const parsed = Environment.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${String(path[0])} ${message}`);
    return { ok: false, problems: [...new Set(problems)] };
  }
  const env = parsed.data;
  if (env.BACKEND_PORT !== 0 && env.BACKEND_PORT === env.BACKEND_SYNC_PORT) {
    return { ok: false, problems: ["BACKEND_SYNC_PORT must differ from BACKEND_PORT"] };
  }
  if (env.MANA_MCP_RESOURCE.includes(env.JWT_AUDIENCE)) {
    // With the same audience for both, every app's token would be as good as the person's own.
    return { ok: false, problems: ["JWT_AUDIENCE must differ from MANA_MCP_RESOURCE"] };
  }
  return {
    ok: true,
    settings: {
      port: env.BACKEND_PORT,
      syncPort: env.BACKEND_SYNC_PORT,
      host: env.BACKEND_HOST,
      data: env.BACKEND_DATA,
      firstPerson: env.BACKEND_FIRST_PERSON,
      audience: env.JWT_AUDIENCE,
      issuer: env.JWT_ISSUER,
      gatewayAddresses: env.MANA_MCP_RESOURCE,
      clientHosts: env.OAUTH_CLIENT_HOSTS,
      serviceKey: env.MANA_SERVICE_KEY,
      kek: env.MANA_AUTH_KEK,
      origins: env.CORS_ORIGINS,
      signInDatabase: env.SIGN_IN_DATABASE_URL,
    },
  };
}
