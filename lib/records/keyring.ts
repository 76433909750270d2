import { bearerOf, type Caller, type Principal, principalKey } from "../auth/principal.ts";
import { Refused, ZeroKnowledgeUserError } from "../errors.ts";
import { KEY_CACHE_ENTRIES, KEY_CACHE_MS } from "../limits.ts";
import { type Hide, hide, type Secret } from "../secret.ts";
import type { UpstreamClient } from "../upstream.ts";
import { importMasterKey } from "./cipher.ts";
import { type SharedRun, startSharedRun } from "./shared_run.ts";
import { parseVaultKeyAnswer } from "./wire.ts";

/** A key younger than this is taken for current: a value it does not open is not asked about again. */
export const KEY_RECHECK_MS = 10_000;
/** Values remembered per key that stayed closed although the key was asked for anew. */
const MAX_REFUSED_VALUES = 2_000;
/** Enough of a sealed value to know it again: prefix and IV. */
const MARK_CHARS = 22;

/** Dependencies of {@link createKeyring}. */
export interface KeyringDeps {
  readonly upstream: UpstreamClient;
  /** Origin of the vault, without a trailing slash. */
  readonly vaultUrl: string;
  /** Milliseconds of a clock that never jumps: one that was set back would lengthen the life of a key. */
  readonly monotonic: () => number;
  /** Secrets that redact by default. */
  readonly hide?: Hide;
  /**
   * Runs something later, unless the returned function is called first. With it a key leaves memory when its time is
   * over; without, it is no longer used then, and leaves with the next key that comes.
   */
  readonly schedule?: (run: () => void, delayMs: number) => () => void;
}

/** Master keys by person, for minutes, non-extractable. */
export interface Keyring {
  /**
   * The person's key, not older than `maxAgeMs` (KEY_CACHE_MS at most and by default). Throws ZeroKnowledgeUserError,
   * Refused `vault-not-initialised`, `vault-key-invalid`, `upstream-token-refused`, `upstream-failed`, `cancelled`.
   */
  key(caller: Caller, signal: AbortSignal, maxAgeMs?: number): Promise<CryptoKey>;
  /**
   * The key to try instead of `refused`, which did not open `values` (rotation, auth-vault section 5); null when asking
   * the vault again would tell nothing new: the key is fresh, or all these values stayed closed after an earlier
   * renewal. So values that never open cost no audit row per call. Throws what {@link key} throws.
   */
  renew(
    caller: Caller,
    refused: CryptoKey,
    values: readonly string[],
    signal: AbortSignal,
  ): Promise<CryptoKey | null>;
  /** Forgets a person's key at once. */
  forget(principal: Principal): void;
  /** Whether this very key is what {@link key} would give without asking the vault. */
  holds(principal: Principal, key: CryptoKey): boolean;
  /**
   * Calls `listener` with the `principalKey` of whoever's key is no longer held: its time is over, it was forgotten,
   * replaced, refused, or had to make room. What was opened with it must go as well.
   */
  onDropped(listener: (person: string) => void): void;
  /** Forgets every key and waits for nothing any more. */
  close(): void;
}

interface HeldKey {
  readonly key: CryptoKey;
  readonly fetchedAt: number;
  /** Marks of values that this person's keys did not open. */
  readonly refused: Set<string>;
}

