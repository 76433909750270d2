import { betterAuth, type BetterAuthOptions } from "better-auth";
import { APIError, createAuthMiddleware } from "better-auth/api";
import { getAdapter } from "better-auth/db/adapter";
import { getMigrations } from "better-auth/db/migration";
import { jwt, type JwtOptions } from "better-auth/plugins/jwt";
import { organization } from "better-auth/plugins/organization";
import type { DatabaseSync } from "node:sqlite";
import { PASSWORD_MAX, PASSWORD_MIN, TOKEN_LIFETIME } from "../kit/limits.ts";
import type { BackendLog } from "../kit/backend_log.ts";
import {
  createManaPlugin,
  createProviderPlugin,
  type ProviderDeps,
} from "../oauth/provider/provider_plugins.ts";
import { ensurePersonalSpace, type SpaceOwner, type SpaceStore } from "./spaces/ensure_personal_space.ts";
import { hashSessionTokens } from "./sessions/hash_session_tokens.ts";
import { hashStoredSessions } from "./sessions/hash_stored_sessions.ts";
import type { PasswordHasher } from "./password_hasher.ts";
import { createSpaceHooks } from "./spaces/space_hooks.ts";
import { toClaims } from "./tokens/token_claims.ts";

/** What the account service needs. */
export interface IdentityDeps extends ProviderDeps {
  /** better-auth's own connection. */
  readonly db: DatabaseSync;
  readonly secret: string;
  /** The `aud` of session tokens. */
  readonly audience: string;
  /** Origins that may use session cookies. */
  readonly origins: readonly string[];
  /** Value of {@link ADMISSION_HEADER} that lets a request reach what is guarded outside better-auth. */
  readonly admission: string;
  readonly passwordHasher: PasswordHasher;
  readonly log: BackendLog;
}

/** Set by the guarded routes (password login, OAuth), and by nobody else. */
export const ADMISSION_HEADER = "x-mana-admission";

/** Accounts, sessions, signing keys and spaces: a configured better-auth. */
export type Identity = Awaited<ReturnType<typeof createIdentity>>;

/** What the hooks reach back for; it exists only once better-auth does. */
interface HookStores {
  readonly spaces: SpaceStore;
  readonly findPerson: (userId: string) => Promise<SpaceOwner | null>;
}

/**
 * Sets up better-auth (auth-vault, sections 1 to 4): e-mail and password, Ed25519 tokens of 15 minutes, spaces
 * as organizations. Its tables are created or brought up to date first.
 */
export async function createIdentity(deps: IdentityDeps) {
  const stores = Promise.withResolvers<HookStores>();
  const options = toOptions(deps, stores.promise);
  await (await getMigrations(options)).runMigrations();
  await hashStoredSessions(deps.db);
  const tables = hashSessionTokens(await getAdapter(options));
  const auth = betterAuth({ ...options, database: () => tables });
  const { adapter, internalAdapter } = await auth.$context;
  stores.resolve({ spaces: adapter, findPerson: (userId) => internalAdapter.findUserById(userId) });
  // A resource that is not configured any more must not stay askable; better-auth only ever adds.
  await adapter.deleteMany({
    model: "oauthResource",
    where: [{ field: "identifier", operator: "not_in", value: [...deps.resources] }],
  });
  // A list that a client once got would keep it from modules that came later; none stands for whatever there is.
  await adapter.updateMany({
    model: "oauthClient",
    where: [{ field: "scopes", operator: "ne", value: null }],
    update: { scopes: null },
  });
  await auth.api.getJwks(); // makes the signing key now, so that two first requests cannot make two
  return auth;
}

/** better-auth's endpoints that only guarded routes may reach: password login and everything of the OAuth provider. */
const GUARDED_PATHS = /^\/(?:sign-in\/email$|oauth2\/|admin\/oauth2\/)/;

