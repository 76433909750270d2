// Sessions, signing keys and the OAuth provider, and embedded accounts where they are handed in: better-auth, set up for this
// service. Makes its tables at the start.
// Decides nothing by itself: how it is configured is identity_options.ts. Contract: auth-vault, sections 1 to 4.
import { betterAuth } from "better-auth";
import { APIError } from "better-auth/api";
import { getAdapter } from "better-auth/db/adapter";
import { getMigrations } from "better-auth/db/migration";
import { type HookStores, type IdentityDeps, toIdentityOptions } from "./identity_options.ts";
import { resealSigningKeys } from "../secrets/reseal_signing_keys.ts";
import { hashSessionTokens } from "./sessions/hash_session_tokens.ts";
import { hashStoredSessions } from "./sessions/hash_stored_sessions.ts";

/** A configured better-auth. */
export type Identity = Awaited<ReturnType<typeof createIdentity>>;

/**
 * Sets up better-auth. Its tables are created or brought up to date first.
 *
 * @throws {Error} when the tables cannot be written
 */
export async function createIdentity(deps: IdentityDeps) {
  // Two nodes that start at once must not make tables, or a signing key, twice.
  return await deps.signIn.alone(() => setUp(deps));
}

async function setUp(deps: IdentityDeps) {
  const stores = Promise.withResolvers<HookStores>();
  const options = toIdentityOptions(deps, stores.promise);
  await (await getMigrations(options)).runMigrations();
  await hashStoredSessions(deps.signIn);
  const tables = hashSessionTokens(await getAdapter(options));
  const auth = betterAuth({ ...options, database: () => tables });
  const { adapter, internalAdapter, secretConfig } = await auth.$context;
  stores.resolve({ tables: adapter, findPerson: (userId) => internalAdapter.findUserById(userId) });
  // An address that is not configured any more must not stay askable; better-auth only ever adds addresses.
  await adapter.deleteMany({
    model: "oauthResource",
    where: [{ field: "identifier", operator: "not_in", value: [...deps.gatewayAddresses] }],
  });
  // A stored list of scopes would keep a client from modules that came later. No list stands for all scopes there are.
  await adapter.updateMany({
    model: "oauthClient",
    where: [{ field: "scopes", operator: "ne", value: null }],
    update: { scopes: null },
  });
  await resealSigningKeys(adapter, secretConfig, deps.secrets);
  await auth.api.getJwks(); // makes the signing key now, so that two first requests cannot make two
  return auth;
}

/** Whether an error is a refusal of better-auth, with a status and a code for the caller. */
export function isAuthRefusal(error: unknown): error is APIError {
  return error instanceof APIError;
}
