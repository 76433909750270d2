// A call that names its right answer gets that one: a wrong call that is carried out is a violation, and so is a right one that is refused.
import type { Violation } from "../brain/brain.ts";
import { type Seen, violation } from "./seen.ts";

/** Compares what came with what was expected. */
export function checkRightAnswer(seen: Seen): readonly Violation[] {
  const { wish: { expects }, outcome: { result, code } } = seen;
  if (expects === undefined || result === "failed" || result === "refused" && isAllowed(seen)) return [];
  if (expects.result === "refused" && result === "ok") {
    return [violation(seen, NAME, "a wrong call was carried out")];
  }
  if (expects.result === "ok" && result === "refused") {
    return [violation(seen, NAME, "a right call was refused")];
  }
  if (result === "refused" && expects.code !== undefined && code !== expects.code) {
    return [violation(seen, NAME, "the call was refused for another reason")];
  }
  return [];
}

const NAME = "right-answer";

/** Reasons that say nothing of the call itself: it came too often, waits for the person, or the person's answer was too late to count. */
function isAllowed({ wish: { answer }, outcome: { code } }: Seen): boolean {
  return code !== null && (ALLOWED.includes(code) || answer === "late" && code === "confirmation-expired");
}

const ALLOWED: readonly string[] = [
  "rate-limit-exceeded",
  "share-exceeded",
  "disclosure-budget",
  "approval-needed",
  "approvals-rate",
  "overloaded",
  "stopping",
];
