import assert from "node:assert/strict";
import { z } from "zod";
import type { Person, World } from "./world.ts";

/** What {@link rpc} sends besides the message. */
export interface RpcOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly id?: number;
}

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

/** The `_meta` envelope of a 2026-07-28 request. */
export const META = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "test-client", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};

/** Sends one 2026-07-28 request as `person`. */
export async function rpc(
  world: World,
  person: Person | null,
  method: string,
  params: Record<string, unknown> = {},
  options: RpcOptions = {},
): Promise<RpcAnswer> {
  const response = await world.gateway.fetch(
    new Request("http://gateway.test/mcp", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": "2026-07-28",
        "mcp-method": method,
        ...(typeof params.name === "string" ? { "mcp-name": params.name } : {}),
        ...(typeof params.uri === "string" ? { "mcp-name": params.uri } : {}),
        ...(person === null ? {} : { authorization: `Bearer ${person.token}` }),
        ...options.headers,
      },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: options.id ?? 1,
        method,
        params: { ...params, _meta: META },
      }),
    }),
  );
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
  world: World,
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
  world: World,
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
  world: World,
  person: Person,
  name: string,
  args: Record<string, unknown> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const outcome = await call(world, person, name, args, headers);
  assert.ok(!outcome.ok, `${name} was expected to be refused`);
  return outcome.message;
}
