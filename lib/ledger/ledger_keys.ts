// The two keys that the ledger derives of a person's master key: one seals rows, the other makes the marks of arguments. A mark tells
// whether two calls had the same arguments, and nothing else to anybody without the key.
import { createHmac, KeyObject } from "node:crypto";
import { canonicalJson } from "../kit/canonical_json.ts";
import type { MasterKeys } from "../sealing/master_key.ts";

/** The keys of people, as long as their master keys are held. */
export interface LedgerKeys {
  /** Seals and opens rows. */
  sealing(masterKey: CryptoKey): Promise<CryptoKey>;
  /** Marks arguments with 32 hex digits; null where the key of the marks was not made yet ({@link prepared}). */
  marks(masterKey: CryptoKey): MarkArguments | null;
  /** The same, made where it is missing. */
  prepared(masterKey: CryptoKey): Promise<MarkArguments>;
}

/** The mark of a call's arguments. */
export type MarkArguments = (args: unknown) => string;

/** Starts with no key. */
export function createLedgerKeys(masterKeys: Pick<MasterKeys, "sealingKey" | "macKey">): LedgerKeys {
  const marks = new WeakMap<CryptoKey, MarkArguments>();
  return Object.freeze({
    sealing: (masterKey: CryptoKey) => masterKeys.sealingKey(masterKey, "mana-mcp/ledger/v1"),
    marks: (masterKey: CryptoKey) => marks.get(masterKey) ?? null,
    async prepared(masterKey: CryptoKey) {
      const key = KeyObject.from(await masterKeys.macKey(masterKey, "mana-mcp/ledger-args/v1"));
      const mark = (args: unknown) =>
        createHmac("sha256", key).update(canonicalJson(args)).digest().toString("hex", 0, MARK_BYTES);
      marks.set(masterKey, mark);
      return mark;
    },
  });
}

const MARK_BYTES = 16;
