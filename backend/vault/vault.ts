import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "../database/in_transaction.ts";
import { KEY_BYTES } from "../kit/limits.ts";
import type { KeyWrap } from "./key_wrap.ts";
import type { RecoveryWrap, VaultAction, VaultRow, VaultStore } from "./vault_store.ts";

/** What a person gets for their vault: the key, or what only their recovery code opens. */
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

/** Why the vault refuses. */
export type VaultRefusal = "not-initialised" | "zk-rotate-forbidden" | "zk-active" | "recovery-wrap-missing";

/** A value, or the reason there is none. */
export type VaultResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: VaultRefusal };

/** The encryption vault (auth-vault, section 5). Every call but `status` leaves an audit row. */
export interface Vault {
  status(userId: string): VaultStatus;
  /** Makes a key at the first call; afterwards the same as {@link Vault.key}. */
  init(userId: string): Promise<VaultKey>;
  key(userId: string): Promise<VaultResult<VaultKey>>;
  /** A new key; what was sealed with the old one stays unreadable. Drops the recovery wrap of the old key. */
  rotate(userId: string): Promise<VaultResult<VaultKey>>;
  setRecovery(userId: string, recovery: RecoveryWrap): VaultResult<void>;
  clearRecovery(userId: string): VaultResult<void>;
  /** Forgets the service's copy of the key. */
  enableZeroKnowledge(userId: string): VaultResult<void>;
  /** Takes the key back. Where zero-knowledge is off already, the stored key stays as it is. */
  disableZeroKnowledge(userId: string, masterKey: Uint8Array<ArrayBuffer>): Promise<VaultResult<void>>;
}

/** What the vault needs. */
export interface VaultDeps {
  readonly db: DatabaseSync;
  readonly store: VaultStore;
  readonly keyWrap: KeyWrap;
  readonly randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
}

/**
 * Creates the vault. Wrapping is asynchronous and a transaction is not, so keys are wrapped first and the state
 * is read again inside the transaction that decides.
 */
export function createVault({ db, store, keyWrap, randomBytes }: VaultDeps): Vault {
  const open = async (userId: string, row: VaultRow): Promise<VaultKey> => {
    if (row.key !== undefined) {
      const masterKey = (await keyWrap.unwrap(userId, row.key)).toBase64();
      return { masterKey, formatVersion: row.formatVersion, kekId: row.kekId };
    }
    if (row.recovery === undefined) {
      throw new Error("Cannot open a vault that has neither key nor recovery wrap");
    }
    const { recoveryWrappedMk, recoveryIv } = row.recovery;
    return { requiresRecoveryCode: true, recoveryWrappedMk, recoveryIv, formatVersion: row.formatVersion };
  };
  const expectRow = (userId: string): VaultRow => {
    const row = store.find(userId);
    if (row === undefined) throw new Error("Cannot find the vault that was just written");
    return row;
  };
  /** One decision and its writes: `decide` names a refusal, or writes and names what it did. */
  const change = (
    userId: string,
    decide: (row: VaultRow | undefined) => { refuse: VaultRefusal } | { did: VaultAction },
  ): VaultResult<void> =>
    inTransaction(db, () => {
      const decision = decide(store.find(userId));
      if ("refuse" in decision) return { ok: false, reason: decision.refuse };
      store.audit(userId, decision.did);
      return { ok: true, value: undefined };
    });

  return {
    status(userId) {
      const row = store.find(userId);
      const recovery = row?.recovery;
      return {
        vaultExists: row !== undefined,
        hasRecoveryWrap: recovery !== undefined,
        zeroKnowledge: row !== undefined && row.key === undefined,
        recoverySetAt: recovery === undefined ? null : new Date(recovery.setAt).toISOString(),
      };
    },

    async init(userId) {
      const fresh = store.find(userId) ? undefined : await keyWrap.wrap(userId, randomBytes(KEY_BYTES));
      const row = inTransaction(db, () => {
        // Two first calls at once: the second finds the first one's key and leaves it.
        const isNew = store.find(userId) === undefined && fresh !== undefined;
        if (isNew) store.setKey(userId, fresh);
        store.audit(userId, isNew ? "init" : "fetch");
        return expectRow(userId);
      });
      return await open(userId, row);
    },

    async key(userId) {
      const row = inTransaction(db, () => {
        const found = store.find(userId);
        store.audit(userId, found === undefined ? "failed_fetch" : "fetch");
        return found;
      });
      return row === undefined
        ? { ok: false, reason: "not-initialised" }
        : { ok: true, value: await open(userId, row) };
    },

    async rotate(userId) {
      const fresh = await keyWrap.wrap(userId, randomBytes(KEY_BYTES));
      const changed = change(userId, (row) => {
        if (row !== undefined && row.key === undefined) return { refuse: "zk-rotate-forbidden" };
        store.setKey(userId, fresh);
        store.setRecovery(userId, undefined);
        return { did: "rotate" };
      });
      return changed.ok ? { ok: true, value: await open(userId, expectRow(userId)) } : changed;
    },

    setRecovery: (userId, recovery) =>
      change(userId, (row) => {
        if (row === undefined) return { refuse: "not-initialised" };
        store.setRecovery(userId, recovery);
        return { did: "recovery_set" };
      }),

    clearRecovery: (userId) =>
      change(userId, (row) => {
        if (row === undefined) return { refuse: "not-initialised" };
        // The wrap is the last copy of the key then; dropping it would lose the person's data.
        if (row.key === undefined) return { refuse: "zk-active" };
        store.setRecovery(userId, undefined);
        return { did: "recovery_clear" };
      }),

    enableZeroKnowledge(userId) {
      const changed = change(userId, (row) => {
        if (row === undefined) return { refuse: "not-initialised" };
        if (row.recovery === undefined) return { refuse: "recovery-wrap-missing" };
        store.dropKey(userId);
        return { did: "zk_enable" };
      });
      // The write-ahead log still holds the page with the wrapped key; "forgotten" has to mean the disk as well.
      if (changed.ok) db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      return changed;
    },

    async disableZeroKnowledge(userId, masterKey) {
      const wrapped = await keyWrap.wrap(userId, masterKey);
      return change(userId, (row) => {
        if (row === undefined) return { refuse: "not-initialised" };
        if (row.key === undefined) store.setKey(userId, wrapped);
        return { did: "zk_disable" };
      });
    },
  };
}
