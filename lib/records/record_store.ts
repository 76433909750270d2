// The records of everyone, opened for one call at a time: puts the caches and services together that all calls share, and
// gives a tool exactly the methods that its access allows. What the methods promise stands in records.ts.

import { type ChangeCache, type ChangeCacheDeps, createChangeCache } from "../changes/change_cache.ts";
import { createOrderNumbers } from "../changes/order_numbers.ts";
import {
  type BatchPush,
  type ChangedRow,
  createBatchPush,
  createChangePush,
  type PushObserver,
  type SignChange,
} from "../changes/push_changes.ts";
import type { SyncClient } from "../changes/sync_client.ts";
import type { Clock } from "../kit/clock.ts";
import { type Refusal, Refused } from "../kit/errors.ts";
import { DEFAULT_MEMORY_MB, type MemoryShares, shareMemory } from "../settings/memory_shares.ts";
import type { RecordGrants } from "../grants/record_grants.ts";
import { type Cipher, createCipher } from "../sealing/cipher.ts";
import type { Keyring } from "../sealing/keyring.ts";
import { createResealing } from "../sealing/resealing.ts";
import type { CallScope } from "../spaces/call_scope.ts";
import { getFittingRecord, getRecord, getRecordPortion } from "./get_record.ts";
import { countRecords, listRecords, scanRecords } from "./list_records.ts";
import { lookThroughDeleted, lookThroughRecords } from "./plain_records.ts";
import { type ConfirmedWrite, confirmedWrites } from "./confirmed/confirmed_writes.ts";
import { createOpenedCache } from "./opened_cache.ts";
import type { PurposeKeys } from "../nodes/node_keys.ts";
import { createPageCursors } from "./page_cursor.ts";
import { collectingPush, reachingNothing, RecordCall, type RecordCallDeps } from "./record_call.ts";
import type { DestructiveRecords, ReadRecords, RecordsByAccess, WriteRecords } from "./records.ts";
import { createNarrowedTables } from "./narrowed/narrowed_tables.ts";
import { searchRecords } from "./search_records.ts";
import { createPlanClock } from "./together/plan_clock.ts";
import { anyRows, partRows } from "./together/rows_together.ts";
import { createTurns } from "./together/turns.ts";
import { createUnfinishedWrites, type ToldWrites } from "./together/unfinished_writes.ts";
import { writeTogether } from "./together/write_together.ts";
import { deleteRecord, insertRecord, updateRecord } from "./write_records.ts";

/** Records of everyone, opened for one call at a time. */
export interface RecordStore {
  /**
   * What a tool of this access may do in this call: exactly that and nothing more. The object is frozen, has no
   * prototype, and neither caller, key nor address can be reached from it.
   */
  open<A extends keyof RecordsByAccess>(scope: CallScope & { readonly access: A }): RecordsByAccess[A];
  /**
   * Opens records whose writes are noted in `rows`, in their order, and not sent: what a call would do, with the ids and stamps that it
   * would give.
   */
  collecting(rows: ChangedRow[]): Pick<RecordStore, "open" | "pushBatch">;
  /** Opens records whose ids and stamps follow from a question that the person has said yes to (confirmed/confirmed_writes.ts). */
  confirmed(write: ConfirmedWrite): Pick<RecordStore, "open" | "pushBatch">;
  /** The change cache itself, for watchers of tables. It holds records as stored, never an opened value. */
  readonly changes: Pick<ChangeCache, "read" | "watch">;
  /** Stores changes that are ready, such as those of an undo, or those that were collected. Later reads of the person see them. */
  readonly pushBatch: BatchPush;
  /** Looks once more at the keys of what was written just now, before the process ends. Never throws. */
  settle(): Promise<void>;
  /** Stops everything that the store does by itself. */
  close(): void;
  /** Estimated memory of folded tables and opened texts. */
  bytes(): number;
  /** Estimated memory of opened texts alone, the only plaintext that outlives a call. */
  openedBytes(): number;
}

/** Starts with empty caches. */
export function createRecordStore(deps: RecordStoreDeps): RecordStore {
  const { keyring, sync, clock } = deps;
  const cipher = deps.cipher ?? createCipher();
  const observe = (kind: RecordObservation["kind"], table: string, count: number) =>
    deps.observe?.({ kind, table, count });
  const memory = deps.memory ?? shareMemory(DEFAULT_MEMORY_MB);
  const changes = createChangeCache({
    ...deps,
    observeMalformed: (app, table, count) => observe("malformed", `${app}/${table}`, count),
    maxBytes: memory.foldedBytes,
  });
  const opened = createOpenedCache(memory.openedBytes);
  keyring.onDropped(opened.drop);
  const push = createChangePush({ ...deps, changes });
  const resealing = createResealing({ keyring, cipher, changes, push, clock, observe });
  const lent = Object.freeze({
    changes,
    grants: deps.grants,
    narrowedTables: createNarrowedTables(),
    opened,
    cursors: createPageCursors(deps.cursorKeys),
    keyring,
    cipher,
    requireSealed: deps.requireSealed,
    push,
    pushBatch: createBatchPush({ ...deps, changes }),
    turns: createTurns(),
    unfinished: createUnfinishedWrites(clock, deps.toldWrites),
    sync,
    planClock: createPlanClock(clock),
    orderNumbers: createOrderNumbers(),
    resealing,
    clock,
    newId: deps.newId,
    observe,
  });
  return Object.freeze({
    open: openWith(lent),
    collecting(rows: ChangedRow[]) {
      const collecting = { ...lent, ...collectingPush(lent, rows) };
      return { open: openWith(collecting), pushBatch: collecting.pushBatch };
    },
    confirmed(write: ConfirmedWrite) {
      return { open: openConfirmed(confirmedWrites(lent, write)), pushBatch: lent.pushBatch };
    },
    changes,
    pushBatch: lent.pushBatch,
    settle: resealing.settle,
    close: resealing.close,
    bytes: () => changes.bytes() + opened.bytes(),
    openedBytes: opened.bytes,
  });
}

