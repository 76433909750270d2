import type { Clock } from "../kit/clock.ts";
import { type Caller, type Principal, principalKey } from "../people/principal.ts";
import { Refused } from "../kit/errors.ts";
import { KEY_CACHE_ENTRIES, KEY_CACHE_MS, VAULT_BELIEF_MS, VAULT_RENEWAL_MS } from "../kit/limits.ts";
import { isSameKey } from "./cipher.ts";
import { createUnreadTally } from "../observe/request_tally.ts";
import { createPersonRuns, type PersonWork } from "../changes/person_runs.ts";
import { isWithdrawn, type VaultClient } from "./vault_client.ts";

/** A key younger than this is taken for current: a value it does not open is not asked about again. */
export const KEY_RECHECK_MS = 10_000;
/** Values remembered per key that stayed closed although the key was asked for anew. */
const MAX_REFUSED_VALUES = 2_000;
/** Enough of a sealed value to know it again: prefix and IV. */
const MARK_CHARS = 22;

/** Dependencies of {@link createKeyring}. */
export interface KeyringDeps {
  readonly vault: VaultClient;
  readonly clock: Clock;
  /**
   * Runs something later, unless the returned function is called first. With it a key leaves memory when its time is
   * over; without, it is no longer used then, and leaves with the next key that comes.
   */
}

/**
 * Master keys by person, for minutes, non-extractable. How long the vault's word is believed depends on what is done with
 * the key: what is sealed with a replaced one can never be read again, what it opens was readable before. One request of a
 * kind is under way per person. Every method that returns a key throws what {@link VaultClient} throws.
 */
export interface Keyring {
  /**
   * The person's key to open with: at most KEY_CACHE_MS old, and the vault has said within VAULT_BELIEF_MS that a server may
   * use it. Who keeps reading does not wait for that: it is asked before the time is over.
   */
  key(caller: Caller, signal: AbortSignal): Promise<CryptoKey>;
  /** The person's key to seal with: given by the vault within VAULT_BELIEF_MS. */
  sealingKey(caller: Caller, signal: AbortSignal): Promise<CryptoKey>;
  /** The key by an answer of the vault to a request that began after `since`, a time of the keyring's clock. */
  confirm(caller: Caller, signal: AbortSignal, since: number): Promise<CryptoKey>;
  /** When the request began by which the vault gave the held key; null where none is held. */
  confirmedAt(principal: Principal): number | null;
  /**
   * The person is about to read: where a key is held, the vault is asked whether it may still be used, if that has to be
   * asked soon. Waits for nothing and never throws.
   */
  prepare(caller: Caller): void;
  /**
   * The key to try instead of `refused`, which did not open `values` (rotation, auth-vault section 5); null when there is
   * none, or asking the vault again would tell nothing new: the key is fresh, or all these values stayed closed after an
   * earlier renewal. So values that never open cost no audit row per call.
   */
  renew(
    caller: Caller,
    refused: CryptoKey,
    values: readonly string[],
    signal: AbortSignal,
  ): Promise<CryptoKey | null>;
  /** Forgets a person's key at once. */
  forget(principal: Principal): void;
  /** Whether this very key is held. */
  holds(principal: Principal, key: CryptoKey): boolean;
  /**
   * Calls `listener` with the `principalKey` of whoever's key is no longer held: its time is over, it was forgotten,
   * replaced, refused, or had to make room. What was opened with it must go as well.
   */
  onDropped(listener: (person: string) => void): void;
  /** Forgets every key, ends what it asks by itself, and resolves when nothing is under way. */
  close(): Promise<void>;
}

interface HeldKey {
  /** The same object as long as the vault gives the same key, so that what is bound to it stays. */
  readonly key: CryptoKey;
  /** When the request began by which the vault gave this key last. */
  confirmedAt: number;
  /** When the request began by which the vault said last that a server may use it. */
  allowedAt: number;
  /** Marks of values that this person's keys did not open. */
  readonly refused: Set<string>;
}

