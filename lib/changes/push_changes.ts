// Stores changes of records in the agent's name. What a change says is for records/write_records.ts; how it is sent and
// repeated is for sync_push.ts. Contract: sync sections 2 and 9.

import type { Caller } from "../people/principal.ts";
import type { CallScope } from "../spaces/call_scope.ts";
import type { ChangeCache } from "./change_cache.ts";
import type { SyncClient } from "./sync_client.ts";
import type { PushActor, PushChange } from "./sync_messages.ts";

/**
 * Stores one change. The caller's later reads pull after it, also when it is not known whether it was stored. Throws what
 * `SyncClient.push` throws.
 */
export type ChangePush = (author: ChangeAuthor, table: PushedTable, change: RecordChange) => Promise<void>;

/** Stores changes of one app in one push; the tables may differ. Otherwise as {@link ChangePush}. */
export type BatchPush = (author: ChangeAuthor, rows: readonly ChangedRow[]) => Promise<void>;

/** A change with the table that it is for. */
export interface ChangedRow {
  readonly table: PushedTable;
  readonly change: RecordChange;
}

/** Creates the function that stores one change. */
export function createChangePush({ sync, changes }: PushDeps): ChangePush {
  return async ({ caller, actor, signal }, table, change) => {
    const { app, name, record } = table;
    try {
      await sync.push(caller, { app, record, changes: [signed(actor, table, change)] }, signal);
    } finally {
      changes.wrote(caller.principal, app, name);
    }
  };
}

/** Creates the function that stores several changes. */
export function createBatchPush({ sync, changes }: PushDeps): BatchPush {
  return async ({ caller, actor, signal }, rows) => {
    const [first] = rows;
    if (first === undefined) return;
    const { app, record } = first.table;
    try {
      const all = rows.map(({ table, change }) => signed(actor, table, change));
      await sync.push(caller, { app, record, changes: all }, signal);
    } finally {
      for (const name of new Set(rows.map(({ table }) => table.name))) {
        changes.wrote(caller.principal, app, name);
      }
    }
  };
}

/** What changes are pushed with. */
export interface PushDeps {
  readonly sync: Pick<SyncClient, "push">;
  readonly changes: Pick<ChangeCache, "wrote">;
}

function signed(actor: PushActor, { name }: PushedTable, { id, op, ...rest }: RecordChange): PushChange {
  return { table: name, id, op, actor, origin: "agent", ...rest };
}

/** Whose change it is, with whose token it goes, and for how long. */
export interface ChangeAuthor {
  readonly caller: Caller;
  readonly actor: PushActor;
  readonly signal: AbortSignal;
}

/** The table that is written, and what one of its records is called. */
export interface PushedTable {
  readonly app: string;
  readonly name: string;
  readonly record: string;
}

/** What happens to one record. */
export type RecordChange = Omit<PushChange, "table" | "actor" | "origin">;

/**
 * The space id of a change: the id that the record is stored under, as in the app's own changes. So co-members receive the
 * change, and every reader that sees the record sees the change. A record that is stored without a space id keeps none: a
 * reader that knows only the person (no organization) would see the record, but not a change with the active space's id.
 */
export function spaceOf(storedAs: string): { readonly spaceId?: string } {
  return storedAs === "" ? {} : { spaceId: storedAs };
}

/** Longest name of a client in the history of a record. */
const MAX_CLIENT_NAME_CHARS = 64;

/** The agent as the app's history shows it (sync contract section 9). The client chose its name: kept short and clean. */
export function actorOf({ actor }: CallScope): PushActor {
  const name = actor.clientName.toWellFormed().replace(/\p{Cc}/gu, "").slice(0, MAX_CLIENT_NAME_CHARS)
    .toWellFormed();
  const displayName = name.trim() === "" ? "unknown" : name;
  return { kind: "ai", principalId: `mcp:${displayName}`, displayName, rationale: actor.tool };
}
