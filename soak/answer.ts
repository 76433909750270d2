import { z } from "zod";
import { NO_NODE, NODE_LOST } from "../tests/_support/nodes/round_robin.ts";

/** What became of a call, as far as its caller can know. */
export type Answer =
  | { readonly kind: "ok"; readonly output: Readonly<Record<string, unknown>> }
  /** Nothing was done, for certain. `request`: the id of what the person was asked. */
  | { readonly kind: "refused"; readonly reason: string; readonly request?: string }
  /** It may have been done. */
  | { readonly kind: "unknown"; readonly reason: string; readonly request?: string }
  /** An answer that nobody should ever get. */
  | { readonly kind: "broken"; readonly reason: string }
  /** No answer. */
  | { readonly kind: "hang"; readonly reason: string };

/** Reason of a refusal to a client that asked for more than it was allowed. */
export const OUTSIDE_GRANT = "outside of the grant";

/** Reason of an answer that tells the client to make the same call again, since a part of its rows is missing. */
export const UNFINISHED = "write-partly";

/** Reason of a refusal that has to wait for the person. */
export const NEEDS_YES = "the person has to allow it";
/** Reason of a refusal after the person said no. */
export const DECLINED = "the person said no";
/** Reason of a refusal of an undo whose plan is not true any more. */
export const PLAN_CHANGED = "the plan is not true any more";
/** Reason of an answer after the person said yes, where a part may be missing. */
export const UNFINISHED_YES = "the yes may be carried out in part";

/** Reason of a refusal to a client whose session is gone. */
export const SESSION_UNKNOWN = "session-unknown";
/** Reason of a refusal of a cursor that another gateway made, with another secret. */
export const CURSOR_UNKNOWN = "cursor of another gateway";

/** Words of refusals that the faults of this soak may bring about. Any other is a surprise. */
const REASONS: readonly (readonly [words: RegExp, reason: string])[] = [
  [/^The sync service is not available/, "sync not available"],
  [/^The sync service did not answer in time/, "sync timed out"],
  [/^The auth service (?:is not available|did not answer)/, "auth not available"],
  [/^The key vault (?:is not available|did not answer)/, "vault not available"],
  [/^The gateway is (?:busy|stopping)/, "gateway busy or stopping"],
  // Refused before anything was done: more of one person's requests came at once than one person may have in work.
  [/^Too many of your requests are under way/, "the person's share is full"],
  [/^Connection refused/, "gateway down"],
  [new RegExp(`^${NO_NODE}`), "gateway down"],
  [/^The session is unknown/, SESSION_UNKNOWN],
  [/^The call was cancelled/, "cancelled"],
  [/^No (?:task|note|habit|journal entry|contact|habit entry|event|question) with id /, "record not found"],
  [/^The call is not allowed \(concurrency/, "too many calls at once"],
  [/^The token does not allow this/, OUTSIDE_GRANT],
  [/^This client was not given the space/, OUTSIDE_GRANT],
  [/^Not done: the person has to allow this/, NEEDS_YES],
  [/^The call is not allowed \(confirmation-declined\)/, DECLINED],
  [/^The call is not allowed \(confirmation-used\)/, "the yes was given already"],
  [/^The call is not allowed \(approvals-(?:open|rate)\)/, "too many questions"],
  // The store and the sign-in server are both away: what an app has read is not known, and its write is not done.
  [
    /^The call is not allowed \(destructive-not-allowed\): nobody can say now/,
    "nobody can say what the app has read",
  ],
  [/^Something changed meanwhile: look at what would be undone/, PLAN_CHANGED],
  [/^No approval with id /, "record not found"],
  [/^The cursor is not one for this call/, CURSOR_UNKNOWN],
];

const Result = z.looseObject({
  content: z.array(z.looseObject({ text: z.string().optional() })),
  structuredContent: z.record(z.string(), z.unknown()).optional(),
  isError: z.boolean().optional(),
});

/** Reads the result of a tool call. */
export function readResult(result: unknown): Answer {
  const parsed = Result.safeParse(result);
  if (!parsed.success) return { kind: "broken", reason: "no tool result" };
  const { content, isError, structuredContent } = parsed.data;
  if (!isError) {
    return structuredContent === undefined
      ? { kind: "broken", reason: "no structured content" }
      : { kind: "ok", output: structuredContent };
  }
  return readRefusal(content.map(({ text }) => text ?? "").join("\n"));
}

/** Reads an HTTP answer of 400 and above: it came before any tool ran. */
export function readFailure(
  { status, message }: { readonly status: number; readonly message: string },
): Answer & { readonly reason: string } {
  if (status === 500) return { kind: "broken", reason: "HTTP 500" };
  if (message === NODE_LOST) return { kind: "unknown", reason: "the node was lost" };
  const read = readRefusal(message);
  return read.kind === "broken" ? { kind: "broken", reason: `HTTP ${status}: ${read.reason}` } : read;
}

function readRefusal(words: string): Answer & { readonly reason: string } {
  if (words.startsWith("It is unknown whether")) return { kind: "unknown", reason: "write-unknown" };
  if (words.startsWith("The sync service did not confirm")) {
    return { kind: "unknown", reason: UNFINISHED };
  }
  if (words.startsWith("The gateway stopped before")) return { kind: "unknown", reason: "interrupted" };
  const request = /\/approvals\/([0-9a-f]{32})\b/.exec(words)?.[1];
  const asked = request === undefined ? {} : { request };
  if (words.startsWith("The person said yes, but it is not known")) {
    return { kind: "unknown", reason: UNFINISHED_YES, ...asked };
  }
  for (const [pattern, reason] of REASONS) {
    if (pattern.test(words)) return { kind: "refused", reason, ...asked };
  }
  // Refusals quote ids at most; what is cut off could only be one.
  return { kind: "broken", reason: words.slice(0, 60) };
}
