// Refuses to start with secrets that do not open what the databases hold.
import type { Identity } from "../auth/identity.ts";
import type { SignInDatabase } from "../database/sign_in_database.ts";
import { SetupFault } from "../kit/setup_fault.ts";
import type { KeyWrap } from "../vault/key_wrap.ts";
import type { VaultStore } from "../vault/vault_store.ts";

/**
 * Opens one sealed value of each secret. With the secrets of another installation the backend would start and fail every
 * login, and would seal the keys of new people so that no later start with the right secrets could open them.
 *
 * @throws {SetupFault} when a secret does not fit the databases
 */
export async function demandFittingSecrets(
  { identity, signIn, store, keyWrap }: SealedParts,
): Promise<void> {
  if (!await succeeds(() => identity.api.signJWT({ body: { payload: {} } }))) {
    const place = signIn.type === "sqlite" ? "auth.sqlite" : "SIGN_IN_DATABASE_URL";
    throw new SetupFault(
      `The signing key in ${place} does not open with this secrets.json: restore the secrets.json that belongs to it`,
    );
  }
  const sealed = store.findAnyKey();
  if (sealed !== undefined && !await succeeds(() => keyWrap.unwrap(sealed.userId, sealed.key))) {
    throw new SetupFault(
      "The keys in mana.sqlite do not open: restore the secrets.json that belongs to it, or set MANA_AUTH_KEK as before",
    );
  }
}

/** The parts that hold values sealed with the secrets. */
export interface SealedParts {
  readonly identity: Identity;
  readonly signIn: SignInDatabase;
  readonly store: VaultStore;
  readonly keyWrap: KeyWrap;
}

async function succeeds(open: () => Promise<unknown>): Promise<boolean> {
  try {
    await open();
    return true;
  } catch {
    return false; // each library has its own error for a key that does not open
  }
}
