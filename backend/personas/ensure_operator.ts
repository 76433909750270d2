// The administrator of personas, `operator@mana.test`: an account of the kind `system`, which is there exactly as long as personas are
// switched on. Takes over nobody's account.
import { z } from "zod";
import type { SignInDatabase } from "../../sign_in/database/sign_in_database.ts";
import type { Identity } from "../../sign_in/identity/identity.ts";
import { deleteAccount, type DeleteAccountDeps } from "./delete_account.ts";
import { ensurePassword } from "./ensure_password.ts";
import { SetupFault } from "../../sign_in/kit/setup_fault.ts";

/**
 * Makes the account with this password, or sets the password of an account that was made here before.
 *
 * @throws {SetupFault} when a person has registered the address
 */
export async function ensureOperator({ identity, signIn }: OperatorDeps, password: string): Promise<void> {
  const { internalAdapter } = await identity.$context;
  await signIn.inTurn("operator", async () => {
    const found = await internalAdapter.findUserByEmail(OPERATOR_ADDRESS, { includeAccounts: true });
    // Whoever registered the address would become an administrator by it.
    if (found !== null && Kind.parse(found.user).kind !== STAMP.kind) {
      throw new SetupFault(
        `${OPERATOR_ADDRESS} is a person's account, so that personas would have no administrator: ` +
          "unset BACKEND_PERSONAS, or use another data folder",
      );
    }
    const user = found?.user ??
      await internalAdapter.createUser({ email: OPERATOR_ADDRESS, name: "Operator", ...STAMP }, {
        method: "email-password",
      });
    const isReplaced = await ensurePassword(identity, { userId: user.id, password }, found?.accounts ?? []);
    // A password is replaced because somebody may know it: sessions made with it would make tokens for a week.
    if (isReplaced) await internalAdapter.deleteUserSessions(user.id);
  });
}

/** The account goes, with all that belongs to it. A person's account of this address stays. */
export async function endOperator(deps: DeleteAccountDeps): Promise<void> {
  const { internalAdapter } = await deps.identity.$context;
  const found = await internalAdapter.findUserByEmail(OPERATOR_ADDRESS);
  if (found === null || Kind.parse(found.user).kind !== STAMP.kind) return;
  await deleteAccount(deps, found.user.id, [OPERATOR_ADDRESS]);
}

/** What the account needs. */
export interface OperatorDeps {
  readonly identity: Identity;
  readonly signIn: Pick<SignInDatabase, "inTurn">;
}

/** The administrator's address. */
export const OPERATOR_ADDRESS = "operator@mana.test";

const STAMP = { kind: "system", role: "admin", emailVerified: true } as const;

const Kind = z.object({ kind: z.string() });
