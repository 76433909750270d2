// Sessions whose SDK servers are counted, made and ended, and the requests that wake them.
import assert from "node:assert/strict";
import { type McpServerFactory, Server } from "../../lib/mcp/sdk.ts";
import { initialize, MCP_URL, message, messagesOf, post } from "../_support/mcp_request.ts";
import type { createStack } from "./_protocol.ts";

/**
 * Servers whose lives are counted. Of their tools, `told` answers with what its server knows of the client, `wait` when it
 * is let go, and `ask` gives up a question after a millisecond.
 */
export function createCounted() {
  const counted = { made: 0, open: 0, initialized: 0, aborted: 0, running: 0 };
  const waiting: (() => void)[] = [];
  let hold: Promise<void> | undefined;
  let failure: Error | undefined;
  const factory: McpServerFactory = async () => {
    counted.made++;
    await hold;
    if (failure !== undefined) throw failure;
    counted.open++;
    const server = new Server({ name: "test", version: "1.0.0" }, { capabilities: { tools: {} } });
    server.onclose = () => void counted.open--;
    server.oninitialized = () => void counted.initialized++;
    server.setRequestHandler("tools/list", () => ({ tools: [] }));
    server.setRequestHandler("tools/call", async ({ params }, ctx) => {
      if (params.name === "wait") {
        counted.running++;
        ctx.mcpReq.signal.addEventListener("abort", () => void counted.aborted++);
        await new Promise<void>((resolve) => void waiting.push(resolve));
        counted.running--;
      }
      if (params.name === "ask") {
        const requestedSchema = { type: "object", properties: {} } as const;
        const question = { method: "elicitation/create", params: { message: "?", requestedSchema } } as const;
        await assert.rejects(ctx.mcpReq.send(question, { timeout: 1 }), /timed out/);
      }
      return { content: [{ type: "text", text: JSON.stringify(knownBy(server)) }] };
    });
    return server;
  };
  const hooks = {
    letGo: () => waiting.splice(0).forEach((resume) => resume()),
    holdUntil: (until: Promise<void> | undefined) => void (hold = until),
    failWith: (error: Error | undefined) => void (failure = error),
  };
  return { counted, factory, ...hooks };
}

export function knownBy(server: Server) {
  return {
    version: server.getNegotiatedProtocolVersion(),
    client: server.getClientVersion(),
    capabilities: server.getClientCapabilities(),
  };
}

export type Stack = ReturnType<typeof createStack>;

export async function open(stack: Stack, params: Record<string, unknown> = {}, version = "2025-11-25") {
  const first = initialize({ protocolVersion: version });
  const response = await stack.send(post({ ...first, params: { ...first.params, ...params } }));
  const messages = await messagesOf(response);
  assert.equal(response.status, 200, JSON.stringify(messages));
  return {
    "mcp-session-id": response.headers.get("mcp-session-id") ?? "",
    "mcp-protocol-version": version,
  };
}

export const call = (name: string, id: number | string = 7) =>
  message("tools/call", { name, arguments: {} }, id);

/** What the server of a call knows of the client. */
export async function told(stack: Stack, headers: Record<string, string>): Promise<unknown> {
  const [message] = await messagesOf(await stack.send(post(call("told"), headers)));
  const text = /"text":"((?:[^"\\]|\\.)*)"/.exec(JSON.stringify(message))?.[1];
  return JSON.parse(JSON.parse(`"${text}"`));
}

export function get(headers: Record<string, string>): Request {
  return new Request(MCP_URL, { headers: { accept: "text/event-stream", ...headers } });
}
