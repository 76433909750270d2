// How a tool refuses an input that its schema allows but that makes no sense.

import { Refused } from "../kit/errors.ts";

/** Throws Refused `input-invalid`; `problem` is in words that a model can act on. */
export function refuseInput(problem: string): never {
  throw new Refused({ reason: "input-invalid", problems: [problem] });
}