function openWith(lent: RecordCallDeps): RecordStore["open"] {
  return (scope) => reachingNothing(RECORDS_OF_CALL[scope.access](new RecordCall(lent, scope)));
}

function openConfirmed(lentTo: ReturnType<typeof confirmedWrites>): RecordStore["open"] {
  return (scope) => reachingNothing(RECORDS_OF_CALL[scope.access](new RecordCall(lentTo(scope), scope)));
}

/** Records of a call that has no space: every method refuses, so that a tool that needs none still runs. */
export function refusingRecords<A extends keyof RecordsByAccess>(
  refusal: Refusal,
  access: A,
): RecordsByAccess[A] {
  return reachingNothing(REFUSING_RECORDS[access](refuseWith(refusal)));
}

/** Dependencies of {@link createRecordStore}. */
export interface RecordStoreDeps extends Pick<ChangeCacheDeps, "hints" | "news"> {
  readonly sync: SyncClient;
  readonly keyring: Keyring;
  /** Signs what is pushed. */
  readonly sign: SignChange;
  /** What the documents of apps' grants let through. */
  readonly grants: RecordGrants;
  /** Told of what is pushed. */
  readonly observer?: PushObserver;
  readonly clock: Clock;
  readonly toldWrites?: ToldWrites;
  readonly newId: () => string;
  /** Refuse to read plaintext from a sealed field of a sealed space. */
  readonly requireSealed: boolean;
  readonly observe?: (observation: RecordObservation) => void;
  /** With the system's random generator by default. */
  readonly cipher?: Cipher;
  /** For folded tables and opened texts over all people; the shares of {@link DEFAULT_MEMORY_MB} by default. */
  readonly memory?: MemoryShares;
  /** What cursors are signed with. */
  readonly cursorKeys: PurposeKeys;
}

/**
 * Something worth counting: fields in plaintext where they should be sealed, fields unread, entries that are no change,
 * records that were sealed again under a new key, or of which nobody could find out whether they should be.
 */
export interface RecordObservation {
  readonly kind: "unsealed" | "unreadable" | "malformed" | "resealed" | "unconfirmed";
  /** `app/table`. */
  readonly table: string;
  readonly count: number;
}

/** What each access makes of a call. */
const RECORDS_OF_CALL: { readonly [A in keyof RecordsByAccess]: (call: RecordCall) => RecordsByAccess[A] } = {
  read: readRecords,
  write: writeRecords,
  destructive: destructiveRecords,
};

function readRecords(call: RecordCall, get: typeof getRecord = getFittingRecord): ReadRecords {
  return {
    list: (table, options) => listRecords(call, table, options),
    search: (table, options) => searchRecords(call, table, options),
    get: (table, id) => get(call, table, id),
    getPortion: (table, id, field, offset) => getRecordPortion(call, table, id, field, offset),
    scan: (table, options, visit) => scanRecords(call, table, options, visit),
    lookThrough: (table, visit) => lookThroughRecords(call, table, visit),
    lookThroughDeleted: (table, visit) => lookThroughDeleted(call, table, visit),
    count: (table, where) => countRecords(call, table, where),
  };
}

function writeRecords(call: RecordCall): WriteRecords {
  const { noCreation } = call.scope;
  return {
    ...readRecords(call, getRecord),
    newId: () => call.deps.newId(),
    // Here, where no author of a tool can forget it: whatever creates a record comes through this method.
    insert: noCreation
      ? refuseWith(noCreation)
      : (table, values, options) => insertRecord(call, table, values, options),
    update: (table, id, change) => updateRecord(call, table, id, change),
    writeTogether: (work) => writeTogether(call, partRows, work),
  };
}

function destructiveRecords(call: RecordCall): DestructiveRecords {
  return {
    ...writeRecords(call),
    writeTogether: (work) => writeTogether(call, anyRows, work),
    delete: (table, id) => deleteRecord(call, table, id),
  };
}

const REFUSING_RECORDS: {
  readonly [A in keyof RecordsByAccess]: (refuse: () => Promise<never>) => RecordsByAccess[A];
} = {
  read: refusingRead,
  write: (refuse) => refusingWrite(refuse),
  destructive: (refuse) => ({ ...refusingWrite(refuse), delete: refuse }),
};

function refusingRead(refuse: () => Promise<never>): ReadRecords {
  return {
    list: refuse,
    search: refuse,
    get: refuse,
    getPortion: refuse,
    scan: refuse,
    lookThrough: refuse,
    lookThroughDeleted: refuse,
    count: refuse,
  };
}

/** No id is needed where nothing can be stored. */
function refusingWrite(refuse: () => Promise<never>): WriteRecords {
  return { ...refusingRead(refuse), newId: () => "", insert: refuse, update: refuse, writeTogether: refuse };
}

function refuseWith(refusal: Refusal): () => Promise<never> {
  return () => Promise.reject(new Refused(refusal));
}
