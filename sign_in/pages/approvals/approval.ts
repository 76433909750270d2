// What the pages need to know of an approval beyond its fields (gateway/answers.ts): whether anything can still be pressed.
import type { Approval } from "../../gateway/answers.ts";

/** Whether the person still has a button to press: for a yes or no, or to complete a yes whose outcome nobody knows. */
export function hasButton({ status }: Approval): boolean {
  return status === "open" || status === "unknown";
}
