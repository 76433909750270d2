import type { ActiveSpace } from "../spaces/active_space.ts";
import type { Caller } from "../people/principal.ts";
import { MAX_JSON_DEPTH } from "../kit/limits.ts";
import { Refused } from "../kit/errors.ts";
import { type Cipher, isSealed, looksSealed } from "./cipher.ts";
import { isDeeperThan } from "../kit/is_deeper_than.ts";
import type { Keyring } from "./keyring.ts";

/** Dependencies of {@link createOpener}. */
export interface OpenerDeps {
  readonly keyring: Pick<Keyring, "key" | "renew">;
  readonly cipher: Cipher;
  readonly requireSealed: boolean;
  readonly caller: Caller;
  readonly space: ActiveSpace;
  readonly signal: AbortSignal;
}

/** Opens stored values of sealed fields, for one call. */
export interface Opener {
  /**
   * One result per value, in order. The key is fetched when a value needs it, and at most once anew when one does not
   * open. Throws what Keyring.key throws; in a space that is not sealed a person without a key just reads no sealed
   * value there.
   */
  open(values: readonly unknown[]): Promise<readonly FieldValue[]>;
  /** Values met in plaintext although the space and the field are sealed. */
  unsealed(): number;
}

/** A field's value, or that it cannot be read. */
export type FieldValue = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

const CLOSED: FieldValue = { ok: false };

/** Creates an opener. */
export function createOpener(deps: OpenerDeps): Opener {
  const { caller, space, signal } = deps;
  let key: CryptoKey | null = null;
  let hasNoKey = false;
  let isRenewed = false;
  let unsealed = 0;

  const keyOnce = async (): Promise<CryptoKey | null> => {
    if (key !== null || hasNoKey) return key;
    try {
      key = await deps.keyring.key(caller, signal);
    } catch (error) {
      // Co-members' ciphertext must not keep a person without a key from the plaintext of a shared space (crypto 4).
      if (space.sealed || !(error instanceof Refused) || !isNoKey(error)) throw error;
      hasNoKey = true;
    }
    return key;
  };

  /** A value that is not ciphertext, or undefined where it is. */
  const openPlain = (value: unknown): FieldValue | undefined => {
    if (value === undefined || value === null) return { ok: true, value };
    // Of another version, or sealed for nobody: never shown as text.
    if (looksSealed(value)) return isSealed(value) ? undefined : CLOSED;
    if (!space.sealed) return { ok: true, value };
    unsealed += 1;
    return deps.requireSealed ? CLOSED : { ok: true, value };
  };

  const openWith = async (
    by: CryptoKey,
    indexes: readonly number[],
    sealed: readonly string[],
    into: FieldValue[],
  ) => {
    const opened = await Promise.all(sealed.map((text) => deps.cipher.open(by, text)));
    const wrongKey: number[] = [];
    opened.forEach((result, position) => {
      const index = indexes[position];
      if (index === undefined) return;
      if (!result.ok && result.reason === "tag") wrongKey.push(position);
      const isFine = result.ok && !isDeeperThan(result.value, MAX_JSON_DEPTH);
      into[index] = isFine ? { ok: true, value: result.value } : CLOSED;
    });
    return wrongKey;
  };

  const pick = <T>(items: readonly T[], positions: readonly number[]): T[] =>
    items.filter((_, position) => positions.includes(position));

  return Object.freeze({
    async open(values: readonly unknown[]) {
      const results: FieldValue[] = [];
      const indexes: number[] = [];
      const sealed: string[] = [];
      values.forEach((value, index) => {
        results[index] = openPlain(value) ?? CLOSED;
        if (isSealed(value)) {
          indexes.push(index);
          sealed.push(value);
        }
      });
      if (sealed.length === 0) return results;
      const by = await keyOnce();
      if (by === null) return results;
      const wrongKey = await openWith(by, indexes, sealed, results);
      if (wrongKey.length === 0 || isRenewed || !space.sealed) return results;
      // The key may have been rotated since it was fetched (auth-vault section 5): ask once per call.
      isRenewed = true;
      const failed = pick(sealed, wrongKey);
      const renewed = await deps.keyring.renew(caller, by, failed, signal);
      if (renewed !== null) {
        key = renewed;
        await openWith(renewed, pick(indexes, wrongKey), failed, results);
      }
      return results;
    },
    unsealed: () => unsealed,
  });
}

function isNoKey({ refusal }: Refused): boolean {
  return refusal.reason === "zero-knowledge" || refusal.reason === "vault-not-initialised";
}
