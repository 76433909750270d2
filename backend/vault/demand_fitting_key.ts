// Refuses to start with a wrapping key that does not open the keys in the vault.
import { SetupFault } from "../../sign_in/kit/setup_fault.ts";
import type { KeyWrap } from "./key_wrap.ts";
import type { VaultStore } from "./vault_store.ts";

/**
 * Opens one stored key. With the secrets of another installation the vault would seal the keys of new people so that no
 * later start with the right secrets could open them.
 *
 * @throws {SetupFault} when the stored key does not open
 */
export async function demandFittingKey(store: VaultStore, keyWrap: KeyWrap): Promise<void> {
  const sealed = store.findAnyKey();
  if (sealed === undefined) return;
  try {
    await keyWrap.unwrap(sealed.userId, sealed.key);
  } catch {
    throw new SetupFault(
      "The keys in mana.sqlite do not open: restore the secrets.json that belongs to it, or set MANA_AUTH_KEK as before",
    );
  }
}
