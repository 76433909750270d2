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
  readonly now: () => number;
  /** Secrets that redact by default. */
  readonly hide?: Hide;
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
  const runs = new Map<string, { readonly shared: SharedRun<CryptoKey>; readonly token: Secret<string> }>();

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
    const now = deps.now();
    const refused = held.get(id)?.refused ?? new Set();
    held.delete(id);
    // A key must not outlive its time in memory because its owner happens not to come back.
    for (const [other, { fetchedAt }] of held) if (now - fetchedAt >= KEY_CACHE_MS) held.delete(other);
    held.set(id, { key, fetchedAt: now, refused });
    for (const oldest of held.keys()) {
      if (held.size <= KEY_CACHE_ENTRIES) break;
      held.delete(oldest);
    }
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
          if (error instanceof Refused && isWithdrawn(error)) held.delete(id);
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
      if (entry === undefined || deps.now() - entry.fetchedAt >= Math.min(maxAgeMs, KEY_CACHE_MS)) {
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
        if (deps.now() - entry.fetchedAt < KEY_RECHECK_MS) return null;
        const marks = values.map((value) => value.slice(0, MARK_CHARS));
        if (marks.every((mark) => entry.refused.has(mark))) return null;
        for (const mark of marks) if (entry.refused.size < MAX_REFUSED_VALUES) entry.refused.add(mark);
      }
      return await fetchShared(caller, signal);
    },

    forget(principal: Principal) {
      const id = principalKey(principal);
      held.delete(id);
      runs.delete(id);
    },
  });
}

function isWithdrawn({ refusal }: Refused): boolean {
  return refusal.reason === "upstream-token-refused" || refusal.reason === "vault-not-initialised" ||
    refusal.reason === "zero-knowledge";
}