/** Creates an empty keyring. */
export function createKeyring(deps: KeyringDeps): Keyring {
  const { clock, vault } = deps;
  /** In order of use, least recent first. */
  const held = new Map<string, HeldKey>();
  const listeners: ((person: string) => void)[] = [];
  const closing = new AbortController();
  let disarm: (() => void) | undefined;

  const drop = (id: string): void => {
    if (!held.delete(id)) return;
    for (const listener of listeners) listener(id);
  };

  const isOver = ({ confirmedAt }: HeldKey): boolean => clock.elapsed() - confirmedAt >= KEY_CACHE_MS;

  // A key must not outlive its time in memory because its owner happens not to come back.
  const dropExpired = (): void => {
    for (const [id, entry] of held) if (isOver(entry)) drop(id);
  };

  const arm = (): void => {
    if (disarm !== undefined || held.size === 0) return;
    const oldest = Math.min(...[...held.values()].map(({ confirmedAt }) => confirmedAt));
    // Never at once again and again, should the two clocks disagree.
    const waitMs = Math.max(1_000, oldest + KEY_CACHE_MS - clock.elapsed());
    disarm = clock.after(waitMs, () => {
      disarm = undefined;
      dropExpired();
      arm();
    });
  };

  const store = (id: string, entry: HeldKey): CryptoKey => {
    if (held.get(id) !== entry) drop(id);
    dropExpired();
    held.delete(id);
    held.set(id, entry);
    for (const oldest of held.keys()) {
      if (held.size <= KEY_CACHE_ENTRIES) break;
      drop(oldest);
    }
    arm();
    return entry.key;
  };

  /** Runs a question to the vault; what is held goes where the vault has withdrawn it. */
  const asking =
    <T>(ask: (work: PersonWork, id: string) => Promise<T>) => async (work: PersonWork): Promise<T> => {
      const id = principalKey(work.caller.principal);
      try {
        return await ask(work, id);
      } catch (error) {
        if (error instanceof Refused && isWithdrawn(error)) drop(id);
        throw error;
      }
    };

  const confirmations = createPersonRuns<CryptoKey>(
    clock,
    asking(async ({ caller, signal, startedAt, isCurrent }, id) => {
      const key = await vault.key(caller, signal);
      const before = held.get(id);
      // An expired key is let go even where the vault gives it again.
      const isSame = before !== undefined && !isOver(before) && await isSameKey(before.key, key);
      // Forgotten meanwhile: whoever waits may use the answer once, nobody later.
      if (!isCurrent() || closing.signal.aborted) return key;
      const known = isSame && held.get(id) === before ? before : undefined;
      const refused = known?.refused ?? before?.refused ?? new Set();
      const allowedAt = Math.max(known?.allowedAt ?? startedAt, startedAt);
      return store(id, Object.assign(known ?? { key, refused }, { confirmedAt: startedAt, allowedAt }));
    }),
  );
  const checks = createPersonRuns<void>(
    clock,
    asking(async ({ caller, signal, startedAt }, id) => {
      await vault.check(caller, signal);
      const entry = held.get(id);
      if (entry !== undefined) entry.allowedAt = Math.max(entry.allowedAt, startedAt);
    }),
  );

  /** A key that is held and whose time is not over, now the last one used. */
  const use = (id: string): HeldKey | undefined => {
    const entry = held.get(id);
    if (entry === undefined || isOver(entry)) return undefined;
    held.delete(id);
    held.set(id, entry);
    return entry;
  };

  const prepare = (caller: Caller, entry: HeldKey | undefined): void => {
    if (entry === undefined || clock.elapsed() - entry.allowedAt < VAULT_BELIEF_MS - VAULT_RENEWAL_MS) return;
    // Its failure is met by the next one who has to know.
    void checks.join({ ...caller, tally: createUnreadTally() }, closing.signal).catch(() => {});
  };

  return Object.freeze({
    async key(caller: Caller, signal: AbortSignal) {
      if (signal.aborted) throw new Refused({ reason: "cancelled" });
      const id = principalKey(caller.principal);
      const entry = use(id);
      if (entry === undefined) return await confirmations.join(caller, signal);
      if (clock.elapsed() - entry.allowedAt < VAULT_BELIEF_MS) {
        prepare(caller, entry);
        return entry.key;
      }
      await checks.join(caller, signal);
      // A key that came or went meanwhile decides, not the one that was asked about.
      return held.get(id)?.key ?? await confirmations.join(caller, signal);
    },

    async sealingKey(caller: Caller, signal: AbortSignal) {
      if (signal.aborted) throw new Refused({ reason: "cancelled" });
      const entry = use(principalKey(caller.principal));
      return entry !== undefined && clock.elapsed() - entry.confirmedAt < VAULT_BELIEF_MS
        ? entry.key
        : await confirmations.join(caller, signal);
    },

    async confirm(caller: Caller, signal: AbortSignal, since: number) {
      const entry = use(principalKey(caller.principal));
      return entry !== undefined && entry.confirmedAt > since
        ? entry.key
        : await confirmations.join(caller, signal, since);
    },

    confirmedAt: (principal: Principal) => held.get(principalKey(principal))?.confirmedAt ?? null,
    prepare: (caller: Caller) => prepare(caller, held.get(principalKey(caller.principal))),
    async renew(caller: Caller, refused: CryptoKey, values: readonly string[], signal: AbortSignal) {
      const entry = held.get(principalKey(caller.principal));
      if (entry !== undefined) {
        if (entry.key !== refused) return entry.key;
        if (clock.elapsed() - entry.confirmedAt < KEY_RECHECK_MS) return null;
        const marks = values.map((value) => value.slice(0, MARK_CHARS));
        if (marks.every((mark) => entry.refused.has(mark))) return null;
        for (const mark of marks) if (entry.refused.size < MAX_REFUSED_VALUES) entry.refused.add(mark);
      }
      const key = await confirmations.join(caller, signal);
      return key === refused ? null : key;
    },

    forget(principal: Principal) {
      const id = principalKey(principal);
      drop(id);
      confirmations.forget(id);
    },

    holds(principal: Principal, key: CryptoKey) {
      const entry = held.get(principalKey(principal));
      return entry?.key === key && !isOver(entry);
    },

    onDropped(listener: (person: string) => void) {
      listeners.push(listener);
    },

    async close() {
      disarm?.();
      disarm = undefined;
      closing.abort();
      for (const id of [...held.keys()]) drop(id);
      await Promise.all([confirmations.drained(), checks.drained()]);
    },
  });
}
