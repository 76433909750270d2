// What tests ask of a world's gateway, and what comes back: a request, a tool call, a refusal.
// How a request is written is mcp_request.ts.
import assert from "node:assert/strict";
import { z } from "zod";
import { MCP_URL, modernRequest, type RequestChanges } from "./mcp_request.ts";
import type { Person } from "./world.ts";
import type { Node } from "./two_nodes.ts";

/** A JSON-RPC answer. */
export interface RpcAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: z.infer<typeof Answer>;
}

const Answer = z.looseObject({
  result: z.looseObject({}).optional(),
  error: z.looseObject({ code: z.number(), message: z.string() }).optional(),
});
const ToolResult = z.looseObject({
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
  structuredContent: z.record(z.string(), z.unknown()).optional(),
  isError: z.boolean().optional(),
});

/** Sends one 2026-07-28 request as `person`. */
export async function rpc(
  world: Node,
  person: Person | null,
  method: string,
  params: Record<string, unknown> = {},
  options: RequestChanges = {},
): Promise<RpcAnswer> {
  const response = await world.gateway.fetch(modernRequest(person?.token ?? null, method, params, options));
  const text = await response.text();
  const body = text.startsWith("{") ? JSON.parse(text) : {};
  return { status: response.status, headers: response.headers, text, body: Answer.parse(body) };
}

/** The outcome of one tool call: its structured result, or the words of its refusal. */
export type Outcome =
  | { readonly ok: true; readonly output: Record<string, unknown>; readonly texts: readonly string[] }
  | { readonly ok: false; readonly message: string };

/** Calls a tool as `person` and returns what a model would see. */
export async function call(
  world: Node,
  person: Person,
  name: string,
  args: Record<string, unknown> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const answer = await rpc(world, person, "tools/call", { name, arguments: args }, { headers });
  assert.equal(answer.status, 200, answer.text);
  const result = ToolResult.parse(answer.body.result);
  const texts = result.content.map(({ text }) => text ?? "");
  if (result.isError) return { ok: false, message: texts.join("\n") };
  assert.ok(result.structuredContent, answer.text);
  return { ok: true, output: result.structuredContent, texts };
}

/** Calls a tool that must succeed and returns its structured result. */
export async function callOk(
  world: Node,
  person: Person,
  name: string,
  args: Record<string, unknown> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Record<string, unknown>> {
  const outcome = await call(world, person, name, args, headers);
  assert.ok(outcome.ok, outcome.ok ? "" : outcome.message);
  return outcome.output;
}

/** Calls a tool that must be refused and returns the words of the refusal. */
export async function callRefused(
  world: Node,
  person: Person,
  name: string,
  args: Record<string, unknown> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const outcome = await call(world, person, name, args, headers);
  assert.ok(!outcome.ok, `${name} was expected to be refused`);
  return outcome.message;
}

/** What came back, whole. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Sends exactly these headers and this body to the endpoint. */
export async function sendRaw(
  world: Node,
  headers: Readonly<Record<string, string>>,
  body: BodyInit,
): Promise<RawAnswer> {
  const response = await world.gateway.fetch(new Request(MCP_URL, { method: "POST", headers, body }));
  return { status: response.status, headers: response.headers, text: await response.text() };
}
