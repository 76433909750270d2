import { Refused } from "../kit/errors.ts";

/** Refuses an input that its schema allows but that makes no sense, in words a model can act on. Always throws. */
export function refuseInput(problem: string): never {
  throw new Refused({ reason: "input-invalid", problems: [problem] });
}
