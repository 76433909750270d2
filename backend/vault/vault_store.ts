// Rows of `vaults` and `vault_audit`. Decides nothing and begins no transaction: vault.ts does.
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { WrappedKey } from "./key_wrap.ts";

/** Rows of the vault. The caller holds the transaction. */
export interface VaultStore {
  find(userId: string): VaultRow | undefined;
  /** The wrapped key of some person. It opens only with the right key of the installation. */
  findAnyKey(): { readonly userId: string; readonly key: WrappedKey } | undefined;
  /** Makes a vault with this key, or replaces the key of a vault, which leaves zero-knowledge mode. */
  setKey(userId: string, key: WrappedKey): void;
  /** Forgets the service's copy of the key; the schema refuses it without a recovery wrap. */
  dropKey(userId: string): void;
  setRecovery(userId: string, recovery: RecoveryWrap | undefined): void;
  audit(userId: string, action: VaultAction): void;
}

/** Reads and writes `vaults` and `vault_audit`. */
export function createVaultStore(db: DatabaseSync, now: () => number): VaultStore {
  const find = db.prepare(
    `SELECT wrapped_key, wrap_iv, format_version, kek_id, recovery_wrapped_mk, recovery_iv, recovery_set_at
     FROM vaults WHERE user_id = ?`,
  );
  const findAnyKey = db.prepare(
    "SELECT user_id, wrapped_key, wrap_iv FROM vaults WHERE wrapped_key IS NOT NULL LIMIT 1",
  );
  const setKey = db.prepare(
    `INSERT INTO vaults (user_id, wrapped_key, wrap_iv, format_version, kek_id, created_at, updated_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)
     ON CONFLICT (user_id) DO UPDATE SET wrapped_key = ?2, wrap_iv = ?3, zero_knowledge = 0, updated_at = ?6`,
  );
  const dropKey = db.prepare(
    "UPDATE vaults SET wrapped_key = NULL, wrap_iv = NULL, zero_knowledge = 1, updated_at = ?2 WHERE user_id = ?1",
  );
  const setRecovery = db.prepare(
    `UPDATE vaults SET recovery_wrapped_mk = ?2, recovery_iv = ?3, recovery_set_at = ?4, updated_at = ?5
     WHERE user_id = ?1`,
  );
  const audit = db.prepare("INSERT INTO vault_audit (user_id, action, at) VALUES (?, ?, ?)");
  return {
    find: (userId) => Row.optional().parse(find.get(userId)),
    findAnyKey: () => AnyKey.optional().parse(findAnyKey.get()),
    setKey: (userId, key) => void setKey.run(userId, key.bytes, key.iv, FORMAT_VERSION, KEK_ID, now()),
    dropKey: (userId) => void dropKey.run(userId, now()),
    setRecovery: (userId, recovery) =>
      void setRecovery.run(
        userId,
        recovery?.recoveryWrappedMk ?? null,
        recovery?.recoveryIv ?? null,
        recovery === undefined ? null : now(),
        now(),
      ),
    audit: (userId, action) => void audit.run(userId, action, now()),
  };
}

/** The actions that the audit knows (auth-vault, section 5). */
export type VaultAction =
  | "init"
  | "fetch"
  | "rotate"
  | "failed_fetch"
  | "recovery_set"
  | "recovery_clear"
  | "zk_enable"
  | "zk_disable";

/** The master key, wrapped with a key that only the person's recovery code gives. Opaque here. */
export interface RecoveryWrap {
  readonly recoveryWrappedMk: string;
  readonly recoveryIv: string;
}

/** The vault of a person. Without a `key` it is in zero-knowledge mode. */
export interface VaultRow {
  readonly key: WrappedKey | undefined;
  readonly formatVersion: number;
  readonly kekId: string;
  readonly recovery: (RecoveryWrap & { readonly setAt: number }) | undefined;
}

/** The only version there is (crypto, section 7). */
const FORMAT_VERSION = 1;

/** Name of the key-encryption key on the wire. */
const KEK_ID = "env-v1";

const bytes = z.instanceof(Uint8Array).transform((view) => new Uint8Array(view));

const Row = z.object({
  wrapped_key: bytes.nullable(),
  wrap_iv: bytes.nullable(),
  format_version: z.number(),
  kek_id: z.string(),
  recovery_wrapped_mk: z.string().nullable(),
  recovery_iv: z.string().nullable(),
  recovery_set_at: z.number().nullable(),
}).transform((row): VaultRow => ({
  key: row.wrapped_key && row.wrap_iv ? { bytes: row.wrapped_key, iv: row.wrap_iv } : undefined,
  formatVersion: row.format_version,
  kekId: row.kek_id,
  recovery: row.recovery_wrapped_mk !== null && row.recovery_iv !== null && row.recovery_set_at !== null
    ? {
      recoveryWrappedMk: row.recovery_wrapped_mk,
      recoveryIv: row.recovery_iv,
      setAt: row.recovery_set_at,
    }
    : undefined,
}));

const AnyKey = z.object({ user_id: z.string(), wrapped_key: bytes, wrap_iv: bytes }).transform((row) => ({
  userId: row.user_id,
  key: { bytes: row.wrapped_key, iv: row.wrap_iv },
}));
