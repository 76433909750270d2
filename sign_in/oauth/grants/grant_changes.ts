// What a person changes of a grant that is in force: more or less, within what the app had asked for.
import type { Kysely } from "kysely";
import type { SignInTables } from "../../database/sign_in_tables.ts";
import { READ_BUDGET_MAX } from "../../kit/limits.ts";
import type { Grant } from "./grant.ts";
import { findLiveGrant, type GrantTables } from "./grant_rows.ts";
import { type Narrowing, narrowingWithin, type StoredNarrowing, writeNarrowing } from "./narrowing.ts";
import type { Permission } from "./scopes.ts";

/** The parts of a grant that a person may change later. */
export interface GrantChange extends Pick<Grant, "permissions" | "spaces" | "toolProfile" | "askFirst"> {
  /** What it is narrowed by from now on; null: nothing. Absent: as before. */
  readonly narrowing?: Narrowing | null;
  /** Records an hour; null: the gateway's own number. Absent: as before. */
  readonly readBudget?: number | null;
}

/** The kind of calls before which the person is asked, as `ask_first` names it: everything that is not reading. */
export const ASK_WRITES = "write";

/** {@link GrantStore.change}; `end` revokes the grant. */
export async function changeGrant(
  tables: GrantTables,
  { id, revision, to }: { readonly id: string; readonly revision: number; readonly to: GrantChange },
  end: (trx: Kysely<SignInTables>) => Promise<void>,
): Promise<boolean> {
  return await tables.signIn.write(async (trx) => {
    const grant = await findLiveGrant(tables, trx, id);
    if (grant === undefined || grant.revision !== revision) return false;
    const isAsked = (permission: Permission) =>
      grant.requested.includes(permission) || grant.permissions.includes(permission);
    const permissions = tables.scopeList.permissions.filter((permission) =>
      to.permissions.includes(permission) && isAsked(permission)
    );
    const isOutside = grant.requestedSpaces.length > 0 &&
      (to.spaces.length === 0 || to.spaces.some((space) => !grant.requestedSpaces.includes(space)));
    if (isOutside) return false;
    if (permissions.length === 0) await end(trx);
    else await writeChoice(trx, grant, { ...to, permissions });
    return true;
  });
}

/** {@link GrantStore.keepReading}. */
export async function keepReading(tables: GrantTables, id: string): Promise<boolean> {
  return await tables.signIn.write(async (trx) => {
    const grant = await findLiveGrant(tables, trx, id);
    const permissions = grant?.permissions.filter((permission) => permission.endsWith(":read")) ?? [];
    if (grant === undefined || permissions.length === 0) return false;
    const { spaces, toolProfile, askFirst } = grant;
    await writeChoice(trx, grant, { permissions, spaces, toolProfile, askFirst });
    return true;
  });
}

async function writeChoice(trx: Kysely<SignInTables>, grant: Grant, to: GrantChange): Promise<void> {
  const isSame = isSameList(grant.permissions, to.permissions) && isSameList(grant.spaces, to.spaces);
  const wanted: StoredNarrowing = to.narrowing === undefined ? grant.narrowing : to.narrowing ?? undefined;
  const narrowing = narrowingWithin(wanted, to.permissions);
  await trx.updateTable("grants").set(({ eb }) => ({
    permissions: to.permissions.join(" "),
    spaces: to.spaces.join(" "),
    tool_profile: to.toolProfile ?? null,
    ask_first: to.askFirst ? ASK_WRITES : null,
    // What cannot be read stays as it is written: a newer version of this server may read it again.
    ...(narrowing === "unreadable" ? {} : { narrowing: writeNarrowing(narrowing) }),
    ...(to.readBudget === undefined ? {} : { read_budget: storedBudget(to.readBudget) }),
    revision: eb("revision", "+", 1),
    ...(isSame ? {} : { version: eb("version", "+", 1) }),
  })).where("id", "=", grant.id).execute();
}

/**
 * The column of a budget; null: the gateway's own number.
 *
 * @throws {TypeError} for anything that is no number of records from 1 to {@link READ_BUDGET_MAX}
 */
export function storedBudget(readBudget: number | null): number | null {
  const isBudget = readBudget === null ||
    (Number.isInteger(readBudget) && readBudget >= 1 && readBudget <= READ_BUDGET_MAX);
  if (!isBudget) throw new TypeError("Cannot store how much the app may open: it is no number of records");
  return readBudget;
}

function isSameList(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((one) => others.includes(one));
}
