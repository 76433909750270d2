// How a request for a resource fails, with the JSON-RPC code that MCP wants. The protocol's server (mcp/server) puts it on the
// wire: nothing here knows the SDK.
import { describeRefusal, type Refusal } from "../kit/errors.ts";

/** JSON-RPC: invalid params; what 2026-07-28 wants for a resource that is not there. */
const INVALID_PARAMS = -32602;
/** JSON-RPC: internal error; any other refusal, whose words are in the message. */
const INTERNAL_ERROR = -32603;

/** A failed request: code, message and data of the JSON-RPC error. The message goes to the client. */
export class ResourceError extends Error {
  readonly code: number;
  readonly data: Readonly<Record<string, unknown>> | undefined;

  constructor(code: number, message: string, data?: Readonly<Record<string, unknown>>) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** A request that names a template, a variable or a cursor which is none of ours. */
export function badRequest(message: string): ResourceError {
  return new ResourceError(INVALID_PARAMS, message);
}

/**
 * One answer for a resource that is absent, belongs to somebody else or is left out of the grant: asking must not tell which.
 * The code is -32602 in every revision, as the SDK has it, where 2025-11-25 names -32002; clients of either take it by its data.
 */
export function notFound(uri: string): ResourceError {
  return new ResourceError(INVALID_PARAMS, "Resource not found", { uri });
}

/** A refusal of the read, in its outside words. */
export function refusedWith(refusal: Refusal): ResourceError {
  return new ResourceError(INTERNAL_ERROR, describeRefusal(refusal).message, { reason: refusal.reason });
}
