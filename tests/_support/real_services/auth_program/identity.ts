// better-auth 1.6.0, set up as the real service sets it up (auth-vault, sections 1 to 4). The plugins twoFactor and the
// limiter were never seen working on the service; everything else of it was.
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { jwt, magicLink, organization, twoFactor } from "better-auth/plugins";
import type { AuthSettings } from "../wire.ts";
import { makeSpace, SPACE_HOOKS } from "./spaces.ts";
import type { Tables } from "./tables.ts";

/** A better-auth on these tables. `send` gets each link that the service would mail. */
export function createIdentity(settings: AuthSettings, tables: Tables, send: (mail: Mail) => void) {
  return betterAuth({
    appName: "mana",
    database: memoryAdapter(tables),
    secret: "the stand-in's secret, which signs cookies",
    baseURL: settings.issuer,
    trustedOrigins: settings.origins,
    emailAndPassword: {
      enabled: true,
      requireEmailVerification: true, // section 3: 403 before the address is confirmed
      minPasswordLength: 8,
      maxPasswordLength: 128,
      password: CHEAP_HASHER,
      sendResetPassword: ({ user, url }) => Promise.resolve(send({ email: user.email, url })),
    },
    emailVerification: {
      sendVerificationEmail: ({ user, url }) => Promise.resolve(send({ email: user.email, url })),
    },
    user: { additionalFields: PERSON_FIELDS },
    session: { expiresIn: 7 * 24 * 3600, updateAge: 24 * 3600 }, // section 2
    databaseHooks: {
      user: {
        create: {
          // A column of the service's database, which answers null (recorded: "sign in anna for a cookie").
          before: (person) => Promise.resolve({ data: { ...person, image: person.image ?? null } }),
          after: ({ id, name }) =>
            Promise.resolve(void makeSpace(tables, { title: name, type: "personal", ownerId: id })),
        },
      },
    },
    plugins: [
      jwt({
        jwks: { keyPairConfig: { alg: "EdDSA", crv: "Ed25519" } },
        jwt: {
          issuer: settings.issuer,
          audience: settings.audience,
          expirationTime: "15m",
          definePayload: ({ user, session }) => {
            const { email, role, accessTier } = tables.user.find(({ id }) => id === user.id) ?? {};
            return { email, role, sid: session.id, tier: accessTier };
          },
        },
      }),
      organization({ organizationHooks: SPACE_HOOKS }),
      magicLink({ expiresIn: 600, sendMagicLink: ({ email, url }) => send({ email, url }) }), // section 11
      twoFactor(), // not seen on the service: there, nobody can switch it on
    ],
    // Not seen on the service, which ran with NODE_ENV=development. better-auth's own rules: /sign-in/* 3 in 10 s.
    rateLimit: { enabled: settings.limiter },
    advanced: {
      cookiePrefix: "mana",
      disableOriginCheck: false,
      disableCSRFCheck: false,
      ipAddress: { ipAddressHeaders: ["x-forwarded-for"] },
    },
    telemetry: { enabled: false },
    logger: { disabled: true },
  });
}

/** A better-auth. */
export type Identity = ReturnType<typeof createIdentity>;

/** A mail with a link. */
export interface Mail {
  readonly email: string;
  readonly url: string;
}

/** Members of a user besides better-auth's own. Source: recorded, "sign in anna for a cookie", which shows no role. */
const PERSON_FIELDS = {
  accessTier: { type: "string", defaultValue: "public", input: false },
  kind: { type: "string", defaultValue: "human", input: false },
  role: { type: "string", defaultValue: "user", input: false, returned: false },
} as const;

/** One SHA-256 instead of scrypt: passwords are not what is tested with the stand-in. */
const CHEAP_HASHER = {
  hash: hashOf,
  verify: async ({ hash, password }: { hash: string; password: string }) => hash === await hashOf(password),
};

async function hashOf(password: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(password));
  return `cheap:${new Uint8Array(digest).toHex()}`;
}
