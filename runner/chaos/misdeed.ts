// What a misdeed is: calls that are wrong on purpose, each with the answer that is right. Like a deed it is chosen by chance and by what
// the persona knows of its own records. A wrong call that is accepted, and a right one that is refused, is found by the check `right-answer`.
import type { Expectation, Wish } from "../brain/brain.ts";
import type { Making, Row } from "../behaviours/behaviour.ts";

/** One kind of misbehaviour. */
export interface Misdeed {
  readonly name: string;
  /** How often, beside the other misdeeds of the archetype. */
  readonly weight: number;
  /** Tools that have to be offered. */
  readonly tools: readonly string[];
  /** How many calls it takes, where these are more than a few: it needs a day that has room for all of them. */
  readonly calls?: number;
  /** The calls, made one after the other; none where there is nothing to do it to now. */
  readonly wishes: (making: Mischievous) => readonly Wish[];
}

/** What a misdeed is made of. */
export interface Mischievous extends Omit<Making, "row"> {
  /** The persona's own records of a module, in an order that is the same each time. */
  rows(module: string): readonly Row[];
  /** Ids of records of a module that the persona has deleted today, oldest first. */
  deleted(module: string): readonly string[];
}

/** The call is refused with this reason. */
export function refused(code: string): Expectation {
  return { result: "refused", code };
}

/** The call is carried out. */
export const CARRIED_OUT: Expectation = { result: "ok" };

/** Whatever happens, a refusal has this reason. */
export function atMost(code: string): Expectation {
  return { result: "any", code };
}