/** Creates an empty keyring. */
export function createKeyring(deps: KeyringDeps): Keyring {
  const url = `${deps.vaultUrl}/api/v1/me/encryption-vault/key`;
  /** In order of use, least recent first. */
  const held = new Map<string, HeldKey>();
  const listeners: ((person: string) => void)[] = [];
  let disarm: (() => void) | undefined;
  const runs = new Map<string, { readonly shared: SharedRun<CryptoKey>; readonly token: Secret<string> }>();

  const drop = (id: string): void => {
    if (!held.delete(id)) return;
    for (const listener of listeners) listener(id);
  };

  // A key must not outlive its time in memory because its owner happens not to come back.
  const dropExpired = (): void => {
    const now = deps.monotonic();
    for (const [id, { fetchedAt }] of held) if (now - fetchedAt >= KEY_CACHE_MS) drop(id);
  };

  const arm = (): void => {
    if (deps.schedule === undefined || disarm !== undefined || held.size === 0) return;
    const oldest = Math.min(...[...held.values()].map(({ fetchedAt }) => fetchedAt));
    // Never at once again and again, should the two clocks disagree.
    const waitMs = Math.max(1_000, oldest + KEY_CACHE_MS - deps.monotonic());
    disarm = deps.schedule(() => {
      disarm = undefined;
      dropExpired();
      arm();
    }, waitMs);
  };

  const fetchKey = async (caller: Caller, signal: AbortSignal): Promise<CryptoKey> => {
    const answer = await deps.upstream.send({
      upstream: "vault",
      url,
      headers: bearerOf(caller),
      trail: caller.trail,
      signal,
    });
    const { status } = answer;
    if (status === 401) throw new Refused({ reason: "upstream-token-refused", upstream: "vault" });
    if (status === 404 && answer.code === "VAULT_NOT_INITIALISED") {
      throw new Refused({ reason: "vault-not-initialised" });
    }
    if (status < 200 || status >= 300) {
      const fault = status >= 500 ? "failed" : "rejected";
      throw new Refused({ reason: "upstream-failed", upstream: "vault", fault, status });
    }
    const parsed = parseVaultKeyAnswer(answer.json, deps.hide ?? hide);
    if (parsed.kind === "zero-knowledge") throw new ZeroKnowledgeUserError();
    const key = parsed.kind === "key" ? await importMasterKey(parsed.masterKey) : null;
    if (key === null) throw new Refused({ reason: "vault-key-invalid" });
    return key;
  };

  const store = (id: string, key: CryptoKey): void => {
    const refused = held.get(id)?.refused ?? new Set();
    drop(id);
    dropExpired();
    held.set(id, { key, fetchedAt: deps.monotonic(), refused });
    for (const oldest of held.keys()) {
      if (held.size <= KEY_CACHE_ENTRIES) break;
      drop(oldest);
    }
    arm();
  };

  const startRun = (id: string, caller: Caller) => {
    const run = {
      token: caller.token,
      shared: startSharedRun(async (signal) => {
        try {
          const key = await fetchKey(caller, signal);
          // Forgotten meanwhile: whoever waits may use the answer once, nobody later.
          if (runs.get(id) === run) store(id, key);
          return key;
        } catch (error) {
          // The vault has withdrawn what we hold: token refused, vault gone, or the person chose zero-knowledge.
          if (error instanceof Refused && isWithdrawn(error)) drop(id);
          throw error;
        }
      }),
    };
    runs.set(id, run);
    void run.shared.over.then(() => {
      if (runs.get(id) === run) runs.delete(id);
    });
    return run;
  };

  const fetchShared = async (caller: Caller, signal: AbortSignal): Promise<CryptoKey> => {
    const id = principalKey(caller.principal);
    for (;;) {
      const running = runs.get(id);
      const run = running !== undefined && !running.shared.isAbandoned() ? running : startRun(id, caller);
      try {
        return await run.shared.join(signal);
      } catch (error) {
        // Another call's token was refused, which says nothing of this one's.
        const isOthers = !run.token.equals(caller.token) && error instanceof Refused &&
          error.refusal.reason === "upstream-token-refused";
        if (!isOthers) throw error;
      }
    }
  };

  return Object.freeze({
    async key(caller: Caller, signal: AbortSignal, maxAgeMs = KEY_CACHE_MS) {
      if (signal.aborted) throw new Refused({ reason: "cancelled" });
      const id = principalKey(caller.principal);
      const entry = held.get(id);
      if (entry === undefined || deps.monotonic() - entry.fetchedAt >= Math.min(maxAgeMs, KEY_CACHE_MS)) {
        return await fetchShared(caller, signal);
      }
      held.delete(id);
      held.set(id, entry);
      return entry.key;
    },

    async renew(caller: Caller, refused: CryptoKey, values: readonly string[], signal: AbortSignal) {
      const id = principalKey(caller.principal);
      const entry = held.get(id);
      if (entry !== undefined) {
        if (entry.key !== refused) return entry.key;
        if (deps.monotonic() - entry.fetchedAt < KEY_RECHECK_MS) return null;
        const marks = values.map((value) => value.slice(0, MARK_CHARS));
        if (marks.every((mark) => entry.refused.has(mark))) return null;
        for (const mark of marks) if (entry.refused.size < MAX_REFUSED_VALUES) entry.refused.add(mark);
      }
      return await fetchShared(caller, signal);
    },

    forget(principal: Principal) {
      const id = principalKey(principal);
      drop(id);
      runs.delete(id);
    },

    holds(principal: Principal, key: CryptoKey) {
      const entry = held.get(principalKey(principal));
      return entry?.key === key && deps.monotonic() - entry.fetchedAt < KEY_CACHE_MS;
    },

    onDropped(listener: (person: string) => void) {
      listeners.push(listener);
    },

    close() {
      disarm?.();
      disarm = undefined;
      for (const id of [...held.keys()]) drop(id);
      runs.clear();
    },
  });
}

function isWithdrawn({ refusal }: Refused): boolean {
  return refusal.reason === "upstream-token-refused" || refusal.reason === "vault-not-initialised" ||
    refusal.reason === "zero-knowledge";
}
