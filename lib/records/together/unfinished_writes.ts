// Writes of several rows of which a part may be stored and another not. The same call, made again, takes the ids and stamps that
// are kept here, so that it completes the write instead of doubling it. Holds ids, stamps and names of fields, never a value; the
// arguments of a call are known by a keyed hash alone. A restart forgets everything. With a shared store other gateways are told.

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

/** What gateways tell each other of unfinished writes. */
export interface ToldWrites {
  /** Under which every gateway knows a call by the same hash. */
  readonly key: Uint8Array;
  /** Tells the others of an unfinished write, or that it is complete (null). Without effect where they cannot be told. */
  tell(person: string, call: string, write: UnfinishedWrite | null): void;
  /** Hears what others tell. */
  listen(hear: (person: string, call: string, write: UnfinishedWrite | null) => void): void;
}

/** Starts with no write. Without `told` the writes are those of this gateway. */
export function createUnfinishedWrites(clock: Pick<Clock, "elapsed">, told?: ToldWrites): UnfinishedWrites {
  const people = createBoundedCache<Map<string, KeptWrite>>(MAX_UNFINISHED_PEOPLE);
  const secret = told?.key ?? crypto.getRandomValues(new Uint8Array(32));
  // With a key, since few arguments are hard to guess by a bare hash.
  const callOf = ({ caller: { principal: { client } }, space, actor, input }: CallScope) => {
    // Each app completes its own writes: another would be told ids that it may not be shown.
    const call = [client?.appKey ?? "", space.id, actor.tool, withSortedMembers(input ?? {})];
    return createHmac("sha256", secret).update(JSON.stringify(call)).digest("base64");
  };
  const put = (person: string, call: string, write: UnfinishedWrite) => {
    const writes = people.peek(person) ?? new Map<string, KeptWrite>();
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
  };
  /** Whether there was one. */
  const drop = (person: string, call: string): boolean => {
    const writes = people.peek(person);
    const wasThere = writes?.delete(call) === true;
    if (writes?.size === 0) people.delete(person);
    return wasThere;
  };
  told?.listen((person, call, write) =>
    void (write === null ? drop(person, call) : put(person, call, write))
  );
  return Object.freeze({
    find(scope: CallScope) {
      // Nearly nobody has an unfinished write: no hash is made then.
      const writes = people.peek(principalKey(scope.caller.principal));
      const kept = writes?.get(callOf(scope));
      return kept !== undefined && clock.elapsed() < kept.until ? kept.write : null;
    },
    keep(scope: CallScope, write: UnfinishedWrite) {
      const person = principalKey(scope.caller.principal);
      const call = callOf(scope);
      put(person, call, write);
      told?.tell(person, call, write);
    },
    forget(scope: CallScope) {
      const person = principalKey(scope.caller.principal);
      if (people.peek(person) === undefined) return;
      const call = callOf(scope);
      if (drop(person, call)) told?.tell(person, call, null);
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
