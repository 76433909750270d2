// What may be stored: values that the sync service and every reader keep apart from others.

import { Refused } from "../../kit/errors.ts";
import { HALF_PAIR } from "../../kit/half_pairs.ts";
import { couldPassForSealed } from "../../sealing/cipher.ts";

/**
 * Throws Refused `value-not-storable` for U+0000 anywhere (the database of the sync service refuses it in the middle of a
 * batch), for numbers that JSON has no form for, for half characters, and in a sealed field (`isListed`) for text that would
 * be taken for ciphertext on the way back.
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
    // Sealed, half a character would come back and break readers. In plaintext the service would silently store another.
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
