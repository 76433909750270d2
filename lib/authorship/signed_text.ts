// What a signature of a change covers: everything that decides what the change does and what is said of its writer. The same text
// is made of a change on its way to the sync service and of the change as the service gives it back, whatever the service and its
// database did to spelling and order. Contract: sync sections 2 and 3.
import type { Change } from "../changes/change.ts";
import type { RecordChange } from "../changes/push_changes.ts";
import type { PushActor } from "../changes/sync_messages.ts";
import { canonicalJson } from "../kit/canonical_json.ts";

/**
 * The text that is signed. `origin` is not in it: the oldest service drops it, and nothing is decided by it. The person is in it
 * because a change log is read by all members of a space, and the app because two apps may use the same name for a table.
 */
export function signedText(of: SignedPlace, actor: SignedActor, change: StoredContent): string {
  return canonicalJson([
    of.subject,
    of.app,
    of.table,
    change.id,
    change.op,
    change.spaceId,
    actor.kind,
    actor.principalId,
    actor.displayName,
    actor.rationale,
    actor.callId,
    change.data,
    change.fields,
    change.deletedAt,
    // At the end and only where it is there: what was signed before there were marks is signed by the same text as ever.
    ...(actor.isRelaying === true ? ["others"] : []),
  ]);
}

/** Whose change it is, and of which table. */
export interface SignedPlace {
  /** `sub` of the person whose key signs. */
  readonly subject: string;
  readonly app: string;
  readonly table: string;
}

/** What is said of the writer. */
export type SignedActor =
  & Pick<PushActor, "kind" | "principalId" | "displayName" | "rationale">
  & {
    readonly callId: string;
    /** The app had been handed texts of others. */
    readonly isRelaying?: boolean;
  };

/** A change as the service keeps it. */
export interface StoredContent extends Pick<Change, "id" | "op" | "spaceId" | "deletedAt"> {
  /** Null also where it is empty: the service leaves it out then. */
  readonly data: Readonly<Record<string, unknown>> | null;
  /** Name, value and stamp of each field, in the order of the names; null also where there is none. */
  readonly fields: readonly (readonly [name: string, value: unknown, stamp: string])[] | null;
}

/** What the service will keep of a change that is pushed: per kind of change, it drops the other members. */
export function contentOfPush({ id, op, spaceId, data, fields, deletedAt }: RecordChange): StoredContent {
  const kept = op === "update" ? Object.entries(fields ?? {}) : [];
  return {
    id,
    op,
    // The service takes the first of the three that is no empty text.
    spaceId: spaceId || textOf(data?.spaceId) || textOf(fields?.spaceId?.value),
    data: op === "insert" ? filled(data ?? null) : null,
    fields: sorted(kept.map(([name, { value, at }]) => [name, value, at])),
    deletedAt: op === "delete" ? deletedAt || null : null,
  };
}

/** The same of a change that was pulled. */
export function contentOfPull({ id, op, spaceId, data, fields, deletedAt }: Change): StoredContent {
  return {
    id,
    op,
    spaceId,
    data: filled(data),
    fields: sorted((fields ?? []).map(({ name, value, stamp }) => [name, value, stamp])),
    deletedAt,
  };
}

function filled<Data extends object>(data: Data | null): Data | null {
  return data === null || Object.keys(data).length === 0 ? null : data;
}

function sorted(fields: [name: string, value: unknown, stamp: string][]): StoredContent["fields"] {
  return fields.length === 0 ? null : fields.sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
