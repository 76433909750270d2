// Errors of the SDK's servers in our words: no text of the schema library or of an unknown error leaves.
import { describeRefusal } from "../../kit/errors.ts";
import { ResourceError } from "../../resources/resource_error.ts";
import { problemsInText } from "../../tool/argument_words.ts";
import { parseTraceparent } from "../../observe/trace.ts";
import type { Operation, Operations } from "../operations.ts";
import { ProtocolError, Server, TRACEPARENT_META_KEY } from "../sdk.ts";
import { namedRevision, requestContextOf } from "./context_in_sdk.ts";

type Wrap = Server["_wrapHandler"];
type Wrapped = ReturnType<Wrap>;

/**
 * An SDK server whose errors are in our words. The SDK checks the params of each method and makes the schema library's JSON
 * the error's message, under the code of an internal error; and the text of any other error would be told as it is.
 */
export class WordedServer extends Server {
  /** Tells of each request that is answered here; null where traces go nowhere. */
  readonly operations: Operations | null;

  constructor(operations: Operations | null, ...given: ConstructorParameters<typeof Server>) {
    super(...given);
    this.operations = operations;
  }

  protected override _wrapHandler(
    method: Parameters<Wrap>[0],
    handler: Parameters<Wrap>[1],
  ): ReturnType<Wrap> {
    const wrapped = super._wrapHandler(method, handler);
    return async (request, context) => {
      // A session that wakes up is told of its `initialize` once more, by no request.
      const told = this.operations === null || context.http?.authInfo === undefined
        ? undefined
        : this.operations.begin(operationOf(this, method, request, context));
      let result: Awaited<ReturnType<Wrapped>>;
      try {
        result = await wrapped(request, context);
      } catch (error) {
        const worded = inWords(method, error);
        told?.(worded.code);
        throw worded;
      }
      told?.(null);
      return result;
    };
  }
}

/** A request as {@link Operations} is told of it. */
function operationOf(
  server: Server,
  method: string,
  { params }: Parameters<Wrapped>[0],
  context: Parameters<Wrapped>[1],
): Operation {
  return {
    method,
    requestContext: requestContextOf(context),
    revision: namedRevision(context) ?? server.getNegotiatedProtocolVersion(),
    parent: parseTraceparent(params?._meta?.[TRACEPARENT_META_KEY]),
    prompt: method === "prompts/get" ? params?.["name"] : undefined,
  };
}

/** JSON-RPC: invalid params. */
const INVALID_PARAMS = -32602;
/** JSON-RPC: internal error. */
const INTERNAL_ERROR = -32603;
/** The SDK puts this before the schema library's text where the params of `tools/call` are wrong. */
const SDK_PREFIX = /^Invalid tools\/call request: /;

/** The error that leaves in place of `error`. */
function inWords(method: string, error: unknown): ProtocolError {
  const text = error instanceof Error ? error.message : "";
  const problems = problemsInText(text.replace(SDK_PREFIX, ""));
  if (problems !== null) {
    return new ProtocolError(INVALID_PARAMS, `The params of ${method} are invalid: ${problems.join("; ")}.`);
  }
  if (error instanceof ProtocolError) return error;
  if (error instanceof ResourceError) return new ProtocolError(error.code, error.message, error.data);
  return new ProtocolError(INTERNAL_ERROR, describeRefusal({ reason: "internal" }).message);
}
