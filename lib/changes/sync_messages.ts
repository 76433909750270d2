// The messages of the sync service: what is sent to it, and its answers, checked before anything else looks at them.
// Contract: sync sections 2, 3 and 9.

import { isJsonObject } from "../kit/json.ts";
import { type Change, createShare, parseChange } from "./change.ts";
import { parseInstant } from "./instant.ts";

/** The answer to one request of a pull; `hasMore` says that another portion follows. */
export interface PullPortion {
  readonly changes: readonly Change[];
  /** How many entries were left out, one by one, because they are no change that can be used (sync contract section 7). */
  readonly malformed: number;
  /** Comparable instant (instant.ts). */
  readonly syncedUntil: string;
  readonly hasMore: boolean;
}

/** A value with its stamp under both names: HEAD reads `at`, the seed `updatedAt` (sync contract section 0). */
export interface PushField {
  readonly value: unknown;
  readonly at: string;
  readonly updatedAt: string;
}

/** Who changed something, shown in the app's history (sync contract section 9). */
export interface PushActor {
  readonly kind: "ai" | "user";
  readonly principalId: string;
  readonly displayName: string;
  /** The id of the call, and after a dot its signature where there is one (authorship/). */
  readonly iterationId: string;
  readonly rationale: string;
}

/** The gateway itself, where it keeps a record of its own: no app and no person changed anything (sync contract section 9). */
export interface SystemActor {
  readonly kind: "system";
  readonly principalId: `system:${string}`;
  readonly displayName: string;
}

/** One change on its way to the service. */
export interface PushChange {
  readonly table: string;
  readonly id: string;
  readonly op: "insert" | "update" | "delete";
  readonly spaceId?: string;
  readonly actor: PushActor | SystemActor;
  readonly origin: "agent" | "user" | "system";
  readonly data?: Readonly<Record<string, unknown>>;
  readonly fields?: Readonly<Record<string, PushField>>;
  readonly deletedAt?: string;
}

/** Body of a push (sync contract section 2). */
export interface PushRequest {
  readonly clientId: string;
  readonly since: string;
  readonly schemaVersion: 1;
  readonly changes: readonly PushChange[];
}

/** Reads a pull's answer; null for anything else. Entries of another table than `table` count as malformed. */
export function parsePullPortion(json: unknown, table: string): PullPortion | null {
  const answer = parseAnswer(json);
  const syncedUntil = answer === null ? null : parseInstant(answer.syncedUntil);
  if (answer === null || syncedUntil === null) return null;
  const { entries, hasMore } = answer;
  const changes: Change[] = [];
  const share = createShare();
  for (const entry of entries) {
    const change = parseChange(entry, table, share);
    if (change !== null) changes.push(change);
  }
  return { changes, malformed: entries.length - changes.length, syncedUntil, hasMore };
}

/** Whether `json` is the answer to a push that was stored. Anything else leaves open whether it was. */
export function isPushAnswer(json: unknown): boolean {
  return parseAnswer(json) !== null;
}

/** What the answers to a pull and to a push have in common (sync contract sections 2 and 3); null for anything else. */
function parseAnswer(json: unknown) {
  if (!isJsonObject(json)) return null;
  const { serverChanges, syncedUntil, hasMore = null } = json;
  // The service always sends a list, but a nil list of its language (Go) would become null.
  const entries: readonly unknown[] | null = serverChanges === null
    ? []
    : Array.isArray(serverChanges)
    ? serverChanges
    : null;
  if (entries === null || typeof syncedUntil !== "string") return null;
  if (hasMore !== null && typeof hasMore !== "boolean") return null;
  return { entries, syncedUntil, hasMore: hasMore ?? false };
}
