// Counts what apps did, for the page of apps. Never with what.
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";

/** Counts of what apps did. */
export interface GrantUses {
  add(grantId: string, use: Pick<GrantUse, "module" | "access" | "count">): void;
  /** Most used first. */
  listFor(grantId: string): GrantUse[];
}

/** Keeps the counts in SQLite, one row for each permission of a grant. */
export function createGrantUses(db: DatabaseSync, now: () => number): GrantUses {
  const add = db.prepare(
    `INSERT INTO grant_uses (grant_id, module, access, count, last_used_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (grant_id, module, access)
     DO UPDATE SET count = count + excluded.count, last_used_at = excluded.last_used_at`,
  );
  const of = db.prepare(
    "SELECT module, access, count, last_used_at FROM grant_uses WHERE grant_id = ? ORDER BY count DESC, module",
  );
  return {
    add: (grantId, { module, access, count }) => void add.run(grantId, module, access, count, now()),
    listFor: (grantId) => z.array(Row).parse(of.all(grantId)),
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

const Row = z.object({
  module: z.string(),
  access: z.string(),
  count: z.number(),
  last_used_at: z.number(),
}).transform(({ last_used_at, ...row }): GrantUse => ({ ...row, lastUsedAt: last_used_at }));
