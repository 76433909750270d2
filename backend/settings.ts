// What the backend can be set to: names, defaults and rules of its environment variables. Reads no environment itself.
import { z } from "zod";
import { type Operator, OPERATOR_SETTINGS, toOperator } from "../process/operator/operator.ts";
import type { PostgresAddress } from "../sign_in/database/postgres_address.ts";
import type { Secrets } from "../sign_in/secrets/secrets.ts";
import {
  databaseUrl,
  DEFAULT_GATEWAY_ADDRESSES,
  folder,
  gatewayAddresses,
  list,
  operatorRules,
  origin,
  parseEnvironment,
  plainUrl,
  port,
  publicHost,
  secrets,
  url,
} from "../sign_in/settings/setting_rules.ts";
import { KEY_BYTES } from "./kit/limits.ts";

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
  "MANA_GATEWAY_URL",
  "OAUTH_CLIENT_HOSTS",
  "MANA_SERVICE_KEY",
  "MANA_AUTH_KEK",
  "CORS_ORIGINS",
  "SIGN_IN_DATABASE_URL",
  "SIGN_IN_SECRETS",
  ...OPERATOR_SETTINGS.map(({ name }) => name),
  "BACKEND_PERSONAS",
  "PERSONA_SEED_SECRET",
  "MANA_PERSONAS_KEY",
] as const;

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
  /** Where the pages reach the gateway; absent: there are no pages that need the gateway. */
  readonly gatewayUrl: string | undefined;
  /** Hosts from which apps may be known by the URL of a document. Each host is a right to call out. */
  readonly clientHosts: readonly string[];
  /** Absent: the internal endpoints answer 401 to everybody, and nothing is exchanged. */
  readonly serviceKey: string | undefined;
  /** Absent: a key is generated into the data folder. */
  readonly kek: Uint8Array<ArrayBuffer> | undefined;
  readonly origins: readonly string[];
  /** The PostgreSQL that holds accounts, apps and grants; absent: a file in the data folder. */
  readonly signInDatabase: PostgresAddress | undefined;
  /** Absent: a secret is generated into the data folder. */
  readonly secrets: Secrets | undefined;
  /** Who runs this installation, as the pages and the metadata tell it. */
  readonly operator: Operator;
  /** Whether synthetic people are served, and their secrets where the operator has some; absent: none are served. */
  readonly wantedPersonas: WantedPersonas | undefined;
}

/** Secrets of synthetic people. One that is absent is generated into the data folder. */
export interface WantedPersonas {
  readonly seedSecret: string | undefined;
  readonly key: string | undefined;
}

/** Settings, or everything that is wrong with them. */
export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly string[] };

const kek = z.base64("must be base64").transform((text) => Uint8Array.fromBase64(text)).refine(
  (bytes) => bytes.length === KEY_BYTES,
  { error: `must be ${KEY_BYTES} bytes in base64` },
);

/** The reference publishes this secret: whoever reads it there could sign in as any persona. */
const PUBLIC_SEED_SECRET = "dev-persona-seed-secret-rotate-in-prod";

const ownSecret = z.string().min(16, "must have at least 16 characters").refine(
  (text) => text !== PUBLIC_SEED_SECRET,
  "must not be the secret that is published with the reference",
);

const Environment = z.object({
  BACKEND_PORT: port.default(3001),
  BACKEND_SYNC_PORT: port.default(3050),
  // Only loopback: the passwords and keys of this service travel over plain HTTP.
  BACKEND_HOST: z.enum(["127.0.0.1", "localhost", "::1"], {
    error: "must be a loopback address: 127.0.0.1, localhost or ::1",
  }).default("127.0.0.1"),
  BACKEND_DATA: folder("BACKEND_DATA").default("./.mana"),
  BACKEND_FIRST_PERSON: z.email("must be an e-mail address").optional(),
  JWT_AUDIENCE: z.string().default("mana"),
  JWT_ISSUER: url.optional(),
  MANA_MCP_RESOURCE: gatewayAddresses.default([...DEFAULT_GATEWAY_ADDRESSES]),
  MANA_GATEWAY_URL: plainUrl.optional(),
  OAUTH_CLIENT_HOSTS: list.pipe(z.array(publicHost)).default([]),
  MANA_SERVICE_KEY: z.string().min(8, "must have at least 8 characters").optional(),
  MANA_AUTH_KEK: kek.optional(),
  CORS_ORIGINS: list.pipe(z.array(origin)).default([]),
  SIGN_IN_DATABASE_URL: databaseUrl.optional(),
  SIGN_IN_SECRETS: secrets.optional(),
  ...operatorRules,
  BACKEND_PERSONAS: z.enum(["on", "off"], { error: "must be on or off" }).default("off"),
  PERSONA_SEED_SECRET: ownSecret.optional(),
  MANA_PERSONAS_KEY: z.string().min(16, "must have at least 16 characters").optional(),
});

/**
 * Parses the environment. An empty variable counts as absent. Reports every problem at once, each with the name of
 * its variable. Never repeats a value, because some values are secrets.
 */
export function parseSettings(environment: Readonly<Record<string, string | undefined>>): SettingsResult {
  const { data: env, problems } = parseEnvironment(Environment, environment);
  if (env === undefined || problems.length > 0) return { ok: false, problems };
  if (env.BACKEND_PORT !== 0 && env.BACKEND_PORT === env.BACKEND_SYNC_PORT) {
    return { ok: false, problems: ["BACKEND_SYNC_PORT must differ from BACKEND_PORT"] };
  }
  if (env.MANA_MCP_RESOURCE.includes(env.JWT_AUDIENCE)) {
    // With the same audience for both, every app's token would be as good as the person's own.
    return { ok: false, problems: ["JWT_AUDIENCE must differ from MANA_MCP_RESOURCE"] };
  }
  if (env.MANA_PERSONAS_KEY !== undefined && env.MANA_PERSONAS_KEY === env.MANA_SERVICE_KEY) {
    // The service key reads everybody's memberships and exchanges tokens; a runner must not hold it.
    return { ok: false, problems: ["MANA_PERSONAS_KEY must differ from MANA_SERVICE_KEY"] };
  }
  if (env.MANA_PERSONAS_KEY !== undefined && env.MANA_PERSONAS_KEY === env.PERSONA_SEED_SECRET) {
    // The key is sent with each request; whoever reads it would know every persona's password.
    return { ok: false, problems: ["MANA_PERSONAS_KEY must differ from PERSONA_SEED_SECRET"] };
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
      gatewayUrl: env.MANA_GATEWAY_URL,
      clientHosts: env.OAUTH_CLIENT_HOSTS,
      serviceKey: env.MANA_SERVICE_KEY,
      kek: env.MANA_AUTH_KEK,
      origins: env.CORS_ORIGINS,
      signInDatabase: env.SIGN_IN_DATABASE_URL,
      secrets: env.SIGN_IN_SECRETS,
      operator: toOperator((name) => env[name]),
      wantedPersonas: env.BACKEND_PERSONAS === "on"
        ? { seedSecret: env.PERSONA_SEED_SECRET, key: env.MANA_PERSONAS_KEY }
        : undefined,
    },
  };
}
