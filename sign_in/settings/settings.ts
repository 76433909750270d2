// What the sign-in server's process can be set to, checked. The variables stand in settings_table.ts. Reads no environment itself.
import { z } from "zod";
import { type Operator, toOperator } from "../../process/operator/operator.ts";
import type { PostgresAddress } from "../database/postgres_address.ts";
import { SECRET_LENGTH, type Secrets } from "../secrets/secrets.ts";
import {
  databaseUrl,
  folder,
  gatewayAddresses,
  isThisComputer,
  list,
  operatorRules,
  origin,
  parseEnvironment,
  plainUrl,
  port,
  publicHost,
  secrets,
} from "./setting_rules.ts";
import { SETTINGS } from "./settings_table.ts";

/**
 * Parses the environment. An empty variable counts as absent. Tells every problem at once, each with the name of its variable.
 * Never repeats a value, because some values are secrets.
 */
export function parseSettings(environment: Readonly<Record<string, string | undefined>>): SettingsResult {
  const set = Object.entries(environment).filter(([, value]) => value !== undefined && value !== "");
  const given = { ...DEFAULTS, ...Object.fromEntries(set) };
  const { data: env, problems } = parseEnvironment(Environment, given);
  const all = [...problems, ...missing(given), ...(env === undefined ? [] : contradictions(env))];
  if (env === undefined || all.length > 0) return { ok: false, problems: all };
  const authUrl = env.MANA_AUTH_URL;
  return {
    ok: true,
    settings: {
      port: env.SIGN_IN_PORT,
      host: env.SIGN_IN_HOST,
      issuer: env.SIGN_IN_ISSUER,
      serviceKey: env.SIGN_IN_SERVICE_KEY,
      data: env.SIGN_IN_DATA,
      database: env.SIGN_IN_DATABASE_URL,
      secrets: env.SIGN_IN_SECRETS,
      authUrl,
      authIssuer: env.JWT_ISSUER ?? authUrl,
      audience: env.JWT_AUDIENCE,
      authOrigin: env.SIGN_IN_AUTH_ORIGIN ?? new URL(authUrl).origin,
      entrance: env.SIGN_IN_MODE === "session"
        ? { kind: "session", loginUrl: env.SIGN_IN_LOGIN_URL ?? "" }
        : { kind: "password", forgotUrl: env.SIGN_IN_FORGOT_URL },
      gatewayAddresses: env.MANA_MCP_RESOURCE,
      gatewayUrl: env.MANA_GATEWAY_URL,
      clientHosts: env.OAUTH_CLIENT_HOSTS ?? [],
      origins: env.CORS_ORIGINS ?? [],
      operator: toOperator((name) => env[name]),
      allowUnconfined: ["true", "1"].includes(env.ALLOW_UNCONFINED),
    },
  };
}

/** Settings, or everything that is wrong with them. */
export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly string[] };

/** The settings, parsed. URLs have no slash at their end. */
export interface Settings {
  /** Port to listen on; 0 lets the system choose. */
  readonly port: number;
  /** An IP address or a host name. */
  readonly host: string;
  /** Public base URL, an origin; absent: `http://localhost:<port>`. */
  readonly issuer: string | undefined;
  readonly serviceKey: string;
  /** The folder of the database and the secrets, where there is no PostgreSQL. */
  readonly data: string;
  /** The PostgreSQL; absent: a file in the data folder. */
  readonly database: PostgresAddress | undefined;
  /** Absent: a secret is made in the data folder. */
  readonly secrets: Secrets | undefined;
  readonly authUrl: string;
  /** The `iss` of the auth service's tokens. */
  readonly authIssuer: string;
  /** The `aud` of the auth service's tokens. */
  readonly audience: string;
  /** The `Origin` that the auth service is sent. */
  readonly authOrigin: string;
  readonly entrance:
    | { readonly kind: "password"; readonly forgotUrl: string | undefined }
    | { readonly kind: "session"; readonly loginUrl: string };
  readonly gatewayAddresses: readonly [string, ...string[]];
  /** Where the pages reach the gateway; absent: there are no pages that need the gateway. */
  readonly gatewayUrl: string | undefined;
  /** Hosts from which apps may be known by the URL of a document. Each host is a right to call out. */
  readonly clientHosts: readonly string[];
  readonly origins: readonly string[];
  /** Who runs this installation, as the pages and the metadata tell it. */
  readonly operator: Operator;
  /** Serve even though the process may do more than it needs. */
  readonly allowUnconfined: boolean;
}

