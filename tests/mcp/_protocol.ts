// The protocol alone, for the tests of lib/mcp: a small server behind the real protocol, and a clock to turn.
import { createFakeClock } from "../_support/fake_clock.ts";
import { Refused } from "../../lib/kit/errors.ts";
import { REFUSAL_WAIT_MS } from "../../lib/kit/limits.ts";
import { refusalResponse } from "../../lib/http/refusal_response.ts";
import { createProtocol, type Protocol, type ProtocolDeps } from "../../lib/mcp/protocol.ts";
import { requestContextOf } from "../../lib/mcp/server/context_in_sdk.ts";
import { type McpServerFactory, Server } from "../../lib/mcp/sdk.ts";
import { messagesOf, modernRequest } from "../_support/mcp_request.ts";
import { requestContextFor } from "../_support/request_context.ts";

/** Tools: `whoami` tells whose request it serves, `hang` never ends by itself. */
const factory: McpServerFactory = () => {
  const server = new Server({ name: "test", version: "1.0.0" }, { capabilities: { tools: {} } });
  const inputSchema = { type: "object" as const };
  server.setRequestHandler("tools/list", () => ({ tools: [{ name: "whoami", inputSchema }] }));
  server.setRequestHandler("tools/call", async ({ params }, ctx) => {
    if (params.name === "hang") {
      await new Promise((resolve) => ctx.mcpReq.signal.addEventListener("abort", resolve));
    }
    const { caller, space } = requestContextOf(ctx);
    const seen = {
      subject: caller.principal.subject,
      token: caller.token.reveal(),
      space,
      sdkToken: ctx.http?.authInfo?.token,
      header: ctx.http?.req?.headers.get("authorization") ?? null,
    };
    return { content: [{ type: "text", text: JSON.stringify(seen) }] };
  });
  return server;
};

/** The protocol with a fake clock, refusals turned into answers as the edge does it. */
export function createStack(overrides: Partial<ProtocolDeps> = {}) {
  const clock = createFakeClock();
  const protocol: Protocol = createProtocol({
    factory,
    clock,
    onError: () => {},
    keepAliveMs: 0,
    ...overrides,
  });
  const send = async (request: Request, requestContext = requestContextFor("ada")): Promise<Response> => {
    try {
      return await protocol.fetch(request, requestContext);
    } catch (error) {
      if (error instanceof Refused) return refusalResponse(error.refusal);
      throw error;
    }
  };
  return {
    clock,
    protocol,
    send,
    /** The answer to a call that has nothing to say yet: its stream begins when the time for a refusal is over. */
    async begun(request: Request): Promise<Response> {
      const others = clock.waiting(REFUSAL_WAIT_MS);
      const sending = send(request);
      while (clock.waiting(REFUSAL_WAIT_MS) === others) await new Promise((resolve) => setTimeout(resolve));
      clock.advance(REFUSAL_WAIT_MS);
      return await sending;
    },
    [Symbol.asyncDispose]: () => protocol.close(),
  };
}

/** A POST of the 2026-07-28 revision; the protocol is told its caller beside it. */
export function modern(
  method: string,
  params: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Request {
  return modernRequest(null, method, params, { headers });
}

/** What {@link factory}'s `whoami` answered. */
export async function seenBy(response: Response): Promise<unknown> {
  const [message] = await messagesOf(response);
  const match = /"text":"((?:[^"\\]|\\.)*)"/.exec(JSON.stringify(message));
  return match === null ? message : JSON.parse(JSON.parse(`"${match[1]}"`));
}

/** The error of an answer as `[status, code, message]`. */
export async function errorOf(response: Response): Promise<[number, unknown, unknown]> {
  const body: unknown = await response.json();
  if (typeof body !== "object" || body === null || !("error" in body)) {
    return [response.status, undefined, body];
  }
  const { error } = body;
  if (typeof error !== "object" || error === null) return [response.status, undefined, error];
  return [
    response.status,
    "code" in error ? error.code : undefined,
    "message" in error ? error.message : undefined,
  ];
}
