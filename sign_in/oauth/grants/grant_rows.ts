// Reads grants from sign-in's database. Every reader goes this way, so that a grant is whole wherever it is read.
import type { ExpressionBuilder, Kysely } from "kysely";
import type { SignInDatabase } from "../../database/sign_in_database.ts";
import type { SignInTables } from "../../database/sign_in_tables.ts";
import { type Grant, GrantRow, toGrant } from "./grant.ts";
import type { ScopeList } from "./scopes.ts";

/** Rows of `grants` with what belongs to the person and not to one grant. */
export function selectGrants(db: Kysely<SignInTables>) {
  return db.selectFrom("grants").selectAll("grants").select(({ selectFrom }) =>
    selectFrom("ledger_wishes").select("wish").whereRef("ledger_wishes.user_id", "=", "grants.user_id")
      .as("ledger")
  );
}

/** What grants are read and written with. */
export interface GrantTables {
  readonly signIn: SignInDatabase;
  readonly scopeList: ScopeList;
  readonly now: () => number;
}

/** The condition of a live grant: redeemed, and neither revoked nor expired. */
export function isLive(now: number) {
  return ({ eb, and, or }: ExpressionBuilder<SignInTables, "grants">) =>
    and([
      eb("activated_at", "is not", null),
      eb("revoked_at", "is", null),
      or([eb("expires_at", "is", null), eb("expires_at", ">", now)]),
    ]);
}

/** A found row as a grant. */
export function parseGrant({ scopeList }: Pick<GrantTables, "scopeList">, found: unknown): Grant | undefined {
  const row = GrantRow.optional().parse(found);
  return row && toGrant(scopeList, row);
}

/** The grant, if it is live. */
export async function findLiveGrant(
  tables: GrantTables,
  db: Kysely<SignInTables>,
  id: string,
): Promise<Grant | undefined> {
  return parseGrant(
    tables,
    await selectGrants(db).where("id", "=", id).where(isLive(tables.now())).executeTakeFirst(),
  );
}
