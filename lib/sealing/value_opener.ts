// Stored values of sealed fields, opened for one call: what is opened, what is shown as it is, and what stays closed. Chooses
// no record and caches nothing that was opened (that is records/opened_cache.ts).

import { Refused } from "../kit/errors.ts";
import { isDeeperThan } from "../kit/json.ts";
import { MAX_JSON_DEPTH } from "../kit/limits.ts";
import type { CallScope } from "../spaces/call_scope.ts";
import { type Cipher, isSealed, looksSealed } from "./cipher.ts";
import type { Keyring } from "./keyring.ts";
import { hasNoKey } from "./vault_client.ts";

const CLOSED: FieldValue = { ok: false };

/** Opens stored values of sealed fields, for one call. A class, since one is made per call. */
export class ValueOpener {
  readonly #deps: ValueOpenerDeps;
  #key: CryptoKey | null = null;
  /** Whether the vault has no key for a person who reads a space that is not sealed. */
  #hasNoKey = false;
  /** Whether the key was asked for anew, which happens once per call. */
  #isRenewed = false;
  #unsealed = 0;

  /** Starts without a key. */
  constructor(deps: ValueOpenerDeps) {
    this.#deps = deps;
  }

  /**
   * One result per value, in order. The key is fetched when a value needs it, and at most once anew when a value does not
   * open. Throws what Keyring.key throws. In a space that is not sealed, a person without a key reads no sealed value but
   * everything else.
   */
  async open(values: readonly unknown[]): Promise<readonly FieldValue[]> {
    const results: FieldValue[] = [];
    const sealed: SealedValue[] = [];
    values.forEach((value, index) => {
      results[index] = this.#openPlain(value) ?? CLOSED;
      if (isSealed(value)) sealed.push({ index, text: value });
    });
    if (sealed.length === 0) return results;
    const key = await this.#keyOnce();
    if (key === null) return results;
    const unopened = await this.#openWith(key, sealed, results);
    const { keyring, scope } = this.#deps;
    if (unopened.length === 0 || this.#isRenewed || !scope.space.sealed) return results;
    // The key may have been replaced since it was fetched (auth-vault section 5).
    this.#isRenewed = true;
    const renewed = await keyring.renew(scope.caller, key, unopened.map(({ text }) => text), scope.signal);
    if (renewed !== null) {
      this.#key = renewed;
      await this.#openWith(renewed, unopened, results);
    }
    return results;
  }

  /** How many values stood in plaintext although the space and the field are sealed and the apps seal there. */
  unsealed(): number {
    return this.#unsealed;
  }

  /** A value that is not ciphertext; undefined for ciphertext that can be tried. */
  #openPlain(value: unknown): FieldValue | undefined {
    if (value === undefined || value === null) return { ok: true, value };
    // Ciphertext of an unknown version, or text that only looks like ciphertext, is never shown as text.
    if (looksSealed(value)) return isSealed(value) ? undefined : CLOSED;
    const { plainTextsOccur, requireSealed, scope } = this.#deps;
    if (!scope.space.sealed || plainTextsOccur) return { ok: true, value };
    this.#unsealed += 1;
    return requireSealed ? CLOSED : { ok: true, value };
  }

  async #keyOnce(): Promise<CryptoKey | null> {
    if (this.#key !== null || this.#hasNoKey) return this.#key;
    const { keyring, scope } = this.#deps;
    try {
      this.#key = await keyring.key(scope.caller, scope.signal);
    } catch (error) {
      // Co-members' ciphertext must not keep a person without a key from the plaintext of a shared space (crypto 4).
      if (scope.space.sealed || !(error instanceof Refused) || !hasNoKey(error.refusal)) throw error;
      this.#hasNoKey = true;
    }
    return this.#key;
  }

  /** Puts opened values into `results`; returns the values that may have been sealed with another key. */
  async #openWith(
    key: CryptoKey,
    sealed: readonly SealedValue[],
    results: FieldValue[],
  ): Promise<readonly SealedValue[]> {
    const { cipher } = this.#deps;
    const opened = await Promise.all(sealed.map(({ text }) => cipher.open(key, text)));
    const unopened: SealedValue[] = [];
    sealed.forEach((value, position) => {
      const result = opened[position];
      if (result === undefined) return;
      if (!result.ok && result.reason === "tag") unopened.push(value);
      const isFine = result.ok && !isDeeperThan(result.value, MAX_JSON_DEPTH);
      results[value.index] = isFine ? { ok: true, value: result.value } : CLOSED;
    });
    return unopened;
  }
}

/** A field's value, or that it cannot be read. */
export type FieldValue = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

/** Dependencies of {@link ValueOpener}. */
export interface ValueOpenerDeps {
  readonly keyring: Pick<Keyring, "key" | "renew">;
  readonly cipher: Cipher;
  /** Whether plaintext in a sealed field of a sealed space stays closed. */
  readonly requireSealed: boolean;
  /** Whether the Mana apps themselves store plaintext in sealed fields of the table, so that it says nothing about its writer. */
  readonly plainTextsOccur: boolean;
  /** Whose key opens, in which space. Its signal is read only where the key is asked for. */
  readonly scope: Pick<CallScope, "caller" | "space" | "signal">;
}

/** A sealed value and its place among the given values. */
interface SealedValue {
  readonly index: number;
  readonly text: string;
}
