// What a call gives of a record's fields. Clients that fill strict schemas send null or an empty text for what nobody said, so
// neither empties a field: a changing tool takes a list `clear` of the fields to empty.

import { z } from "zod";
import { refuseInput } from "../refuse_input.ts";

/** The input `clear` of a changing tool: which of these fields to empty. */
export function clearInput<const N extends readonly [string, ...string[]]>(names: N) {
  return z.array(z.enum(names)).max(names.length).optional().describe("fields to empty");
}

/** The members that say something: neither undefined nor a blank text. A new record has its defaults for the others. */
export function filledFields<I extends object>(input: I): Given<I> {
  const filled: Given<I> = {};
  for (const name in input) {
    const value = input[name];
    if (isFilled(value)) filled[name] = value;
  }
  return filled;
}

/**
 * The fields that a call changes: the filled ones, and null for those in `clear`. Throws Refused `input-invalid` where there
 * is none, and for a field that is both given and to be emptied.
 */
export function patchOf<I extends object, C extends string = never>(
  input: I,
  clear: readonly C[] = [],
): Patch<I, C> {
  const filled = filledFields(input);
  const both = clear.find((name) => name in filled);
  if (both !== undefined) refuseInput(`clear: ${both} is given a value as well`);
  const patch: object = { ...Object.fromEntries(clear.map((name) => [name, null])), ...filled };
  if (Object.keys(patch).length === 0) refuseInput("nothing to change: give at least one field");
  return isPatchOf<I, C>(patch) ? patch : refuseInput("nothing to change");
}

/** Some of the members of an input, and null for some of those that can be emptied. */
export type Patch<I, C extends string> = {
  [K in keyof I | C]?: (K extends keyof I ? Exclude<I[K], undefined> : never) | (K extends C ? null : never);
};

/** Some of the members of an input, none of them undefined. */
export type Given<I> = { [K in keyof I]?: Exclude<I[K], undefined> };

function isFilled<T>(value: T): value is Exclude<T, undefined> {
  return value !== undefined && (typeof value !== "string" || value.trim() !== "");
}

// The patch was put together of both just now; this function says so to the compiler.
function isPatchOf<I, C extends string>(patch: object): patch is Patch<I, C> {
  return Object.values(patch).every((value) => value !== undefined);
}
