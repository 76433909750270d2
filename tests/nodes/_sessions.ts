// A 2025 client whose requests reach this node or that one, message by message.
import assert from "node:assert/strict";
import { z } from "zod";
import {
  legacyHeaders,
  legacyRequest,
  MCP_URL,
  message,
  openSession,
  post,
} from "../_support/mcp_request.ts";
import { type Events, eventsOf } from "../_support/event_stream.ts";
import type { Node } from "../_support/two_nodes.ts";
import type { Person } from "../_support/world.ts";

/** A client that can show forms. */
export const ASKER = { capabilities: { elicitation: {} }, clientInfo: { name: "wanderer", version: "1" } };

const Called = z.object({
  result: z.looseObject({ structuredContent: z.unknown(), isError: z.boolean().optional() }),
});

/** A session of the person, begun at this node. */
export async function beginAt(node: Node, { token }: Person, changes: Record<string, unknown> = ASKER) {
  return await openSession((request) => node.gateway.fetch(request), token, changes);
}

/** Sends one request in the session; status and text of the answer. */
export async function sendAt(
  node: Node,
  { token }: Person,
  session: string,
  method: string,
  params: Record<string, unknown> = {},
): Promise<{ readonly status: number; readonly text: string }> {
  const response = await node.gateway.fetch(legacyRequest(token, method, params, { session }));
  return { status: response.status, text: await response.text() };
}

/** Calls a tool in the session; what it returned. */
export async function callAt(
  node: Node,
  person: Person,
  session: string,
  name: string,
  args: Record<string, unknown> = {},
): Promise<unknown> {
  const { status, text } = await sendAt(node, person, session, "tools/call", { name, arguments: args });
  assert.equal(status, 200, text);
  const data = text.startsWith("{")
    ? text
    : text.split("\n").find((line) => line.startsWith("data: "))?.slice(6);
  const { result } = Called.parse(JSON.parse(data ?? assert.fail(text)));
  assert.notEqual(result.isError, true, text);
  return result.structuredContent;
}

/** Begins a call that asks the person; the messages of its answer, the question first. */
export async function askAt(
  node: Node,
  { token }: Person,
  session: string,
  name: string,
  args: Record<string, unknown>,
): Promise<Events> {
  const call = message("tools/call", { name, arguments: args }, 2);
  return eventsOf(await node.gateway.fetch(post(call, legacyHeaders(token, session))));
}

/** The client's answer to a question; the response to the answer. */
export async function answerAt(
  node: Node,
  { token }: Person,
  session: string,
  id: unknown,
  result: unknown,
): Promise<Response> {
  const answer = { jsonrpc: "2.0", id, result };
  return await node.gateway.fetch(post(answer, legacyHeaders(token, session)));
}

/** GET: the session's own stream. */
export async function streamAt(node: Node, { token }: Person, session: string): Promise<Response> {
  return await node.gateway.fetch(new Request(MCP_URL, { headers: legacyHeaders(token, session) }));
}

/** DELETE: the client ends the session. */
export async function endAt(node: Node, { token }: Person, session: string): Promise<number> {
  const request = new Request(MCP_URL, { method: "DELETE", headers: legacyHeaders(token, session) });
  const response = await node.gateway.fetch(request);
  await response.body?.cancel();
  return response.status;
}
