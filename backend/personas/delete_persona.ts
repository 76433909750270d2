// Deletes a persona, and nobody else. The account and then the descriptor prove that this was a persona, so they go last: where a step
// fails, the persona stays in the list, can do nothing any more, and is to be deleted again.
import { deleteAccount, type DeleteAccountDeps } from "./delete_account.ts";
import type { PersonaAccounts } from "./persona_accounts.ts";
import type { PersonaStore } from "./persona_store.ts";

/** Deletes the account with all that belongs to it, the descriptor and the rows of its ticks. */
export async function deletePersona(deps: DeletePersonaDeps, userId: string): Promise<Deletion> {
  const account = await deps.accounts.find(userId);
  const persona = deps.personas.find(userId);
  if (account === undefined && persona === undefined) return "unknown";
  if (account !== undefined && account.kind !== "persona") return "no-persona";
  deps.personas.setLeaving(userId);
  const emails: string[] = [];
  for (const email of new Set([account?.email, persona?.email])) {
    if (email === undefined) continue;
    // Repeated, the deletion finds the address free or, since the account has gone, in the hands of somebody else.
    const holder = await deps.accounts.holderOf(email);
    if (holder === undefined || holder === userId) emails.push(email);
  }
  await deleteAccount(deps, userId, emails);
  deps.personas.forget(userId);
  return "deleted";
}

/** What came of a deletion. */
export type Deletion = "deleted" | "unknown" | "no-persona";

/** What a deletion needs. */
export interface DeletePersonaDeps extends DeleteAccountDeps {
  readonly accounts: PersonaAccounts;
  readonly personas: PersonaStore;
}
