// Deletes an account of a kind that a program made: its sign-in, its records and keys, its spaces, and the account itself, last. Never asks
// whose account it is: whoever calls has to know. Each step can be repeated, since two databases cannot do all of it at once.
import type { DatabaseSync } from "node:sqlite";
import type { SignInDatabase } from "../../sign_in/database/sign_in_database.ts";
import type { Identity } from "../../sign_in/identity/identity.ts";
import { addressHash } from "../../sign_in/kit/address_hash.ts";
import type { Memberships } from "../auth/spaces/memberships.ts";
import { deleteRecords } from "./delete_records.ts";

/** What somebody wrote into a space that others share stays there: it is theirs, too. */
export async function deleteAccount(
  deps: DeleteAccountDeps,
  userId: string,
  emails: readonly string[],
): Promise<void> {
  deps.gone.add(userId);
  deps.endStreams(userId);
  await endSignIn(deps, userId, emails);
  const spaces = (await deps.memberships.listFor(userId)).map(({ organizationId }) => organizationId);
  const alone = await withoutOthers(deps.memberships, spaces, userId);
  await deleteRecords(deps, userId, alone);
  await deleteUser(deps, userId, emails, alone);
}

/** What a deletion needs. */
export interface DeleteAccountDeps {
  readonly identity: Identity;
  readonly signIn: SignInDatabase;
  /** Vault, sync and the personas' own tables. */
  readonly db: DatabaseSync;
  readonly memberships: Memberships;
  /** Ids whose tokens, which nobody can take back, are refused from here on. */
  readonly gone: Set<string>;
  /** Ends the open streams of a person. */
  readonly endStreams: (userId: string) => void;
}

async function withoutOthers(memberships: Memberships, spaces: readonly string[], userId: string) {
  const alone: string[] = [];
  for (const spaceId of spaces) {
    const members = await memberships.membersOf(spaceId);
    if (members.every((member) => member === userId)) alone.push(spaceId);
  }
  return alone;
}

/** Sessions, the password, and what apps were allowed: from here on nobody gets a token for this account. */
async function endSignIn(
  { identity, signIn }: DeleteAccountDeps,
  userId: string,
  emails: readonly string[],
): Promise<void> {
  const { internalAdapter, adapter } = await identity.$context;
  await adapter.deleteMany({ model: "account", where: [{ field: "userId", value: userId }] });
  await internalAdapter.deleteUserSessions(userId);
  const addresses = [...new Set(emails.map(addressHash))];
  await signIn.write(async (trx) => {
    await trx.deleteFrom("grants").where("user_id", "=", userId).execute();
    await trx.deleteFrom("ledger_wishes").where("user_id", "=", userId).execute();
    for (const address of addresses) {
      await trx.deleteFrom("login_failures").where("address", "=", address).execute();
      await trx.deleteFrom("login_locks").where("address", "=", address).execute();
    }
  });
}

async function deleteUser(
  { identity, memberships }: DeleteAccountDeps,
  userId: string,
  emails: readonly string[],
  alone: readonly string[],
): Promise<void> {
  const { internalAdapter, adapter } = await identity.$context;
  // Somebody may have come in meanwhile: then the space is theirs.
  const empty = await withoutOthers(memberships, alone, userId);
  const where = (field: string, value: string) => [{ field, value }];
  for (const email of emails) await adapter.deleteMany({ model: "invitation", where: where("email", email) });
  for (const spaceId of empty) {
    await adapter.deleteMany({ model: "organization", where: where("id", spaceId) });
  }
  // Memberships, invitations and apps' tokens go with the user and the space by their foreign keys.
  await internalAdapter.deleteUser(userId);
}
