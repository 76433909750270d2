// What must hold of every answer: it is no server error, it fits the schema that the tool is listed with, and it was timed.
import type { Violation } from "../brain/brain.ts";
import { type Seen, violation } from "./seen.ts";

/** Looks at the answer alone. No answer at all is no violation: the tick's ending tells of a gateway that is away. */
export function checkAnswer(seen: Seen): readonly Violation[] {
  const { status, code, result, latencyMs } = seen.outcome;
  const found: Violation[] = [];
  if (status >= 500 || code === "internal") {
    found.push(violation(seen, "server-error", "the gateway answered with an error of its own"));
  }
  if (code === "schema") {
    found.push(violation(seen, "schema", "the result does not fit the tool's output schema"));
  }
  if (code === "not-a-result" && status > 0 && status < 500) {
    found.push(violation(seen, "schema", "the answer is no result of a tool call"));
  }
  if (code === "approval-ignored") {
    found.push(
      violation(seen, "approval", "the call was carried out although the person said no on its page"),
    );
  }
  if (code === "approval-lost") {
    found.push(violation(seen, "approval", "the call still waits although the person has allowed it"));
  }
  if (result !== "failed" && !(Number.isFinite(latencyMs) && latencyMs >= 0)) {
    found.push(violation(seen, "latency", "the call was not timed"));
  }
  return found;
}
