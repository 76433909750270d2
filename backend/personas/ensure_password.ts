// The password of an account that a program made for itself: stored, and replaced where it is another.
import type { Identity } from "../../sign_in/identity/identity.ts";

/** Whether a password was replaced, so that sessions made with the one before should end. */
export async function ensurePassword(
  identity: Identity,
  { userId, password }: { readonly userId: string; readonly password: string },
  accounts: readonly StoredAccount[],
): Promise<boolean> {
  const { internalAdapter, password: hasher } = await identity.$context;
  const stored = accounts.find(({ providerId }) => providerId === WITH_PASSWORD);
  if (stored?.password && await hasher.verify({ hash: stored.password, password })) return false;
  const hash = await hasher.hash(password);
  if (stored === undefined) {
    const account = { userId, providerId: WITH_PASSWORD, accountId: userId, password: hash };
    await internalAdapter.linkAccount(account);
    return false;
  }
  await internalAdapter.updatePassword(userId, hash);
  return true;
}

/** A way to sign in, as better-auth stores it. */
interface StoredAccount {
  readonly providerId: string;
  readonly password?: string | null | undefined;
}

/** better-auth's name of the way with a password. */
const WITH_PASSWORD = "credential";
