// A person's master key: who may have it and in what state it is. One decision and its audit row are one transaction.
// Knows no HTTP (vault_routes.ts) and no cryptography (key_wrap.ts). Contract: auth-vault, section 5.
import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "../database/in_transaction.ts";
import { KEY_BYTES } from "../kit/limits.ts";
import type { KeyWrap } from "./key_wrap.ts";
import type { RecoveryWrap, VaultAction, VaultRow, VaultStore } from "./vault_store.ts";

/** The encryption vault. Every call but `status` leaves an audit row. */
export interface Vault {
  status(userId: string): VaultStatus;
  /** The first call makes a key; later calls are the same as {@link Vault.key}. */
  init(userId: string): Promise<VaultKey>;
  key(userId: string): Promise<VaultResult<VaultKey>>;
  /** Makes a new key and drops the recovery wrap of the old key. Texts sealed with the old key stay unreadable. */
  rotate(userId: string): Promise<VaultResult<VaultKey>>;
  setRecovery(userId: string, recovery: RecoveryWrap): VaultResult<void>;
  clearRecovery(userId: string): VaultResult<void>;
  /** Forgets the service's copy of the key. */
  enableZeroKnowledge(userId: string): VaultResult<void>;
  /** Takes the key back. Where zero-knowledge is off already, the stored key stays as it is. */
  disableZeroKnowledge(userId: string, masterKey: Uint8Array<ArrayBuffer>): Promise<VaultResult<void>>;
}

/**
 * Creates the vault. Wrapping is asynchronous and a transaction is not. So keys are wrapped first, and the state is
 * read again inside the transaction that decides.
 */
export function createVault(deps: VaultDeps): Vault {
  return {
    status: (userId) => statusOf(deps.store.find(userId)),
    init: (userId) => initVault(deps, userId),
    key: (userId) => fetchKey(deps, userId),
    rotate: (userId) => rotateKey(deps, userId),
    setRecovery: (userId, recovery) =>
      decide(deps, userId, (row) => {
        if (row === undefined) return { refuse: "not-initialised" };
        deps.store.setRecovery(userId, recovery);
        return { did: "recovery_set" };
      }),
    clearRecovery: (userId) =>
      decide(deps, userId, (row) => {
        if (row === undefined) return { refuse: "not-initialised" };
        // The wrap is the last copy of the key then; dropping it would lose the person's data.
        if (row.key === undefined) return { refuse: "zk-active" };
        deps.store.setRecovery(userId, undefined);
        return { did: "recovery_clear" };
      }),
    enableZeroKnowledge: (userId) => enableZeroKnowledge(deps, userId),
    disableZeroKnowledge: (userId, masterKey) => disableZeroKnowledge(deps, userId, masterKey),
  };
}

/** What the vault needs. */
export interface VaultDeps {
  readonly db: DatabaseSync;
  readonly store: VaultStore;
  readonly keyWrap: KeyWrap;
  readonly randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
}

/** The answer to a person who asks for their key: the key itself, or the wrap that only their recovery code opens. */
export type VaultKey =
  | { readonly masterKey: string; readonly formatVersion: number; readonly kekId: string }
  | (RecoveryWrap & { readonly requiresRecoveryCode: true; readonly formatVersion: number });

/** State of a vault without any key material. */
export interface VaultStatus {
  readonly vaultExists: boolean;
  readonly hasRecoveryWrap: boolean;
  readonly zeroKnowledge: boolean;
  /** ISO time, or null. */
  readonly recoverySetAt: string | null;
}

/** A value, or the reason why there is none. */
export type VaultResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: VaultRefusal };

/** Why the vault refuses. */
export type VaultRefusal = "not-initialised" | "zk-rotate-forbidden" | "zk-active" | "recovery-wrap-missing";

function statusOf(row: VaultRow | undefined): VaultStatus {
  const recovery = row?.recovery;
  return {
    vaultExists: row !== undefined,
    hasRecoveryWrap: recovery !== undefined,
    zeroKnowledge: row !== undefined && row.key === undefined,
    recoverySetAt: recovery === undefined ? null : new Date(recovery.setAt).toISOString(),
  };
}

