// Records that the gateway keeps for itself in a person's space: app `mcp`, each field sealed for its place (envelope.ts). Rows lie
// under the person's sentinel alone, which nobody else can write into (sync contract section 6). What a record says is for the
// rooms above.

import { type ChangeCache, createChangeCache } from "../changes/change_cache.ts";
import { CLOSED } from "../changes/folded/writable_fields.ts";
import { isPath } from "../changes/folded/field_paths.ts";
import { toStamp } from "../changes/stamp.ts";
import type { SyncClient } from "../changes/sync_client.ts";
import type { PushChange, SystemActor } from "../changes/sync_messages.ts";
import type { Clock } from "../kit/clock.ts";
import { MAX_OWN_FOLDED_BYTES } from "../kit/limits.ts";
import type { RecordFinding } from "../observe/metrics.ts";
import type { Caller } from "../people/principal.ts";
import type { Keyring } from "../sealing/keyring.ts";
import type { MasterKeys } from "../sealing/master_key.ts";
import { personalSentinel } from "../spaces/active_space.ts";
import { sealText } from "./envelope.ts";
import { inPieces, isPieceField } from "./pieces.ts";
import { listOwnRecords } from "./list_own_records.ts";
import { createOwnPull, OWN_APP } from "./own_pull.ts";

/** The gateway's own records of everyone. Every method throws what the keyring throws, `remove` aside, and what the sync client throws. */
export interface OwnRecords {
  /**
   * All live records of a table, opened, in no order. Pulls after the call began, so that what another gateway stored before is in it.
   * A field that does not open (moved, forged, sealed with another key) or is no envelope is absent, and counted: a record may
   * have no fields at all.
   */
  list(caller: Caller, table: OwnTable, signal: AbortSignal): Promise<OwnRecord[]>;
  /**
   * Stores fields of one record, all with the stamp `at`: an insert where `isNew`, else an update. A long text goes in pieces
   * (pieces.ts). The same arguments again are harmless. A removed record stays removed. Throws TypeError for a name or a text that cannot be stored as it is.
   */
  write(caller: Caller, row: OwnRow, signal: AbortSignal): Promise<void>;
  /** Removes a record for good: its id can never be used again. The same arguments again are harmless. */
  remove(caller: Caller, row: OwnPlace, signal: AbortSignal): Promise<void>;
  /** Estimated memory of folded tables, in bytes. They hold sealed texts only. */
  bytes(): number;
}

/** One record, opened. */
export interface OwnRecord {
  readonly id: string;
  /** Milliseconds since 1970. Not sealed: the sync service's operator could alter it. */
  readonly createdAt: number;
  readonly fields: ReadonlyMap<string, OwnField>;
}

/** One field. Whoever writes the row can put an older text back, but none of another field, record, table or person. */
export interface OwnField {
  readonly text: string;
  /** As stored; not sealed. */
  readonly stamp: string;
}

/**
 * The tables. A name is part of the use of a key (`mana-mcp/<table>/v1`), so no table may be called as a use of another kind is: `app`,
 * `call` and `ledger-args` are uses of MAC keys, and `ledger` is the table of ledger/, which is never listed as a whole.
 */
export type OwnTable = "approvals";

/** A record, and the time of what is done to it in milliseconds since 1970. */
export interface OwnPlace {
  readonly table: OwnTable;
  readonly id: string;
  readonly at: number;
}

/** What is stored of a record. */
export interface OwnRow extends OwnPlace {
  readonly isNew: boolean;
  /** Texts by field. No text may have half a surrogate pair, and no name may be one that every record has (`createdAt`). */
  readonly fields: Readonly<Record<string, string>>;
}

/** Dependencies of {@link createOwnRecords}. */
export interface OwnRecordsDeps {
  readonly sync: Pick<SyncClient, "pull" | "push">;
  readonly keyring: Pick<Keyring, "key" | "sealingKey" | "renew">;
  readonly masterKeys: Pick<MasterKeys, "sealingKey">;
  readonly clock: Clock;
  /** Told what was left out of a listing. `table` is `app/table`. */
  readonly observe: (kind: RecordFinding, table: string, count: number) => void;
}

