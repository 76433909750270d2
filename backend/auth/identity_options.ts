// How better-auth is configured: passwords, token lifetime, spaces, and which of its endpoints outsiders may call.
// Opens no database and answers no request: identity.ts does. Contract: auth-vault, sections 1 to 4.
import type { BetterAuthOptions } from "better-auth";
import { APIError, createAuthMiddleware } from "better-auth/api";
import { jwt, type JwtOptions } from "better-auth/plugins/jwt";
import { organization } from "better-auth/plugins/organization";
import type { SignInDatabase } from "../database/sign_in_database.ts";
import type { BackendLog } from "../kit/backend_log.ts";
import { PASSWORD_MAX, PASSWORD_MIN, TOKEN_LIFETIME } from "../kit/limits.ts";
import {
  createManaPlugin,
  createProviderPlugin,
  type ProviderDeps,
} from "../oauth/provider/provider_plugins.ts";
import type { PasswordHasher } from "./password_hasher.ts";
import { ensurePersonalSpace, type SpaceOwner, type SpaceStore } from "./spaces/ensure_personal_space.ts";
import { createSpaceHooks } from "./spaces/space_hooks.ts";
import { SIGNING_KEY } from "./tokens/signing_keys.ts";
import { toClaims } from "./tokens/token_claims.ts";

/** better-auth's options. `stores` comes later: the hooks reach back into the better-auth that is made of them. */
export function toIdentityOptions(deps: IdentityDeps, stores: Promise<HookStores>) {
  const jwtOptions = toJwtOptions(deps);
  return {
    appName: "mana",
    database: { db: deps.signIn.db, type: deps.signIn.type, transaction: true },
    secret: deps.secret,
    baseURL: deps.issuer,
    trustedOrigins: [...deps.origins],
    emailAndPassword: {
      enabled: true,
      minPasswordLength: PASSWORD_MIN,
      maxPasswordLength: PASSWORD_MAX,
      password: deps.passwordHasher,
    },
    user: { additionalFields: PERSON_FIELDS },
    session: { expiresIn: 7 * 24 * 3600, updateAge: 24 * 3600 },
    databaseHooks: personalSpaceHooks(stores, deps.signIn.alone),
    hooks: { before: refuseUnguarded(deps.admission) },
    plugins: [
      jwt(jwtOptions),
      organization({
        organizationHooks: createSpaceHooks(async (spaceId) => await metadataOf(stores, spaceId)),
      }),
      createProviderPlugin(deps),
      createManaPlugin(jwtOptions),
    ],
    disabledPaths: DISABLED_PATHS,
    advanced: {
      cookiePrefix: "mana",
      // Named, because better-auth turns both off when the environment looks like a test run.
      disableOriginCheck: false,
      disableCSRFCheck: false,
    },
    rateLimit: { enabled: false }, // it counts per address only; the lockout counts per account
    onAPIError: {
      errorURL: `${deps.issuer}/error`,
      // A refusal is an answer and no event; better-auth would print each refusal past our log.
      onError: (error) => {
        if (error instanceof APIError && error.statusCode < 500) return;
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

/** What the account service needs. */
export interface IdentityDeps extends ProviderDeps {
  /** Holds better-auth's tables. */
  readonly signIn: SignInDatabase;
  readonly secret: string;
  /** The `aud` of session tokens. */
  readonly audience: string;
  /** Origins that may use session cookies. */
  readonly origins: readonly string[];
  /** Value of {@link ADMISSION_HEADER} that lets a request reach the endpoints that are guarded outside better-auth. */
  readonly admission: string;
  readonly passwordHasher: PasswordHasher;
  readonly log: BackendLog;
}

/** Set by the guarded routes (password login, OAuth), and by nobody else. */
export const ADMISSION_HEADER = "x-mana-admission";

/** The tables that hooks read and write. They exist only once better-auth does. */
export interface HookStores {
  readonly spaces: SpaceStore;
  readonly findPerson: (userId: string) => Promise<SpaceOwner | null>;
}

/** `input: false`: nobody promotes themselves by sending a role or a tier at sign-up. */
const PERSON_FIELDS = {
  role: { type: "string", defaultValue: "user", input: false },
  accessTier: { type: "string", defaultValue: "public", input: false },
  kind: { type: "string", defaultValue: "human", input: false },
} as const;

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

function toJwtOptions({ issuer, audience }: IdentityDeps) {
  return {
    jwks: { keyPairConfig: { ...SIGNING_KEY } },
    jwt: {
      issuer,
      audience,
      expirationTime: TOKEN_LIFETIME,
      definePayload: ({ user, session }) => toClaims(user, session),
    },
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

/** Gives every person their personal space. */
function personalSpaceHooks(stores: Promise<HookStores>, alone: SignInDatabase["alone"]) {
  return {
    user: {
      create: { after: async (user) => await ensurePersonalSpace((await stores).spaces, user, alone) },
    },
    session: {
      create: {
        // Sign-up is not one transaction with the space: a crash in between is healed at the next login.
        after: async ({ userId }) => {
          const { spaces, findPerson } = await stores;
          const person = await findPerson(userId);
          if (person !== null) await ensurePersonalSpace(spaces, person, alone);
        },
      },
    },
  } satisfies BetterAuthOptions["databaseHooks"];
}

async function metadataOf(stores: Promise<HookStores>, spaceId: string): Promise<unknown> {
  const where = [{ field: "id", value: spaceId }];
  const space = await (await stores).spaces.findOne<{ metadata: unknown }>({ model: "organization", where });
  return space?.metadata;
}
