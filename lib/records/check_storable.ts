import { Refused } from "../kit/errors.ts";
import { HALF_PAIR } from "../kit/half_pairs.ts";
import { couldPassForSealed } from "../sealing/cipher.ts";

/**
 * Throws Refused `value-not-storable` for what the sync service or a reader cannot keep apart: U+0000 anywhere (its
 * database refuses it in the middle of a batch), numbers JSON has no form for, half characters, and in a field that the table lists as sealed text that would be taken for ciphertext on the way back.
 */
export function checkStorable(
  field: string,
  value: unknown,
  { isListed }: { readonly isListed: boolean },
): void {
  if (isListed && typeof value === "string" && couldPassForSealed(value)) {
    throw refused(field, "text that starts with `enc:` is taken for ciphertext, put something before it");
  }
  const pending: unknown[] = [value];
  while (pending.length > 0) {
    const item = pending.pop();
    if (typeof item === "string" && item.includes("\0")) {
      throw refused(field, "it contains the character U+0000");
    }
    // Sealed, it would come back and break readers; in plaintext the service would store another character silently.
    if (typeof item === "string" && !item.isWellFormed()) throw refused(field, HALF_PAIR);
    if (typeof item === "number" && !Number.isFinite(item)) {
      throw refused(field, "it contains a number that is not finite");
    }
    if (typeof item !== "object" || item === null) continue;
    for (const [name, member] of Object.entries(item)) pending.push(name, member);
  }
}

function refused(field: string, why: string): Refused {
  return new Refused({ reason: "value-not-storable", field, why });
}

/** Whether two JSON values are the same; the order of members does not count. */
export function isSameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b) || a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a);
  const right = new Map<string, unknown>(Object.entries(b));
  return left.length === right.size &&
    left.every(([name, value]) => right.has(name) && isSameValue(value, right.get(name)));
}