/** Starts with no table. The change cache has no hints: a listing pulls anyway. */
export function createOwnRecords(deps: OwnRecordsDeps): OwnRecords {
  const { clock, observe } = deps;
  const changes: ChangeCache = createChangeCache({
    sync: createOwnPull(deps.sync, observe),
    clock,
    observeMalformed: (app, table, count) => observe("malformed", `${app}/${table}`, count),
    maxBytes: MAX_OWN_FOLDED_BYTES,
  });
  const listing = { ...deps, changes };
  return Object.freeze({
    list: (caller: Caller, table: OwnTable, signal: AbortSignal) =>
      listOwnRecords(listing, caller, table, signal),
    write: (caller: Caller, row: OwnRow, signal: AbortSignal) => writeRow(deps, caller, row, signal),
    remove: (caller: Caller, place: OwnPlace, signal: AbortSignal) => removeRow(deps, caller, place, signal),
    bytes: changes.bytes,
  });
}

/** Who writes the gateway's own records: the gateway itself. */
export const OWN_ACTOR: SystemActor = Object.freeze({
  kind: "system",
  principalId: "system:mana-mcp",
  displayName: "mana-mcp",
});

async function writeRow(
  deps: OwnRecordsDeps,
  caller: Caller,
  row: OwnRow,
  signal: AbortSignal,
): Promise<void> {
  const { table, id, isNew, at, fields } = row;
  const { subject } = caller.principal;
  const names = Object.keys(fields);
  const unfit = names.find((name) => CLOSED.has(name) || isPath(name) || isPieceField(name));
  if (unfit !== undefined || names.length === 0) {
    throw new TypeError(`Cannot store an own record: ${unfit ?? "no field"} is no field of its own`);
  }
  const stamp = toStamp(at);
  const master = await deps.keyring.sealingKey(caller, signal);
  const key = await deps.masterKeys.sealingKey(master, `mana-mcp/${table}/v1`);
  const sealFields = async (texts: readonly (readonly [field: string, text: string])[]) =>
    Object.fromEntries(
      await Promise.all(texts.map(async ([field, text]) =>
        [field, await sealText(key, { subject, table, recordId: id, field }, text)] as const
      )),
    );
  const cut = Object.entries(fields).map(([field, text]) => [field, inPieces(field, text)] as const);
  // The fields themselves come last: whoever finds them finds all pieces.
  const parts = await Promise.all([
    ...cut.flatMap(([, { pieces }]) => pieces).map((piece) => sealFields([piece])),
    sealFields(cut.map(([field, { text }]) => [field, text])),
  ]);
  const spaceId = personalSentinel(subject);
  const common = { table, id, spaceId, actor: OWN_ACTOR, origin: "system" as const };
  const changes = parts.map((sealed, index): PushChange =>
    isNew && index === 0
      ? {
        ...common,
        op: "insert",
        data: {
          id,
          spaceId,
          authorId: subject,
          visibility: "private",
          createdAt: stamp,
          updatedAt: stamp,
          ...sealed,
        },
      }
      : {
        ...common,
        op: "update",
        fields: Object.fromEntries(
          Object.entries(sealed).map(([field, value]) => [field, { value, at: stamp, updatedAt: stamp }]),
        ),
      }
  );
  await push(deps, caller, changes, signal);
}

/**
 * A hard delete first, so that no gateway keeps the texts in memory; then a soft delete, which holds against an insert that arrives
 * late. No key is needed: a person who took theirs from the vault can still clear away.
 */
async function removeRow(
  deps: OwnRecordsDeps,
  caller: Caller,
  { table, id, at }: OwnPlace,
  signal: AbortSignal,
): Promise<void> {
  const spaceId = personalSentinel(caller.principal.subject);
  const gone = { table, id, op: "delete", spaceId, actor: OWN_ACTOR, origin: "system" } as const;
  await push(deps, caller, [gone, { ...gone, deletedAt: toStamp(at) }], signal);
}

async function push(
  { sync }: OwnRecordsDeps,
  caller: Caller,
  changes: readonly PushChange[],
  signal: AbortSignal,
): Promise<void> {
  await sync.push(caller, { app: OWN_APP, record: "record of the gateway", changes }, signal);
}
