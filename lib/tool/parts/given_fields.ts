// The fields that a call of a changing tool gives, out of those that it may give.

import { refuseInput } from "../refuse_input.ts";

/**
 * The members of `input` that are given: null counts, undefined does not. Throws Refused `input-invalid` where nothing is
 * given, with the names of what may be.
 *
 * @param names all fields that the tool can change
 */
export function givenFields<I extends object>(input: I, names: readonly (keyof I & string)[]): Given<I> {
  const given: Given<I> = {};
  let isAny = false;
  for (const name of names) {
    const value = input[name];
    if (!isGiven(value)) continue;
    given[name] = value;
    isAny = true;
  }
  if (!isAny) refuseInput(`nothing to change: give at least one of ${names.join(", ")}`);
  return given;
}

/** Some of the members of an input, none of them undefined. */
export type Given<I> = { [K in keyof I]?: Exclude<I[K], undefined> };

function isGiven<T>(value: T): value is Exclude<T, undefined> {
  return value !== undefined;
}