const DEFAULTS: Readonly<Record<string, string>> = Object.fromEntries(
  SETTINGS.flatMap(({ name, fallback }) => fallback === null ? [] : [[name, fallback]]),
);

/** A path would come between this server and better-auth's own paths, and between cookies of two servers on one host. */
const issuer = plainUrl.refine((text) => new URL(text).pathname === "/", {
  error: "must be an origin such as https://sign-in.example.org, without a path",
}).refine((text) => {
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || isThisComputer(hostname);
}, { error: "must be https, unless it is on this computer: passwords go there" })
  .transform((text) => new URL(text).origin);

const host = z.string().refine(
  (text) => (text.includes(":") ? /^[0-9A-Fa-f:.]+$/ : /^[A-Za-z0-9.-]+$/).test(text),
  { error: "must be an IP address or a host name" },
);

const Environment = z.object({
  SIGN_IN_PORT: port,
  SIGN_IN_HOST: host,
  SIGN_IN_ISSUER: issuer.optional(),
  SIGN_IN_SERVICE_KEY: z.string().min(SECRET_LENGTH, `must have at least ${SECRET_LENGTH} characters`)
    .regex(
      /^[\x21-\x7e]*$/,
      "must be made of printable ASCII characters without spaces: it travels in a header",
    )
    .default(""),
  SIGN_IN_DATA: folder("SIGN_IN_DATA"),
  SIGN_IN_DATABASE_URL: databaseUrl.optional(),
  SIGN_IN_SECRETS: secrets.optional(),
  MANA_AUTH_URL: plainUrl,
  JWT_ISSUER: z.string().optional(),
  JWT_AUDIENCE: z.string(),
  SIGN_IN_AUTH_ORIGIN: origin.optional(),
  SIGN_IN_MODE: z.enum(["form", "session"], { error: "must be form or session" }),
  SIGN_IN_LOGIN_URL: z.url({ protocol: /^https?$/, error: "must be an http or https URL" }).optional(),
  SIGN_IN_FORGOT_URL: z.url({ protocol: /^https?$/, error: "must be an http or https URL" }).optional(),
  MANA_MCP_RESOURCE: gatewayAddresses,
  MANA_GATEWAY_URL: plainUrl.optional(),
  OAUTH_CLIENT_HOSTS: list.pipe(z.array(publicHost)).optional(),
  CORS_ORIGINS: list.pipe(z.array(origin)).optional(),
  ...operatorRules,
  ALLOW_UNCONFINED: z.enum(["true", "1", "false", "0"], { error: "must be true, 1, false or 0" }),
});

/** What is needed and not there, whatever is wrong with the rest. */
function missing(given: Readonly<Record<string, string | undefined>>): readonly string[] {
  const problems: string[] = [];
  if (!given.SIGN_IN_SERVICE_KEY) {
    problems.push(
      `SIGN_IN_SERVICE_KEY must be set to at least ${SECRET_LENGTH} random characters, the same as for the gateway: ` +
        "no app gets anywhere without it",
    );
  }
  if (given.SIGN_IN_MODE === "session" && !given.SIGN_IN_LOGIN_URL) {
    problems.push(
      "SIGN_IN_LOGIN_URL must be set where SIGN_IN_MODE is session: the page where people sign in",
    );
  }
  return problems;
}

function contradictions(env: z.infer<typeof Environment>): readonly string[] {
  const problems: string[] = [];
  // With the same audience for both, every app's token would be as good as the person's own.
  if (env.MANA_MCP_RESOURCE.includes(env.JWT_AUDIENCE)) {
    problems.push("JWT_AUDIENCE must differ from MANA_MCP_RESOURCE");
  }
  // The gateway tells by the issuer whose keys a token has to be signed with.
  if (env.SIGN_IN_ISSUER !== undefined && env.SIGN_IN_ISSUER === (env.JWT_ISSUER ?? env.MANA_AUTH_URL)) {
    problems.push("SIGN_IN_ISSUER must differ from JWT_ISSUER: it is this server's own address");
  }
  return problems;
}
