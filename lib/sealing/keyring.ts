// Which key of a person may be used right now, to open and to seal: how long the vault's word is believed, and when the vault
// is asked again. Never sees a value (that is cipher.ts) and never talks HTTP (that is vault_client.ts).
// Contract: auth-vault section 5.

import type { Clock } from "../kit/clock.ts";
import { Refused } from "../kit/errors.ts";
import { VAULT_BELIEF_MS, VAULT_RENEWAL_MS } from "../kit/limits.ts";
import { createUnreadTally } from "../observe/request_tally.ts";
import { type Caller, type Principal, principalKey } from "../people/principal.ts";
import { isSameKey, markOf } from "./cipher.ts";
import { type CachedKey, createKeyCache, type KeyCache } from "./key_cache.ts";
import { isWithdrawn, type VaultClient } from "./vault_client.ts";
import { createVaultRequests, type VaultRequest, type VaultRequests } from "./vault_requests.ts";

/** A key younger than this is taken for current: a value that it does not open is not asked about again. */
export const KEY_RECHECK_MS = 10_000;
/** Values remembered per key that stayed closed although the vault was asked for the key anew. */
const MAX_REFUSED_VALUES = 2_000;

/**
 * The master keys of people, kept for minutes. How long the vault's word is believed depends on the use of the key: what is
 * sealed with a replaced key can never be read again, but what a replaced key opens was readable before. Per person one
 * request of a kind is under way. Every method that returns a key throws what {@link VaultClient} throws.
 */
export interface Keyring {
  /**
   * The person's key to open with: at most KEY_CACHE_MS old, and the vault has said within VAULT_BELIEF_MS that a server may
   * use it. A person who keeps reading does not wait for that: the vault is asked before the time is over.
   */
  key(caller: Caller, signal: AbortSignal): Promise<CryptoKey>;
  /** The person's key to seal with: given by the vault within VAULT_BELIEF_MS. */
  sealingKey(caller: Caller, signal: AbortSignal): Promise<CryptoKey>;
  /** The key as the vault gave it in a request that began after `since`, on {@link Clock.elapsed}. */
  confirm(caller: Caller, signal: AbortSignal, since: number): Promise<CryptoKey>;
  /** The person's cached key, without asking the vault; null where none is cached. To sign with: it opens nothing. */
  held(principal: Principal): CryptoKey | null;
  /** Beginning of the request by which the vault gave the cached key, on {@link Clock.elapsed}; null without a cached key. */
  confirmedAt(principal: Principal): number | null;
  /**
   * To be called when the person is about to read. If a key is cached and its permission ends soon, the vault is asked
   * whether a server may still use it. Waits for nothing and never throws.
   */
  prepare(caller: Caller): void;
  /**
   * The key to try instead of `refused`, which did not open `values` (rotation, auth-vault section 5). Null when there is no
   * other key, or when asking the vault would tell nothing new: the key is fresh, or all these values stayed closed after an
   * earlier renewal. So values that never open do not cost an audit row per call.
   */
  renew(
    caller: Caller,
    refused: CryptoKey,
    values: readonly string[],
    signal: AbortSignal,
  ): Promise<CryptoKey | null>;
  /** Forgets a person's key at once. */
  forget(principal: Principal): void;
  /** Whether this very key is cached and its time is not over. */
  holds(principal: Principal, key: CryptoKey): boolean;
  /**
   * Calls `listener` with the `principalKey` of a person whose key is dropped: its time is over, or it was forgotten,
   * replaced, refused, or had to make room. What was opened with the key must go as well.
   */
  onDropped(listener: (person: string) => void): void;
  /** Forgets every key, ends the keyring's own requests, and resolves when no request is under way. */
  close(): Promise<void>;
}

/** Starts with no key. */
export function createKeyring({ vault, clock }: {
  readonly vault: VaultClient;
  readonly clock: Clock;
}): Keyring {
  const cache = createKeyCache(clock);
  const closing = new AbortController();
  const confirmations = createVaultRequests<CryptoKey>(
    clock,
    (request) => orDropped(cache, request, confirmKey(vault, cache, closing.signal, request)),
  );
  const checks = createVaultRequests<void>(
    clock,
    (request) => orDropped(cache, request, checkKey(vault, cache, request)),
  );
  const state: KeyringState = { clock, cache, confirmations, checks, closing: closing.signal };
  return Object.freeze({
    key: (caller: Caller, signal: AbortSignal) => keyToOpen(state, caller, signal),
    sealingKey: (caller: Caller, signal: AbortSignal) => keyToSeal(state, caller, signal),
    confirm: (caller: Caller, signal: AbortSignal, since: number) =>
      confirmedKey(state, caller, signal, since),
    held: (principal: Principal) => cache.use(principalKey(principal))?.key ?? null,
    confirmedAt: (principal: Principal) => cache.peek(principalKey(principal))?.confirmedAt ?? null,
    prepare: (caller: Caller) => checkEarly(state, caller, cache.peek(principalKey(caller.principal))),
    renew: (caller: Caller, refused: CryptoKey, values: readonly string[], signal: AbortSignal) =>
      renewKey(state, caller, refused, values, signal),
    forget(principal: Principal) {
      const person = principalKey(principal);
      cache.drop(person);
      confirmations.forget(person);
    },
    holds(principal: Principal, key: CryptoKey) {
      const cached = cache.peek(principalKey(principal));
      return cached?.key === key && !cache.isOver(cached);
    },
    onDropped: cache.onDropped,
    async close() {
      closing.abort();
      cache.clear();
      await Promise.all([confirmations.drained(), checks.drained()]);
    },
  });
}

