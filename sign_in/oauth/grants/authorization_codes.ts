// Authorization codes: how long one can be redeemed, and that it is redeemed once (RFC 6749, section 4.1.2).
// better-auth makes the code; here lies its hash, in the row of its grant. The plain code is never stored.
import type { SignInDatabase } from "../../database/sign_in_database.ts";
import { CODE_MS } from "../../kit/limits.ts";
import { type Grant, GrantRow, toGrant } from "./grant.ts";
import { selectGrants } from "./grant_rows.ts";
import type { ScopeList } from "./scopes.ts";

/** Codes of all grants, by their hashes. */
export interface AuthorizationCodes {
  setCode(grantId: string, codeHash: string): Promise<void>;
  /** Takes a code out of circulation, atomically: of two redemptions at once one is the replay. */
  redeem(codeHash: string): Promise<Redemption>;
}

/**
 * The outcome of a redemption: the grant at the first time, the same grant and a warning at every later time. A code
 * older than {@link CODE_MS} or of a revoked grant is unknown.
 */
export type Redemption =
  | { readonly outcome: "first"; readonly grant: Grant }
  | { readonly outcome: "replayed"; readonly grant: Grant }
  | { readonly outcome: "unknown" };

/** Creates the codes on `grants`. */
export function createAuthorizationCodes(
  signIn: SignInDatabase,
  scopeList: ScopeList,
  now: () => number,
): AuthorizationCodes {
  return {
    async setCode(grantId, codeHash) {
      await signIn.db.updateTable("grants").set({ code_hash: codeHash }).where("id", "=", grantId).execute();
    },
    redeem: (codeHash) =>
      signIn.write(async (trx): Promise<Redemption> => {
        const found = await selectGrants(trx).where("code_hash", "=", codeHash)
          .executeTakeFirst();
        const row = GrantRow.optional().parse(found);
        if (row === undefined) return { outcome: "unknown" };
        const { numUpdatedRows } = await trx.updateTable("grants").set({ redeemed_at: now() })
          .where("id", "=", row.id).where("redeemed_at", "is", null).executeTakeFirstOrThrow();
        if (numUpdatedRows !== 1n) return { outcome: "replayed", grant: toGrant(scopeList, row) };
        const isTooLate = row.created_at + CODE_MS < now() || row.revoked_at !== undefined;
        return isTooLate ? { outcome: "unknown" } : { outcome: "first", grant: toGrant(scopeList, row) };
      }),
  };
}