function toOptions(deps: IdentityDeps, stores: Promise<HookStores>) {
  const metadataOf = async (spaceId: string): Promise<unknown> => {
    const where = [{ field: "id", value: spaceId }];
    const space = await (await stores).spaces.findOne<{ metadata: unknown }>({
      model: "organization",
      where,
    });
    return space?.metadata;
  };
  const jwtOptions = {
    jwks: { keyPairConfig: { alg: "EdDSA", crv: "Ed25519" } },
    jwt: {
      issuer: deps.issuer,
      audience: deps.audience,
      expirationTime: TOKEN_LIFETIME,
      definePayload: ({ user, session }) => toClaims(user, session),
    },
    disableSettingJwtHeader: true,
  } satisfies JwtOptions;
  return {
    appName: "mana",
    database: deps.db,
    secret: deps.secret,
    baseURL: deps.issuer,
    trustedOrigins: [...deps.origins],
    emailAndPassword: {
      enabled: true,
      minPasswordLength: PASSWORD_MIN,
      maxPasswordLength: PASSWORD_MAX,
      password: deps.passwordHasher,
    },
    user: {
      additionalFields: {
        // `input: false`: nobody promotes themselves by sending a role or a tier at sign-up.
        role: { type: "string", defaultValue: "user", input: false },
        accessTier: { type: "string", defaultValue: "public", input: false },
        kind: { type: "string", defaultValue: "human", input: false },
      },
    },
    session: { expiresIn: 7 * 24 * 3600, updateAge: 24 * 3600 },
    databaseHooks: {
      user: { create: { after: async (user) => await ensurePersonalSpace((await stores).spaces, user) } },
      session: {
        create: {
          // Sign-up is not one transaction with the space: a crash in between is healed at the next login.
          after: async ({ userId }) => {
            const { spaces, findPerson } = await stores;
            const person = await findPerson(userId);
            if (person !== null) await ensurePersonalSpace(spaces, person);
          },
        },
      },
    },
    hooks: {
      // Compared after routing, so that no other spelling of the path (a slash, an escape) gets around the lockout,
      // the consent page or the grants. In-process calls carry no request; their only caller holds the guard.
      before: createAuthMiddleware((ctx) => {
        const direct = GUARDED_PATHS.test(ctx.path) && ctx.request !== undefined &&
          ctx.request.headers.get(ADMISSION_HEADER) !== deps.admission;
        return direct ? Promise.reject(new APIError("NOT_FOUND")) : Promise.resolve();
      }),
    },
    plugins: [
      jwt(jwtOptions),
      organization({ organizationHooks: createSpaceHooks(metadataOf) }),
      createProviderPlugin(deps),
      createManaPlugin(jwtOptions),
    ],
    disabledPaths: [
      "/verify-password", // a password oracle beside the login that no lockout guards; nothing here needs it
      // They tell sessions by tokens read from the table, where only hashes are; /revoke-sessions ends all of a person's.
      "/list-sessions",
      "/revoke-session",
      "/revoke-other-sessions",
    ],
    advanced: {
      cookiePrefix: "mana",
      // Named, because better-auth turns both off when the environment looks like a test run.
      disableOriginCheck: false,
      disableCSRFCheck: false,
    },
    rateLimit: { enabled: false }, // per address only; the lockout counts per account
    onAPIError: {
      errorURL: `${deps.issuer}/error`,
      // A refusal is an answer and no event; better-auth would print each one past our log.
      onError: (error) => {
        if (isAuthRefusal(error) && error.statusCode < 500) return;
        deps.log({ event: "auth", message: error instanceof Error ? error.name : "unknown" });
      },
    },
    telemetry: { enabled: false },
    logger: {
      level: "error",
      // Only the fixed text: the arguments may carry rows.
      log: (_level, message) => deps.log({ event: "auth", message: message.slice(0, 200) }),
    },
  } satisfies BetterAuthOptions;
}

/** Whether an error is a refusal of better-auth, with a status and a code for the caller. */
export function isAuthRefusal(error: unknown): error is APIError {
  return error instanceof APIError;
}
