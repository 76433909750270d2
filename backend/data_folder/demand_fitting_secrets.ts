import type { Identity } from "../auth/identity.ts";
import { SetupFault } from "../kit/setup_fault.ts";
import type { KeyWrap } from "../vault/key_wrap.ts";
import type { VaultStore } from "../vault/vault_store.ts";

/**
 * Opens one thing of each secret. Secrets of another installation would start, fail every login, and seal the keys of
 * new people so that no later start with the right ones could open those.
 *
 * @throws {SetupFault} when a secret does not fit the databases
 */
export async function demandFittingSecrets({ identity, store, keyWrap }: SealedParts): Promise<void> {
  if (!await succeeds(() => identity.api.signJWT({ body: { payload: {} } }))) {
    throw new SetupFault(
      "The signing key in auth.sqlite does not open with this secrets.json: restore the secrets.json that belongs to it",
    );
  }
  const sealed = store.findAnyKey();
  if (sealed !== undefined && !await succeeds(() => keyWrap.unwrap(sealed.userId, sealed.key))) {
    throw new SetupFault(
      "The keys in mana.sqlite do not open: restore the secrets.json that belongs to it, or set MANA_AUTH_KEK as before",
    );
  }
}

/** What holds something that the secrets have sealed. */
export interface SealedParts {
  readonly identity: Identity;
  readonly store: VaultStore;
  readonly keyWrap: KeyWrap;
}

async function succeeds(open: () => Promise<unknown>): Promise<boolean> {
  try {
    await open();
    return true;
  } catch {
    return false; // whatever the library calls it, the key did not open
  }
}
