// Authorization codes: how long one can be redeemed, and that it is redeemed once (RFC 6749, section 4.1.2).
// better-auth makes the code; here lies its hash, in the row of its grant. The plain code is never stored.
import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "../../database/in_transaction.ts";
import { CODE_MS } from "../../kit/limits.ts";
import { type Grant, GrantRow, toGrant } from "./grant.ts";
import type { ScopeList } from "./scopes.ts";

/** Codes of all grants, by their hashes. */
export interface AuthorizationCodes {
  setCode(grantId: string, codeHash: string): void;
  /** Takes a code out of circulation, atomically: of two redemptions at once one is the replay. */
  redeem(codeHash: string): Redemption;
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
  db: DatabaseSync,
  scopeList: ScopeList,
  now: () => number,
): AuthorizationCodes {
  const writeCode = db.prepare("UPDATE grants SET code_hash = ? WHERE id = ?");
  const byCode = db.prepare("SELECT * FROM grants WHERE code_hash = ?");
  const markRedeemed = db.prepare("UPDATE grants SET redeemed_at = ? WHERE id = ? AND redeemed_at IS NULL");
  return {
    setCode: (grantId, codeHash) => void writeCode.run(codeHash, grantId),
    redeem: (codeHash) =>
      inTransaction(db, () => {
        const row = GrantRow.optional().parse(byCode.get(codeHash));
        if (row === undefined) return { outcome: "unknown" };
        const isFirst = markRedeemed.run(now(), row.id).changes === 1;
        if (!isFirst) return { outcome: "replayed", grant: toGrant(scopeList, row) };
        const isTooLate = row.created_at + CODE_MS < now() || row.revoked_at !== undefined;
        return isTooLate ? { outcome: "unknown" } : { outcome: "first", grant: toGrant(scopeList, row) };
      }),
  };
}
