// Every variable that the sign-in server's process reads, with its default and its meaning. The README's table and the
// permission to read the environment are made of this list; settings.ts says what each value may be.
import { OPERATOR_SETTINGS } from "../../process/operator/operator.ts";

/** Every variable, in the order of the README. */
export const SETTINGS: readonly Setting[] = Object.freeze([
  { name: "SIGN_IN_PORT", fallback: "3002", meaning: "Port to listen on; 0 picks a free one and prints it." },
  {
    name: "SIGN_IN_HOST",
    fallback: "127.0.0.1",
    meaning:
      "Address to listen on. Passwords come here over plain HTTP: anywhere else than on this computer, " +
      "a proxy in front has to speak TLS.",
  },
  {
    name: "SIGN_IN_ISSUER",
    fallback: null,
    meaning: "Public address of this server, the `iss` of apps' tokens: https, or http on this computer; " +
      "http://localhost and the port by default.",
  },
  {
    name: "SIGN_IN_SERVICE_KEY",
    fallback: null,
    meaning: "By which the gateway is known here; needed. At least 32 characters, the same as the gateway's.",
  },
  {
    name: "SIGN_IN_DATA",
    fallback: "./.mana-sign-in",
    meaning:
      "The one folder that this server reads and writes: database and secrets. Not used with PostgreSQL.",
  },
  {
    name: "SIGN_IN_DATABASE_URL",
    fallback: null,
    meaning:
      "PostgreSQL for apps, grants and sessions, such as postgres://mana:password@db.example.org/mana; " +
      "several servers can share it.",
  },
  {
    name: "SIGN_IN_SECRETS",
    fallback: null,
    meaning:
      "What signs and seals: 2:secret,1:older-secret. The first is used, each opens. Needed with PostgreSQL; " +
      "made in SIGN_IN_DATA by default.",
  },
  {
    name: "MANA_AUTH_URL",
    fallback: "http://localhost:3001",
    meaning: "The auth service of the people. Their passwords are compared there.",
  },
  {
    name: "JWT_ISSUER",
    fallback: null,
    meaning: "The `iss` of the auth service's own tokens; the auth URL by default.",
  },
  { name: "JWT_AUDIENCE", fallback: "mana", meaning: "The `aud` of the auth service's own tokens." },
  {
    name: "SIGN_IN_AUTH_ORIGIN",
    fallback: null,
    meaning:
      "An origin that the auth service trusts, sent when people sign out; the auth URL's own by default.",
  },
  {
    name: "SIGN_IN_MODE",
    fallback: "form",
    meaning:
      "form: people type their password here. session: their browser's own session at the auth service counts, " +
      "which has to reach this server's host too.",
  },
  {
    name: "SIGN_IN_LOGIN_URL",
    fallback: null,
    meaning: "The page where people sign in at the auth service; needed with session.",
  },
  {
    name: "SIGN_IN_FORGOT_URL",
    fallback: null,
    meaning: "The page where a forgotten password is renewed; there is no link by default.",
  },
  {
    name: "MANA_MCP_RESOURCE",
    fallback: "http://127.0.0.1:3069/mcp,http://localhost:3069/mcp",
    meaning:
      "Comma list of the gateway's address in each of its spellings: apps' tokens are good there alone.",
  },
  {
    name: "MANA_GATEWAY_URL",
    fallback: null,
    meaning:
      "Where this server reaches the gateway, such as http://127.0.0.1:3069, for the pages on which people decide, see and " +
      "undo what apps do.",
  },
  {
    name: "OAUTH_CLIENT_HOSTS",
    fallback: null,
    meaning:
      "Comma list of hosts from which apps may be known by the URL of a document, such as claude.ai. " +
      "This server may call each of them.",
  },
  {
    name: "CORS_ORIGINS",
    fallback: null,
    meaning: "Comma list of origins whose pages may register apps here; pages on this computer may anyway.",
  },
  ...OPERATOR_SETTINGS,
  {
    name: "ALLOW_UNCONFINED",
    fallback: "false",
    meaning: "true or 1: serve even though the process may do more than `deno task sign-in` gives it.",
  },
]);

/** Names of the variables; the process may be granted these and no others. */
export const SETTING_NAMES: readonly string[] = SETTINGS.map(({ name }) => name);

/** One setting: its name in the environment, its default as text, and what it means, as the README shows it. */
export interface Setting {
  readonly name: string;
  /** Default as text; null when there is none. */
  readonly fallback: string | null;
  readonly meaning: string;
}
