// Counts what apps did, for the page of apps. Never with what.
import type { SignInDatabase } from "../../database/sign_in_database.ts";

/** Counts of what apps did. */
export interface GrantUses {
  add(grantId: string, use: Pick<GrantUse, "module" | "access" | "count">): Promise<void>;
  /** Most used first. */
  listFor(grantId: string): Promise<GrantUse[]>;
  /** Those of several grants, one after the other: a permission is there once for each of them. */
  listForAll(grantIds: readonly string[]): Promise<GrantUse[]>;
}

/** Keeps the counts in sign-in's database, one row for each permission of a grant. */
export function createGrantUses({ db, read }: SignInDatabase, now: () => number): GrantUses {
  const listForAll = async (grantIds: readonly string[]): Promise<GrantUse[]> => {
    const rows = await read.selectFrom("grant_uses").select(["module", "access", "count", "last_used_at"])
      .where("grant_id", "in", grantIds).orderBy("count", "desc").orderBy("module").execute();
    return rows.map(({ last_used_at, ...row }) => ({ ...row, lastUsedAt: last_used_at }));
  };
  return {
    async add(grantId, { module, access, count }) {
      const use = { grant_id: grantId, module, access, count, last_used_at: now() };
      await db.insertInto("grant_uses").values(use)
        .onConflict((conflict) =>
          conflict.columns(["grant_id", "module", "access"]).doUpdateSet(({ eb, ref }) => ({
            count: eb("grant_uses.count", "+", ref("excluded.count")),
            last_used_at: ref("excluded.last_used_at"),
          }))
        ).execute();
    },
    listFor: (grantId) => listForAll([grantId]),
    listForAll,
  };
}

/** How often an app used a permission, and when last. */
export interface GrantUse {
  readonly module: string;
  readonly access: string;
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly lastUsedAt: number;
}
