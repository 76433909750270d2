// Stores changes of people's records, each of them signed. What a change says is for records/write_records.ts; how it is signed for
// authorship/; how it is sent and repeated for sync_push.ts. Contract: sync sections 2 and 9.

import { Refused } from "../kit/errors.ts";
import type { Caller } from "../people/principal.ts";
import type { CallActor } from "../spaces/call_scope.ts";
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
export function createChangePush(deps: PushDeps): ChangePush {
  return async (author, table, change) => {
    const signed = withActor(await deps.sign(author, table, change), table, change);
    await pushSigned(deps, author, [{ table, change }], [signed]);
  };
}

/** Creates the function that stores several changes. */
export function createBatchPush(deps: PushDeps): BatchPush {
  return async (author, rows) => {
    const signed = await Promise.all(
      rows.map(async ({ table, change }) => withActor(await deps.sign(author, table, change), table, change)),
    );
    await pushSigned(deps, author, rows, signed);
  };
}

/** The only place that pushes what people and apps write. */
async function pushSigned(
  { sync, changes, observer }: PushDeps,
  author: ChangeAuthor,
  rows: readonly ChangedRow[],
  signed: readonly PushChange[],
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const { caller, signal } = author;
  const { app, record } = first.table;
  const waits = observer?.before(author);
  if (waits !== undefined) await waits;
  let outcome: PushOutcome = "refused";
  try {
    await sync.push(caller, { app, record, changes: signed }, signal);
    outcome = "stored";
  } catch (error) {
    if (error instanceof Refused && error.refusal.reason === "write-unknown") outcome = "unknown";
    throw error;
  } finally {
    observer?.after(author, rows, outcome);
    for (const name of new Set(rows.map(({ table }) => table.name))) {
      changes.wrote(caller.principal, app, name);
    }
  }
}

/** What changes are pushed with. */
export interface PushDeps {
  readonly sync: Pick<SyncClient, "push">;
  readonly changes: Pick<ChangeCache, "wrote">;
  readonly sign: SignChange;
  /** Told of each push, before and after. Must not throw. */
  readonly observer?: PushObserver;
}

/** Told of each push. */
export interface PushObserver {
  /** Before changes are pushed. Undefined where the push has to wait for nothing; the promise never rejects. */
  before(author: ChangeAuthor): Promise<void> | undefined;
  /** After it, once for each `before`. */
  after(author: ChangeAuthor, rows: readonly ChangedRow[], outcome: PushOutcome): void;
}

/** What became of a push. `unknown`: nobody knows whether it is stored. `refused`: for certain, nothing is. */
export type PushOutcome = "stored" | "unknown" | "refused";

/**
 * Says who makes a change, so that nobody else can say it of another change. Throws Refused `cancelled`, and nothing where there is
 * no key to sign with: the change then says the same unsigned.
 */
export type SignChange = (
  author: ChangeAuthor,
  table: Pick<PushedTable, "app" | "name">,
  change: RecordChange,
) => Promise<PushActor>;

function withActor(
  actor: PushActor,
  { name }: PushedTable,
  { id, op, ...rest }: RecordChange,
): PushChange {
  return { table: name, id, op, actor, origin: actor.kind === "user" ? "user" : "agent", ...rest };
}

/** Whose change it is, with whose token it goes, and for how long. */
export interface ChangeAuthor {
  readonly caller: Caller;
  readonly actor: CallActor;
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
