// The use of every grant, bounded over all of them. What another process counted is asked for once, before the first call of a grant.

import type { Clock } from "../kit/clock.ts";
import { MAX_COUNTED_GRANTS, MAX_COUNTED_RECORDS, TAINT_MS } from "../kit/limits.ts";
import { type Caller, type ConnectedClient, principalKey } from "../people/principal.ts";
import { GrantUse, type Room } from "./grant_use.ts";
import { GrantTaint } from "./grant_taint.ts";
import { SharedGrant, type SharedUseDeps } from "./shared_grant.ts";
import { createStoreMemory } from "./store_memory.ts";

/** What a process knows of one grant, for the others: `others` and `priv` are ends in milliseconds since 1970, 0 for none. */
export interface GrantWindow {
  /** At most 25: the number of the hour since 1970, and what was counted in it. */
  readonly hours: readonly (readonly [hour: number, records: number, fields: number, bytes: number])[];
  /** Until when the grant counts as having read texts of others. */
  readonly others: number;
  /** Until when it counts as having read private texts: of the two spaces that it was handed such texts of last. */
  readonly private: readonly (readonly [space: string, until: number])[];
}

/**
 * What other processes counted of a grant in the last 24 hours, one window for each of them; null where nobody can know. Asked once per
 * grant and process. Where it throws, the grant is asked for again at its next call, and this process counts for itself meanwhile.
 */
export type ReadEarlierUse = (
  caller: Caller,
  grantId: string,
  signal: AbortSignal,
) => Promise<readonly GrantWindow[] | null>;

/** What is known of one grant. */
export interface KnownGrant {
  readonly use: GrantUse;
  readonly taint: GrantTaint;
  /** What all gateways know of it; null where they share nothing. */
  readonly shared: SharedGrant | null;
  /** Whether the counts of other processes are in; null while nobody has asked. */
  loading: Promise<void> | null;
  isLoaded: boolean;
}

/** What is known of grants. */
export interface GrantUses {
  /** What is known of the caller's grant; null for the person's own token, which is not counted. */
  find(caller: Pick<Caller, "principal">): KnownGrant | null;
  /** Waits for the counts of other processes. To be called only where `isLoaded` is false. Never throws. */
  load(grant: KnownGrant, caller: Caller, signal: AbortSignal): Promise<void>;
  /**
   * Reads anew what other processes know that the grant has read: they may have handed it texts a moment ago. Resolves to whether that
   * is known now. Never throws.
   */
  loadTaint(grant: KnownGrant, caller: Caller, signal: AbortSignal): Promise<boolean>;
  /** Grants of which something is known. */
  count(): number;
}

/** Starts with no grant. */
export function createGrantUses(deps: GrantUsesDeps): GrantUses {
  const grants = new Map<string, KnownGrant>();
  const room: Room = { left: deps.maxRecords ?? MAX_COUNTED_RECORDS };
  const maxGrants = deps.maxGrants ?? MAX_COUNTED_GRANTS;
  const shared = deps.shared === undefined ? null : {
    ...deps.shared,
    clock: deps.clock,
    memory: createStoreMemory({ store: deps.shared.store, now: deps.clock.calendar, lastsMs: TAINT_MS }),
  };
  return Object.freeze({
    find({ principal }: Pick<Caller, "principal">) {
      const { client } = principal;
      if (client === null) return null;
      const key = `${principalKey(principal)} ${grantKey(client)}`;
      const now = deps.clock.calendar();
      let grant = grants.get(key);
      if (grant === undefined) {
        if (grants.size >= maxGrants) makeRoom(grants, now);
        const use = new GrantUse(room);
        grant = {
          use,
          taint: new GrantTaint(),
          shared: shared === null ? null : new SharedGrant(shared, key, use),
          loading: null,
          isLoaded: deps.earlierUse === undefined,
        };
        grants.set(key, grant);
      }
      grant.use.lastUsed = now;
      return grant;
    },
    load: (grant: KnownGrant, caller: Caller, signal: AbortSignal) =>
      grant.loading ??= load(deps, grant, caller, signal),
    async loadTaint(grant: KnownGrant, caller: Caller, signal: AbortSignal): Promise<boolean> {
      try {
        const windows = await earlierUse(deps, caller, signal);
        for (const { others, private: spaces } of windows ?? []) grant.taint.add(others, spaces);
        return windows !== null;
      } catch {
        return false;
      }
    },
    count: () => grants.size,
  });
}

/** Dependencies of {@link createGrantUses}. */
export interface GrantUsesDeps {
  readonly clock: Pick<Clock, "calendar">;
  /** Nothing by default. */
  readonly earlierUse?: ReadEarlierUse;
  /** The store that gateways share; absent where they share nothing. */
  readonly shared?: SharedUseDeps;
  /** {@link MAX_COUNTED_RECORDS} by default. */
  readonly maxRecords?: number;
  /** {@link MAX_COUNTED_GRANTS} by default. */
  readonly maxGrants?: number;
}

/** A connection without a grant is the app's. */
export function grantKey({ grantId, id }: Pick<ConnectedClient, "grantId" | "id">): string {
  return grantId === "" ? `client ${id}` : `grant ${grantId}`;
}

function earlierUse(
  deps: GrantUsesDeps,
  caller: Caller,
  signal: AbortSignal,
): Promise<readonly GrantWindow[] | null> {
  const { principal: { client } } = caller;
  return deps.earlierUse?.(caller, client?.grantId ?? "", signal) ?? Promise.resolve(null);
}

async function load(
  deps: GrantUsesDeps,
  grant: KnownGrant,
  caller: Caller,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (const { hours, others, private: spaces } of await earlierUse(deps, caller, signal) ?? []) {
      for (const [hour, records, fields, bytes] of hours) grant.use.add(hour, { records, fields, bytes });
      grant.taint.add(others, spaces);
    }
    grant.isLoaded = true;
  } catch {
    // Whatever went wrong: the next call of the grant asks again.
  } finally {
    grant.loading = null;
  }
}

/** Forgets grants that nothing counts of any more; where there is none, the one that was used longest ago. */
function makeRoom(grants: Map<string, KnownGrant>, now: number): void {
  let oldest: string | null = null;
  let oldestAt = Infinity;
  const before = grants.size;
  for (const [key, { use, taint }] of grants) {
    if (use.sweep(now) && !taint.isSet(now)) grants.delete(key);
    else if (use.lastUsed < oldestAt) [oldest, oldestAt] = [key, use.lastUsed];
  }
  if (grants.size < before || oldest === null) return;
  grants.get(oldest)?.use.forgetRecords();
  grants.delete(oldest);
}