interface KeyringState {
  readonly clock: Clock;
  readonly cache: KeyCache;
  /** Requests for the key: each leaves an audit row. */
  readonly confirmations: VaultRequests<CryptoKey>;
  /** Requests for the status: no audit row. */
  readonly checks: VaultRequests<void>;
  readonly closing: AbortSignal;
}

async function keyToOpen(state: KeyringState, caller: Caller, signal: AbortSignal): Promise<CryptoKey> {
  if (signal.aborted) throw new Refused({ reason: "cancelled" });
  const { cache, checks, clock, confirmations } = state;
  const person = principalKey(caller.principal);
  const cached = cache.use(person);
  if (cached === undefined) return await confirmations.join(caller, signal);
  if (clock.elapsed() - cached.allowedAt < VAULT_BELIEF_MS) {
    checkEarly(state, caller, cached);
    return cached.key;
  }
  await checks.join(caller, signal);
  // The key may have come or gone meanwhile: the cache decides, not the key that was asked about.
  return cache.peek(person)?.key ?? await confirmations.join(caller, signal);
}

async function keyToSeal(
  { cache, clock, confirmations }: KeyringState,
  caller: Caller,
  signal: AbortSignal,
): Promise<CryptoKey> {
  if (signal.aborted) throw new Refused({ reason: "cancelled" });
  const cached = cache.use(principalKey(caller.principal));
  return cached !== undefined && clock.elapsed() - cached.confirmedAt < VAULT_BELIEF_MS
    ? cached.key
    : await confirmations.join(caller, signal);
}

async function confirmedKey(
  { cache, confirmations }: KeyringState,
  caller: Caller,
  signal: AbortSignal,
  since: number,
): Promise<CryptoKey> {
  const cached = cache.use(principalKey(caller.principal));
  return cached !== undefined && cached.confirmedAt > since
    ? cached.key
    : await confirmations.join(caller, signal, since);
}

async function renewKey(
  { cache, clock, confirmations }: KeyringState,
  caller: Caller,
  refused: CryptoKey,
  values: readonly string[],
  signal: AbortSignal,
): Promise<CryptoKey | null> {
  const cached = cache.peek(principalKey(caller.principal));
  if (cached !== undefined) {
    if (cached.key !== refused) return cached.key;
    if (clock.elapsed() - cached.confirmedAt < KEY_RECHECK_MS) return null;
    const marks = values.map(markOf);
    if (marks.every((mark) => cached.refused.has(mark))) return null;
    for (const mark of marks) if (cached.refused.size < MAX_REFUSED_VALUES) cached.refused.add(mark);
  }
  const key = await confirmations.join(caller, signal);
  return key === refused ? null : key;
}

/** Asks for the status while the last answer still counts, so that a person who keeps reading never waits for it. */
function checkEarly({ clock, checks, closing }: KeyringState, caller: Caller, cached?: CachedKey): void {
  if (cached === undefined || clock.elapsed() - cached.allowedAt < VAULT_BELIEF_MS - VAULT_RENEWAL_MS) return;
  // A failure is not lost: the next caller who has to know asks again and gets it.
  void checks.join({ ...caller, tally: createUnreadTally() }, closing).catch(() => {});
}

/** Asks the vault for the key and caches it. */
async function confirmKey(
  vault: VaultClient,
  cache: KeyCache,
  closing: AbortSignal,
  { caller, person, signal, startedAt, isCurrent }: VaultRequest,
): Promise<CryptoKey> {
  const key = await vault.key(caller, signal);
  const before = cache.peek(person);
  // A key whose time is over is replaced even when the vault gives the same key again.
  const isSame = before !== undefined && !cache.isOver(before) && await isSameKey(before.key, key);
  // Forgotten meanwhile: the callers who wait may use the answer once, later callers may not.
  if (!isCurrent() || closing.aborted) return key;
  const known = isSame && cache.peek(person) === before ? before : undefined;
  const refused = known?.refused ?? before?.refused ?? new Set();
  const allowedAt = Math.max(known?.allowedAt ?? startedAt, startedAt);
  const cached: CachedKey = Object.assign(known ?? { person, key, refused }, {
    confirmedAt: startedAt,
    allowedAt,
  });
  cache.keep(cached);
  return cached.key;
}

/** Asks the vault whether a server may use the person's key, and notes the answer. */
async function checkKey(
  vault: VaultClient,
  cache: KeyCache,
  { caller, person, signal, startedAt }: VaultRequest,
): Promise<void> {
  await vault.check(caller, signal);
  const cached = cache.peek(person);
  if (cached !== undefined) cached.allowedAt = Math.max(cached.allowedAt, startedAt);
}

/** The answer. Drops the person's key when the answer is that the vault has withdrawn it. */
async function orDropped<Answer>(
  cache: KeyCache,
  { person }: VaultRequest,
  answer: Promise<Answer>,
): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Refused && isWithdrawn(error)) cache.drop(person);
    throw error;
  }
}
