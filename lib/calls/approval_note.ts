// What stands beside a refusal for the card of a call that waits for the person (views/approval): where they decide, until when, and
// which tool it is. Nothing of a record and no argument: hosts keep results on the person's disk, in the clear, and the card has the
// arguments from its host.
import type { Refusal } from "../kit/errors.ts";
import type { Tool } from "../tool/define_tool.ts";

/** `_meta` of the refused call; undefined where it does not wait. */
export function approvalNote(
  refusal: Refusal,
  { title }: Pick<Tool, "title">,
): Readonly<Record<string, unknown>> | undefined {
  if (refusal.reason !== "approval-needed") return undefined;
  const { id, url, until } = refusal;
  return { "mana/approval": { id, url, until: new Date(Math.min(until, LATEST_MS)).toISOString(), title } };
}

/** The latest moment that ISO 8601 can say (ECMA-262, time values): a stored number may be beyond it. */
const LATEST_MS = 8.64e15;
