// How better-auth is configured: sessions, signing keys, and which of its endpoints outsiders may call. What the embedded
// accounts add (passwords, spaces) is handed in. Opens no database and answers no request: identity.ts does.
import type { BetterAuthOptions, BetterAuthPlugin, User, Where } from "better-auth";
import { APIError, createAuthMiddleware } from "better-auth/api";
import { jwt, type JwtOptions } from "better-auth/plugins/jwt";
import type { SignInDatabase } from "../database/sign_in_database.ts";
import type { ServiceLog } from "../kit/service_log.ts";
import { TOKEN_LIFETIME } from "../kit/limits.ts";
import { createManaPlugin, createProviderPlugin, type ProviderDeps } from "./provider_plugins.ts";
import { SIGNING_KEY } from "./signing_keys.ts";
import { type Secrets, toProviderSecrets } from "../secrets/secrets.ts";

/** better-auth's options. `stores` comes later: the hooks reach back into the better-auth that is made of them. */
export function toIdentityOptions(deps: IdentityDeps, stores: Promise<HookStores>) {
  const { plugins = [], jwt: sessionTokens = {}, ...accounts } = deps.accounts?.(stores) ?? {};
  const jwtOptions = toJwtOptions(deps, sessionTokens);
  return {
    appName: "mana",
    database: { db: deps.signIn.db, type: deps.signIn.type, transaction: true },
    ...toProviderSecrets(deps.secrets),
    baseURL: deps.issuer,
    trustedOrigins: [...deps.origins],
    ...accounts,
    session: { expiresIn: 7 * 24 * 3600, updateAge: 24 * 3600 },
    hooks: { before: refuseUnguarded(deps.admission) },
    plugins: [
      jwt(jwtOptions),
      createProviderPlugin(deps),
      createManaPlugin(jwtOptions),
      ...plugins,
    ],
    disabledPaths: DISABLED_PATHS,
    advanced: {
      // In front of an auth service, browsers may send that service's cookies here, too: they begin with `mana`.
      cookiePrefix: deps.accounts === undefined ? "mana-sign-in" : "mana",
      // Named, because better-auth turns both off when the environment looks like a test run.
      disableOriginCheck: false,
      disableCSRFCheck: false,
    },
    rateLimit: { enabled: false }, // it counts per address only; the lockout counts per account
    onAPIError: {
      errorURL: `${deps.issuer}/error`,
      // An unexpected error goes to whoever asked, and so to the one place that logs its class. better-auth would print it, past our
      // log, with the values that PostgreSQL puts into its errors.
      throw: true,
    },
    telemetry: { enabled: false },
    logger: {
      level: "error",
      // Only the fixed text: the arguments may carry rows.
      log: (_level, message) => deps.log({ event: "auth", message: message.slice(0, 200) }),
    },
  } satisfies BetterAuthOptions;
}

/** What better-auth is made of. */
export interface IdentityDeps extends ProviderDeps {
  /** Holds better-auth's tables. */
  readonly signIn: SignInDatabase;
  readonly secrets: Secrets;
  /** Origins that may use session cookies. */
  readonly origins: readonly string[];
  /** Value of {@link ADMISSION_HEADER} that lets a request reach the endpoints that are guarded outside better-auth. */
  readonly admission: string;
  /** Accounts with passwords and spaces; absent where an auth service elsewhere has them. */
  readonly accounts?: (stores: Promise<HookStores>) => AccountOptions;
  readonly log: ServiceLog;
}

/** The part of better-auth's options that accounts of its own need. */
export interface AccountOptions
  extends Pick<BetterAuthOptions, "emailAndPassword" | "user" | "databaseHooks"> {
  readonly plugins: readonly BetterAuthPlugin[];
  /** Audience and claims of sessions' own tokens. */
  readonly jwt: Pick<NonNullable<JwtOptions["jwt"]>, "audience" | "definePayload">;
}

/** Set by the guarded routes (password login, OAuth), and by nobody else. */
export const ADMISSION_HEADER = "x-mana-admission";

/** The tables that hooks read and write. They exist only once better-auth does. */
export interface HookStores {
  readonly tables: HookTables;
  readonly findPerson: (userId: string) => Promise<User | null>;
}

/** Runs hooks' work in one transaction of better-auth's database. */
export interface HookTables extends Pick<HookTransaction, "findOne" | "findMany"> {
  transaction<R>(work: (trx: HookTransaction) => Promise<R>): Promise<R>;
}

/** The part of better-auth's database that hooks need. */
export interface HookTransaction {
  findMany<T>(query: { model: string; where: Where[] }): Promise<T[]>;
  findOne<T>(query: { model: string; where: Where[] }): Promise<T | null>;
  create<T extends Record<string, unknown>, R = T>(row: { model: string; data: Omit<T, "id"> }): Promise<R>;
}

/** Endpoints of better-auth that nobody may call. */
const DISABLED_PATHS = [
  "/verify-password", // a password oracle beside the login that no lockout guards; nothing here needs it
  // They tell sessions by tokens read from the table, where only hashes are; /revoke-sessions ends all of a person's.
  "/list-sessions",
  "/revoke-session",
  "/revoke-other-sessions",
];

/** better-auth's endpoints that only guarded routes may reach: password login and everything of the OAuth provider. */
const GUARDED_PATHS = /^\/(?:sign-in\/email$|oauth2\/|admin\/oauth2\/)/;

function toJwtOptions({ issuer }: IdentityDeps, sessionTokens: Partial<AccountOptions["jwt"]>) {
  return {
    jwks: { keyPairConfig: { ...SIGNING_KEY } },
    jwt: { issuer, expirationTime: TOKEN_LIFETIME, ...sessionTokens },
    disableSettingJwtHeader: true,
  } satisfies JwtOptions;
}

/**
 * Refuses requests that come to a guarded endpoint directly. Compared after routing, so that no other spelling of the
 * path (a slash, an escape) gets around the lockout, the consent page or the grants. In-process calls carry no request;
 * their only caller holds the guard.
 */
function refuseUnguarded(admission: string) {
  return createAuthMiddleware((ctx) => {
    const direct = GUARDED_PATHS.test(ctx.path) && ctx.request !== undefined &&
      ctx.request.headers.get(ADMISSION_HEADER) !== admission;
    return direct ? Promise.reject(new APIError("NOT_FOUND")) : Promise.resolve();
  });
}
