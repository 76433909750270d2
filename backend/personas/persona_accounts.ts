// The accounts of personas: real ones, made with better-auth's own writing and never through a front door, so that an account is a
// persona's from its first moment. A human's account is neither changed nor deleted here.
import { z } from "zod";
import type { SignInDatabase } from "../../sign_in/database/sign_in_database.ts";
import type { Identity } from "../../sign_in/identity/identity.ts";
import { addressHash } from "../../sign_in/kit/address_hash.ts";
import { ensurePassword } from "./ensure_password.ts";

/** Accounts of the kind `persona`. */
export interface PersonaAccounts {
  /** The account of this id, of whatever kind. */
  find(userId: string): Promise<{ readonly kind: string; readonly email: string } | undefined>;
  /** Whose account has this address; undefined: nobody's. */
  holderOf(email: string): Promise<string | undefined>;
  /**
   * The account of this address, made, or mended after a crash in the middle. A password that is another than the stored one is set,
   * its sessions end and a lock of its logins opens: the seed secret was changed. `undefined`: the address is somebody else's.
   */
  ensure(account: WantedAccount): Promise<{ readonly userId: string } | undefined>;
}

/** The account that a persona is to have. */
export interface WantedAccount {
  /** In lower case. */
  readonly email: string;
  readonly name: string;
  readonly password: string;
}

/** Creates the part. */
export function createPersonaAccounts(deps: PersonaAccountsDeps): PersonaAccounts {
  return {
    async find(userId) {
      const { internalAdapter } = await deps.identity.$context;
      return Account.nullable().parse(await internalAdapter.findUserById(userId)) ?? undefined;
    },
    async holderOf(email) {
      const { internalAdapter } = await deps.identity.$context;
      return (await internalAdapter.findUserByEmail(email))?.user.id;
    },
    ensure: (account) => ensure(deps, account),
  };
}

/** What the accounts need. */
export interface PersonaAccountsDeps {
  readonly identity: Identity;
  readonly signIn: SignInDatabase;
}

const Account = z.object({ id: z.string(), kind: z.string(), email: z.string() });

/** Nobody can receive mail at the personas' domain, so nobody could ever confirm an address. */
const STAMP = { kind: "persona", accessTier: "founder", emailVerified: true } as const;

async function ensure(deps: PersonaAccountsDeps, account: WantedAccount) {
  const { internalAdapter } = await deps.identity.$context;
  const found = await internalAdapter.findUserByEmail(account.email, { includeAccounts: true }) ??
    await make(deps, account);
  const { id: userId, kind } = Account.parse(found.user);
  // An address that a human has registered stays theirs, whatever an administrator types.
  if (kind !== STAMP.kind) return undefined;
  await internalAdapter.updateUser(userId, { ...STAMP, name: account.name });
  if (await ensurePassword(deps.identity, { userId, password: account.password }, found.accounts)) {
    await internalAdapter.deleteUserSessions(userId);
    await forgetFailures(deps.signIn, account.email);
  }
  return { userId };
}

async function make({ identity }: PersonaAccountsDeps, { email, name }: WantedAccount) {
  const { internalAdapter } = await identity.$context;
  try {
    const user = await internalAdapter.createUser({ email, name, ...STAMP }, { method: "email-password" });
    return { user, accounts: [] };
  } catch (error) {
    // Somebody registered the address in this moment: the unique index decides.
    const found = await internalAdapter.findUserByEmail(email, { includeAccounts: true });
    if (found === null) throw error;
    return found;
  }
}

/** Logins that failed with the new password, before it was set, must not keep the persona out. */
async function forgetFailures({ write }: SignInDatabase, email: string): Promise<void> {
  const address = addressHash(email);
  await write(async (trx) => {
    await trx.deleteFrom("login_failures").where("address", "=", address).execute();
    await trx.deleteFrom("login_locks").where("address", "=", address).execute();
  });
}
