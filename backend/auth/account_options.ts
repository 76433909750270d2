// The embedded accounts, as better-auth's options: passwords, roles and tiers, spaces, the claims of session tokens.
// Opens nothing and answers nothing: sign_in/identity does. Contract: auth-vault, sections 1 to 4.
import { organization } from "better-auth/plugins/organization";
import type { SignInDatabase } from "../../sign_in/database/sign_in_database.ts";
import type { AccountOptions, HookStores } from "../../sign_in/identity/identity_options.ts";
import { PASSWORD_MAX, PASSWORD_MIN } from "../../sign_in/kit/limits.ts";
import type { PasswordHasher } from "./password_hasher.ts";
import type { EnsureProfile } from "../sync/ensure_profile.ts";
import { ensurePersonalSpace } from "./spaces/ensure_personal_space.ts";
import { createSpaceHooks } from "./spaces/space_hooks.ts";
import { toClaims } from "./tokens/token_claims.ts";

/** The options. `stores` comes later: the hooks reach back into the better-auth that is made of them. */
export function toAccountOptions(deps: AccountDeps, stores: Promise<HookStores>): AccountOptions {
  return {
    emailAndPassword: {
      enabled: true,
      minPasswordLength: PASSWORD_MIN,
      maxPasswordLength: PASSWORD_MAX,
      password: deps.passwordHasher,
    },
    user: { additionalFields: PERSON_FIELDS },
    databaseHooks: firstRecordsHooks(stores, deps),
    plugins: [
      organization({
        organizationHooks: createSpaceHooks(async (spaceId) => await metadataOf(stores, spaceId)),
      }),
    ],
    jwt: { audience: deps.audience, definePayload: ({ user, session }) => toClaims(user, session) },
  };
}

/** What the accounts are made of. */
export interface AccountDeps {
  readonly signIn: SignInDatabase;
  /** The `aud` of session tokens. */
  readonly audience: string;
  readonly passwordHasher: PasswordHasher;
  readonly ensureProfile: EnsureProfile;
}

/** `input: false`: nobody promotes themselves by sending a role or a tier at sign-up. */
const PERSON_FIELDS = {
  role: { type: "string", defaultValue: "user", input: false },
  accessTier: { type: "string", defaultValue: "public", input: false },
  kind: { type: "string", defaultValue: "human", input: false },
} as const;

/** Gives every person their personal space and their profile. */
function firstRecordsHooks(
  stores: Promise<HookStores>,
  { signIn, ensureProfile }: AccountDeps,
): NonNullable<AccountOptions["databaseHooks"]> {
  return {
    user: {
      create: {
        after: async (user) => {
          await ensurePersonalSpace((await stores).tables, user, signIn.alone);
          ensureProfile(user.id);
        },
      },
    },
    session: {
      create: {
        // Sign-up is not one transaction with space and profile: a crash in between is healed at the next login.
        after: async ({ userId }) => {
          const { tables, findPerson } = await stores;
          const person = await findPerson(userId);
          if (person === null) return;
          await ensurePersonalSpace(tables, person, signIn.alone);
          ensureProfile(userId);
        },
      },
    },
  };
}

async function metadataOf(stores: Promise<HookStores>, spaceId: string): Promise<unknown> {
  const where = [{ field: "id", value: spaceId }];
  const space = await (await stores).tables.findOne<{ metadata: unknown }>({ model: "organization", where });
  return space?.metadata;
}
