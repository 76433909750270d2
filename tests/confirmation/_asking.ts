/** Shared by the tests of the confirmation: questions and answers as they go over the wire, and clients of both kinds. */
import assert from "node:assert/strict";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Client as V1Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as V1Transport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { z } from "zod";
import { MCP_URL, modernRequest } from "../_support/mcp_request.ts";
import { pushesOf } from "../_support/device.ts";
import type { Node } from "../_support/two_nodes.ts";
import type { Person, World } from "../_support/world.ts";

const CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";

/** A person's answer as a client sends it. */
export type Answer = {
  readonly action: "accept" | "decline" | "cancel";
  readonly content?: Record<string, never>;
};
export const YES: Answer = { action: "accept", content: {} };
export const NO: Answer = { action: "decline" };

/** The form of a question: hosts show Accept and Decline by themselves. */
const NO_FIELDS = z.strictObject({ type: z.literal("object"), properties: z.strictObject({}) });
const Result = z.looseObject({
  resultType: z.string().optional(),
  inputRequests: z.object({
    confirm: z.object({
      method: z.literal("elicitation/create"),
      params: z.looseObject({ mode: z.literal("form"), message: z.string(), requestedSchema: NO_FIELDS }),
    }),
  }).optional(),
  requestState: z.string().optional(),
  content: z.array(z.looseObject({ text: z.string() })).optional(),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().optional(),
  _meta: z.record(z.string(), z.unknown()).optional(),
});

const ElicitRequest = z.object({
  method: z.literal("elicitation/create"),
  params: z.looseObject({ message: z.string() }),
});

/** The result of a call as it is on the wire. */
export type Wire = z.infer<typeof Result>;

/** What {@link send} can be told. */
export interface SendOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly capabilities?: Readonly<Record<string, unknown>>;
  readonly state?: string;
  readonly answer?: unknown;
}

/** One `tools/call` of 2026-07-28 by a client that can ask, unless told otherwise. */
export async function send(
  world: Node,
  person: Person,
  name: string,
  args: Record<string, unknown>,
  options: SendOptions = {},
): Promise<Wire> {
  const params = {
    name,
    arguments: args,
    ...(options.state === undefined ? {} : { requestState: options.state }),
    ...(options.answer === undefined ? {} : { inputResponses: { confirm: options.answer } }),
  };
  const meta = { [CAPABILITIES]: options.capabilities ?? { elicitation: { form: {} } } };
  const headers = options.headers ?? {};
  const request = modernRequest(person.token, "tools/call", params, { headers, meta });
  const response = await world.gateway.fetch(request);
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return z.object({ result: Result }).parse(JSON.parse(text)).result;
}

/** The question a call is answered with: its sentence and its state. */
export async function asked(
  world: Node,
  person: Person,
  name: string,
  args: Record<string, unknown>,
  options: SendOptions = {},
): Promise<{ readonly sentence: string; readonly state: string }> {
  return questionIn(await send(world, person, name, args, options));
}

/** The question in a result; there must be one. */
export function questionIn(result: Wire): { readonly sentence: string; readonly state: string } {
  assert.equal(result.resultType, "input_required", JSON.stringify(result));
  assert.ok(result.inputRequests && result.requestState);
  return { sentence: result.inputRequests.confirm.params.message, state: result.requestState };
}

/** The words of a refusal; it must be one. */
export function refusalIn(result: Wire): string {
  assert.equal(result.isError, true, JSON.stringify(result));
  return (result.content ?? []).map(({ text }) => text).join("\n");
}

/** Runs `act`, which must not make the gateway send a service anything but reads. */
export async function nothingPushed<T>(world: World, act: () => Promise<T>): Promise<T> {
  const before = pushesOf(world).length;
  const result = await act();
  assert.equal(pushesOf(world).length, before, "something was pushed");
  return result;
}

/** A connected client, what it was asked, and how it is ended. */
export interface Asker extends AsyncDisposable {
  readonly questions: string[];
  call(name: string, args: Record<string, unknown>): Promise<Wire>;
}

/** What a host does with a question; null for one that declares no elicitation. */
export type Host = ((sentence: string) => Answer | Promise<Answer>) | null;

/** The v2 client at 2026-07-28. */
export async function modernClient(world: World, person: Person, host: Host): Promise<Asker> {
  const questions: string[] = [];
  const client = new Client({ name: "modern", version: "1" }, {
    versionNegotiation: { mode: { pin: "2026-07-28" } },
    capabilities: host === null ? {} : { elicitation: { form: {} } },
  });
  if (host !== null) {
    client.setRequestHandler("elicitation/create", async ({ params }) => {
      questions.push(params.message);
      return { ...await host(params.message) };
    });
  }
  await client.connect(new StreamableHTTPClientTransport(new URL(MCP_URL), wireOf(world, person)));
  return {
    questions,
    call: async (name, args) => Result.parse(await client.callTool({ name, arguments: args })),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** The v1 client, in a session unless `strip` takes the session id away. */
export async function legacyClient(
  world: World,
  person: Person,
  host: Host,
  strip: readonly string[] = [],
): Promise<Asker> {
  const questions: string[] = [];
  const client = new V1Client({ name: "legacy", version: "1" }, {
    capabilities: host === null ? {} : { elicitation: {} },
  });
  if (host !== null) {
    client.setRequestHandler(ElicitRequest, async (request: unknown) => {
      const { message } = ElicitRequest.parse(request).params;
      questions.push(message);
      return { ...await host(message) };
    });
  }
  const transport = new V1Transport(new URL(MCP_URL), wireOf(world, person, strip));
  await client.connect(transport);
  return {
    questions,
    call: async (name, args) => Result.parse(await client.callTool({ name, arguments: args })),
    async [Symbol.asyncDispose]() {
      if (strip.length === 0) await transport.terminateSession();
      await client.close();
    },
  };
}

function wireOf(world: World, person: Person, strip: readonly string[] = []) {
  return {
    fetch: (input: string | URL | Request, init?: RequestInit) => {
      const request = new Request(input, init);
      for (const name of strip) request.headers.delete(name);
      request.headers.set("authorization", `Bearer ${person.token}`);
      return world.gateway.fetch(request);
    },
  };
}
