// Writes of several rows of which a part may be stored and another not. The same call, made again, takes the ids and stamps that
// are kept here, so that it completes the write instead of doubling it. Holds ids, stamps and names of fields, never a value; the
// arguments of a call are known by a keyed hash alone. A restart forgets everything.

import { createHmac } from "node:crypto";
import { createBoundedCache } from "../../kit/bounded_cache.ts";
import type { Clock } from "../../kit/clock.ts";
import { withSortedMembers } from "../../kit/json.ts";
import { principalKey } from "../../people/principal.ts";
import type { CallScope } from "../../spaces/call_scope.ts";

/** New and changed rows of one write: a month of instances of a series and their owners, ten times over. */
export const MAX_ROWS_TOGETHER = 1_000;
/** A write of which a part is missing is completed by the same call within this time; then that call is a new one. */
export const UNFINISHED_WRITE_MS = 15 * 60_000;
/** Rows of one person's unfinished writes that are remembered: ids and stamps, about 100 bytes each. */
export const MAX_UNFINISHED_ROWS = 2 * MAX_ROWS_TOGETHER;
/** People whose unfinished writes are remembered at once. */
export const MAX_UNFINISHED_PEOPLE = 500;

/** What a write has given out. */
export interface UnfinishedWrite {
  /** The time of its stamps, in milliseconds since 1970. */
  readonly at: number;
  /** The ids of new records in the order in which they were given out, by table (`app/table`). */
  readonly ids: ReadonlyMap<string, readonly string[]>;
  /** Updates that are stored or may be: the stamp of each path, by record (`app/table/id`). */
  readonly updates: ReadonlyMap<string, PathStamps>;
}

/** Stamps by the path that was written. */
export type PathStamps = ReadonlyMap<string, string>;

/** Unfinished writes by person, app, space, tool and arguments. */
export interface UnfinishedWrites {
  /** What the same call left behind; null where there is nothing, or where it is too long ago. */
  find(scope: CallScope): UnfinishedWrite | null;
  /** Keeps the write for UNFINISHED_WRITE_MS. The person's oldest write goes where there are too many. */
  keep(scope: CallScope, write: UnfinishedWrite): void;
  /** To be called when a write is complete: the same call is then a new one. */
  forget(scope: CallScope): void;
}

/** Starts with no write. */
export function createUnfinishedWrites(clock: Pick<Clock, "elapsed">): UnfinishedWrites {
  const people = createBoundedCache<Map<string, KeptWrite>>(MAX_UNFINISHED_PEOPLE);
  const secret = crypto.getRandomValues(new Uint8Array(32));
  // With a key, since few arguments are hard to guess by a bare hash.
  const callOf = ({ caller: { principal: { client } }, space, actor, input }: CallScope) => {
    // Each app completes its own writes: another would be told ids that it may not be shown.
    const call = [client?.appKey ?? "", space.id, actor.tool, withSortedMembers(input ?? {})];
    return createHmac("sha256", secret).update(JSON.stringify(call)).digest("base64");
  };
  return Object.freeze({
    find(scope: CallScope) {
      // Nearly nobody has an unfinished write: no hash is made then.
      const writes = people.peek(principalKey(scope.caller.principal));
      const kept = writes?.get(callOf(scope));
      return kept !== undefined && clock.elapsed() < kept.until ? kept.write : null;
    },
    keep(scope: CallScope, write: UnfinishedWrite) {
      const person = principalKey(scope.caller.principal);
      const writes = people.peek(person) ?? new Map<string, KeptWrite>();
      const call = callOf(scope);
      writes.delete(call);
      let rows = rowsOf(write);
      for (const kept of writes.values()) rows += rowsOf(kept.write);
      for (const [other, kept] of writes) {
        if (kept.until > clock.elapsed() && rows <= MAX_UNFINISHED_ROWS) break;
        writes.delete(other);
        rows -= rowsOf(kept.write);
      }
      writes.set(call, { write, until: clock.elapsed() + UNFINISHED_WRITE_MS });
      people.set(person, writes);
    },
    forget(scope: CallScope) {
      const person = principalKey(scope.caller.principal);
      const writes = people.peek(person);
      if (writes === undefined) return;
      writes.delete(callOf(scope));
      if (writes.size === 0) people.delete(person);
    },
  });
}

interface KeptWrite {
  readonly write: UnfinishedWrite;
  /** On `Clock.elapsed`. */
  readonly until: number;
}

/** What a write takes of the person's share. A write that only removes has no rows to remember, and still takes a place. */
function rowsOf({ ids, updates }: UnfinishedWrite): number {
  let rows = 1 + updates.size;
  for (const given of ids.values()) rows += given.length;
  return rows;
}
