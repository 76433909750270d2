// Master keys in memory, non-extractable, one per person, each for KEY_CACHE_MS at most. Whether the vault still stands by a
// key is not known here (that is keyring.ts).

import type { Clock } from "../kit/clock.ts";
import { KEY_CACHE_ENTRIES, KEY_CACHE_MS } from "../kit/limits.ts";
import { createLinkedOrder, type LinkedItem, type LinkedOrder } from "../kit/linked_order.ts";

/** A person's key. All times are of {@link Clock.elapsed}. */
export interface CachedKey extends LinkedItem<CachedKey> {
  /** `principalKey` of the person. */
  readonly person: string;
  /** The same object as long as the vault gives the same key, so that what is bound to the object stays. */
  readonly key: CryptoKey;
  /** Beginning of the request by which the vault last gave this key. */
  confirmedAt: number;
  /** Beginning of the request by which the vault last said that a server may use this key. */
  allowedAt: number;
  /** Marks of values that did not open with this person's keys. */
  readonly refused: Set<string>;
}

/** The keys by person; the key that was not used for longest makes room for another. */
export interface KeyCache {
  /** The person's key, also after its time. Does not count as use. */
  peek(person: string): CachedKey | undefined;
  /** The person's key, which now counts as used last; undefined once its time is over. */
  use(person: string): CachedKey | undefined;
  /** Whether the time of a key is over. */
  isOver(cached: CachedKey): boolean;
  /** Keeps a key, or a new `confirmedAt` of a kept one. Another key of the person is dropped. */
  keep(cached: CachedKey): void;
  /** Forgets a person's key. */
  drop(person: string): void;
  /** Calls `listener` with the person of each key that is dropped, for whatever reason. */
  onDropped(listener: (person: string) => void): void;
  /** Forgets every key and keeps no timer. */
  clear(): void;
}

/** Starts with no key. One timer serves all keys, and there is none while there is no key. */
export function createKeyCache(clock: Clock): KeyCache {
  const state: CacheState = {
    clock,
    byPerson: new Map(),
    order: createLinkedOrder(),
    listeners: [],
    oldest: Infinity,
    cancelTimer: null,
  };
  return Object.freeze({
    peek: (person: string) => state.byPerson.get(person),
    use: (person: string) => useKey(state, person),
    isOver: (cached: CachedKey) => isOver(state, cached),
    keep: (cached: CachedKey) => keepKey(state, cached),
    drop: (person: string) => dropKey(state, person),
    onDropped: (listener: (person: string) => void) => void state.listeners.push(listener),
    clear() {
      state.cancelTimer?.();
      state.cancelTimer = null;
      for (const person of [...state.byPerson.keys()]) dropKey(state, person);
    },
  });
}

interface CacheState {
  readonly clock: Clock;
  readonly byPerson: Map<string, CachedKey>;
  /** The keys in order of use. */
  readonly order: LinkedOrder<CachedKey>;
  readonly listeners: ((person: string) => void)[];
  /** No key was confirmed before: whoever keeps a key need not look through everybody's. */
  oldest: number;
  cancelTimer: (() => void) | null;
}

function useKey(state: CacheState, person: string): CachedKey | undefined {
  const cached = state.byPerson.get(person);
  if (cached === undefined || isOver(state, cached)) return undefined;
  state.order.remove(cached);
  state.order.add(cached);
  return cached;
}

function isOver({ clock }: CacheState, { confirmedAt }: Pick<CachedKey, "confirmedAt">): boolean {
  return clock.elapsed() - confirmedAt >= KEY_CACHE_MS;
}

function keepKey(state: CacheState, cached: CachedKey): void {
  const { byPerson, order } = state;
  if (byPerson.get(cached.person) !== cached) dropKey(state, cached.person);
  dropExpired(state);
  byPerson.set(cached.person, cached);
  state.oldest = Math.min(state.oldest, cached.confirmedAt);
  order.remove(cached);
  order.add(cached);
  while (byPerson.size > KEY_CACHE_ENTRIES) {
    const oldest = order.oldest();
    if (oldest === undefined) break;
    dropKey(state, oldest.person);
  }
  armTimer(state);
}

function dropKey(state: CacheState, person: string): void {
  const cached = state.byPerson.get(person);
  if (cached === undefined) return;
  state.byPerson.delete(person);
  state.order.remove(cached);
  for (const listener of state.listeners) listener(person);
}

function dropExpired(state: CacheState): void {
  if (!isOver(state, { confirmedAt: state.oldest })) return;
  state.oldest = Infinity;
  for (const cached of state.byPerson.values()) {
    if (isOver(state, cached)) dropKey(state, cached.person);
    else state.oldest = Math.min(state.oldest, cached.confirmedAt);
  }
}

/** A key must not stay in memory after its time because its owner happens not to come back. */
function armTimer(state: CacheState): void {
  const { byPerson, clock } = state;
  if (state.cancelTimer !== null || byPerson.size === 0) return;
  // At least a second: should timer and clock disagree, the timer must not fire again and again.
  const waitMs = Math.max(1_000, state.oldest + KEY_CACHE_MS - clock.elapsed());
  state.cancelTimer = clock.after(waitMs, () => {
    state.cancelTimer = null;
    dropExpired(state);
    armTimer(state);
  });
}
