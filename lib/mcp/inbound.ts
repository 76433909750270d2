// One message of a client on its way through the protocol: read strictly, not yet seen by the SDK.
import type { JsonObject } from "../kit/json.ts";
import type { RequestContext } from "../people/request_context.ts";

/** One message, the request it came with, and who sent it. */
export interface Inbound {
  /** Its body has been read already. */
  readonly request: Request;
  readonly message: JsonObject;
  readonly requestContext: RequestContext;
}

/** 2025-11-25 and older, or 2026-07-28. */
export type Era = "legacy" | "modern";

/**
 * Looks at a message that is left to the SDK, and refuses it by throwing. Called after the session's owner has been
 * checked; the modern header rules (`Mcp-Method`, `Mcp-Name`) have not been checked yet.
 */
export type Inspect = (inbound: Inbound, era: Era) => void;
