// The words of the refusal of a call that waits for the person.
import { counted } from "../counted.ts";

/** A call that the person has to allow on their page first. */
export interface ApprovalNeeded {
  readonly reason: "approval-needed";
  /** `unanswered`: the client closed its form at once; `unknown`: the person said yes, and not all may be stored yet. */
  readonly why: "asked" | "unanswered" | "unknown";
  readonly url: string;
  readonly minutes: number;
  /** When the question ends, in milliseconds since 1970. */
  readonly until: number;
  readonly id: string;
  /** The tool that says what came of it, as clients call it. */
  readonly tellingTool: string;
}

/** Where the person decides, and what the app does then. */
export function approvalNeeded(
  { why, url, minutes, id, tellingTool }: ApprovalNeeded,
): string {
  const then = `Then call ${tellingTool} with the id ${id}, or make this call again.`;
  if (why === "unknown") {
    return `The person said yes, but it is not known whether everything is stored. Ask them to open ${url} once more. ${then}`;
  }
  const unanswered = why === "unanswered"
    ? "The form that asked the person was closed without an answer: perhaps nobody saw it. "
    : "";
  // Without the title of a record: clients write the texts of refusals into logs on the person's disk, in the clear.
  return `${unanswered}Not done: the person has to allow this. Ask them to open ${url} and decide there ` +
    `(${counted(minutes, "minute")}). ${then}`;
}