async function initVault(deps: VaultDeps, userId: string): Promise<VaultKey> {
  const { db, store } = deps;
  const fresh = store.find(userId) ? undefined : await wrapNewKey(deps, userId);
  const row = inTransaction(db, () => {
    // Two first calls at once: the second finds the first one's key and leaves it.
    const isNew = store.find(userId) === undefined && fresh !== undefined;
    if (isNew) store.setKey(userId, fresh);
    store.audit(userId, isNew ? "init" : "fetch");
    return expectRow(store, userId);
  });
  return await openRow(deps.keyWrap, userId, row);
}

async function fetchKey({ db, store, keyWrap }: VaultDeps, userId: string): Promise<VaultResult<VaultKey>> {
  const row = inTransaction(db, () => {
    const found = store.find(userId);
    store.audit(userId, found === undefined ? "failed_fetch" : "fetch");
    return found;
  });
  return row === undefined
    ? { ok: false, reason: "not-initialised" }
    : { ok: true, value: await openRow(keyWrap, userId, row) };
}

async function rotateKey(deps: VaultDeps, userId: string): Promise<VaultResult<VaultKey>> {
  const { store } = deps;
  const fresh = await wrapNewKey(deps, userId);
  const changed = decide(deps, userId, (row) => {
    if (row !== undefined && row.key === undefined) return { refuse: "zk-rotate-forbidden" };
    store.setKey(userId, fresh);
    store.setRecovery(userId, undefined);
    return { did: "rotate" };
  });
  if (!changed.ok) return changed;
  return { ok: true, value: await openRow(deps.keyWrap, userId, expectRow(store, userId)) };
}

function enableZeroKnowledge(deps: VaultDeps, userId: string): VaultResult<void> {
  const changed = decide(deps, userId, (row) => {
    if (row === undefined) return { refuse: "not-initialised" };
    if (row.recovery === undefined) return { refuse: "recovery-wrap-missing" };
    deps.store.dropKey(userId);
    return { did: "zk_enable" };
  });
  // The write-ahead log still holds the page with the wrapped key; "forgotten" has to mean the disk as well.
  if (changed.ok) deps.db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  return changed;
}

async function disableZeroKnowledge(
  deps: VaultDeps,
  userId: string,
  masterKey: Uint8Array<ArrayBuffer>,
): Promise<VaultResult<void>> {
  const wrapped = await deps.keyWrap.wrap(userId, masterKey);
  return decide(deps, userId, (row) => {
    if (row === undefined) return { refuse: "not-initialised" };
    if (row.key === undefined) deps.store.setKey(userId, wrapped);
    return { did: "zk_disable" };
  });
}

/** Runs one decision in a transaction: `choose` names a refusal, or writes and names the action for the audit. */
function decide(
  { db, store }: VaultDeps,
  userId: string,
  choose: (row: VaultRow | undefined) => { refuse: VaultRefusal } | { did: VaultAction },
): VaultResult<void> {
  return inTransaction(db, () => {
    const decision = choose(store.find(userId));
    if ("refuse" in decision) return { ok: false, reason: decision.refuse };
    store.audit(userId, decision.did);
    return { ok: true, value: undefined };
  });
}

async function wrapNewKey({ keyWrap, randomBytes }: VaultDeps, userId: string) {
  return await keyWrap.wrap(userId, randomBytes(KEY_BYTES));
}

async function openRow(keyWrap: KeyWrap, userId: string, row: VaultRow): Promise<VaultKey> {
  if (row.key !== undefined) {
    const masterKey = (await keyWrap.unwrap(userId, row.key)).toBase64();
    return { masterKey, formatVersion: row.formatVersion, kekId: row.kekId };
  }
  if (row.recovery === undefined) {
    throw new Error("Cannot open a vault that has neither key nor recovery wrap");
  }
  const { recoveryWrappedMk, recoveryIv } = row.recovery;
  return { requiresRecoveryCode: true, recoveryWrappedMk, recoveryIv, formatVersion: row.formatVersion };
}

function expectRow(store: VaultStore, userId: string): VaultRow {
  const row = store.find(userId);
  if (row === undefined) throw new Error("Cannot find the vault that was just written");
  return row;
}
