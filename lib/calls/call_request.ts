// One call on its way to the call site, from whichever method and era of the protocol.
import type { Refusal } from "../kit/errors.ts";
import type { Secret } from "../kit/secret.ts";
import type { TraceContext } from "../observe/trace.ts";
import type { RequestContext } from "../people/request_context.ts";
import type { Asking } from "./confirmation/confirmation.ts";

/** One `tools/call`, whichever era it came by, or another method that runs a tool. */
export interface CallRequest {
  /** `tools/call` by default. */
  readonly method?: "resources/read" | "completion/complete";
  /** Told why the call was refused, beside the words in the result. */
  readonly onRefused?: (refusal: Refusal) => void;
  readonly name: string;
  /** What the person or the model wrote, `space` included. */
  readonly args: Secret<unknown>;
  readonly requestContext: RequestContext;
  /** Name the client gave of itself; shown as the author of changes. */
  readonly clientName: string;
  readonly era: "modern" | "legacy";
  /** The revision that is spoken; undefined where it is not settled. */
  readonly revision: string | undefined;
  /** The trace that the message itself says it is part of. */
  readonly parent: TraceContext | null;
  /** Whether the client can ask the person, and what came back when it did. */
  readonly asking: Asking;
  /** Ends when the client went away. Made when something is waited for: most calls of a busy client never are. */
  readonly signal: () => AbortSignal;
}
