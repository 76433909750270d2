// The fields that a call of a changing tool gives, out of those that it may give.

import { refuseInput } from "../refuse_input.ts";

/**
 * The members of `input` that are given: null counts, undefined does not. Throws Refused `input-invalid` where nothing is
 * given, with the names of what may be.
 *
 * @param names all fields that the tool can change
 */
export function givenFields<I extends object>(input: I, names: readonly (keyof I & string)[]): Partial<I> {
  const given: Partial<I> = {};
  let isAny = false;
  for (const name of names) {
    const value = input[name];
    if (value === undefined) continue;
    given[name] = value;
    isAny = true;
  }
  if (!isAny) refuseInput(`nothing to change: give at least one of ${names.join(", ")}`);
  return given;
}
