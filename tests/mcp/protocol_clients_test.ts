/** The two client SDKs that people run, over an injected fetch, against the protocol in process. */
import assert from "node:assert/strict";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Client as V1Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as V1Transport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { MCP_URL } from "../_support/mcp_request.ts";
import { requestContextFor } from "../_support/request_context.ts";
import { createStack } from "./_protocol.ts";

const INFO = { name: "test", version: "1.0.0" };

/** A fetch into the stack, as a person whose token changes with every request; notes what went by. */
function createWire(stack: ReturnType<typeof createStack>, strip: readonly string[] = []) {
  const log: string[] = [];
  let sent = 0;
  const wire = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    for (const name of strip) request.headers.delete(name);
    const response = await stack.send(request, requestContextFor("ada", `ada-${++sent}`));
    log.push(`${request.method} ${response.status} ${request.headers.get("mcp-method") ?? "-"}`);
    return response;
  };
  return { wire, log, lastToken: () => `ada-${sent}` };
}

function tokenIn(result: unknown): string | undefined {
  return /\\"token\\":\\"([^"\\]+)/.exec(JSON.stringify(result))?.[1];
}

function toolNames({ tools }: { tools: readonly { name: string }[] }): string[] {
  return tools.map(({ name }) => name);
}

const CALL = { name: "whoami", arguments: {} };

Deno.test("the v1 client works in a session, which it ends", async () => {
  await using stack = createStack();
  const { wire, log, lastToken } = createWire(stack);
  const client = new V1Client(INFO);
  const transport = new V1Transport(new URL(MCP_URL), { fetch: wire });
  await client.connect(transport);
  assert.equal(stack.protocol.sessionCount(), 1);
  assert.deepEqual(toolNames(await client.listTools()), ["whoami"]);
  for (let round = 0; round < 3; round++) assert.equal(tokenIn(await client.callTool(CALL)), lastToken());
  await transport.terminateSession();
  assert.equal(stack.protocol.sessionCount(), 0);
  await client.close();
  assert.ok(log.includes("GET 200 -"));
  assert.ok(log.includes("DELETE 200 -"));
});

Deno.test("the v1 client works through a host that drops the session id", async () => {
  await using stack = createStack();
  const { wire, log, lastToken } = createWire(stack, ["mcp-session-id"]);
  const client = new V1Client(INFO);
  const transport = new V1Transport(new URL(MCP_URL), { fetch: wire });
  await client.connect(transport);
  assert.deepEqual(toolNames(await client.listTools()), ["whoami"]);
  assert.equal(tokenIn(await client.callTool(CALL)), lastToken());
  await client.close();
  assert.ok(log.includes("GET 405 -"));
});

Deno.test("the v2 client works in a session by default", async () => {
  await using stack = createStack();
  const { wire, lastToken } = createWire(stack);
  const client = new Client(INFO);
  const transport = new StreamableHTTPClientTransport(new URL(MCP_URL), { fetch: wire });
  await client.connect(transport);
  assert.equal(client.getProtocolEra(), "legacy");
  assert.equal(stack.protocol.sessionCount(), 1);
  assert.equal(tokenIn(await client.callTool(CALL)), lastToken());
  await transport.terminateSession();
  await client.close();
  assert.equal(stack.protocol.sessionCount(), 0);
});

Deno.test("the v2 client that negotiates works without any session", async () => {
  await using stack = createStack();
  const { wire, log, lastToken } = createWire(stack);
  const client = new Client(INFO, { versionNegotiation: { mode: "auto" } });
  await client.connect(new StreamableHTTPClientTransport(new URL(MCP_URL), { fetch: wire }));
  assert.equal(client.getProtocolEra(), "modern");
  assert.deepEqual(toolNames(await client.listTools()), ["whoami"]);
  for (let round = 0; round < 2; round++) assert.equal(tokenIn(await client.callTool(CALL)), lastToken());
  await client.close();
  assert.equal(stack.protocol.sessionCount(), 0);
  assert.equal(log[0], "POST 200 server/discover");
  assert.equal(log.includes("POST 200 tools/call"), true);
});

Deno.test("a client whose session has ended is told so and connects again", async () => {
  await using stack = createStack({ sessionLimits: { perPerson: 5, total: 5, idleMs: 1_000 } });
  const { wire } = createWire(stack);
  // Without its GET stream, so that the session can become idle.
  const fetch = (url: string | URL, init?: RequestInit) =>
    init?.method === "GET" ? Promise.resolve(new Response(null, { status: 405 })) : wire(url, init);
  const connect = async () => {
    const client = new Client(INFO);
    await client.connect(new StreamableHTTPClientTransport(new URL(MCP_URL), { fetch }));
    return client;
  };
  const client = await connect();
  stack.clock.advance(1_000);
  assert.equal(stack.protocol.sessionCount(), 0);
  await assert.rejects(
    client.callTool(CALL),
    /The session is unknown or has ended: send a new initialize request/,
  );
  await client.close();
  const again = await connect();
  assert.ok(await again.callTool(CALL));
  await again.close();
});

Deno.test("a cancelled modern call ends on the server", async () => {
  await using stack = createStack();
  const { wire } = createWire(stack);
  const client = new Client(INFO, { versionNegotiation: { mode: { pin: "2026-07-28" } } });
  await client.connect(new StreamableHTTPClientTransport(new URL(MCP_URL), { fetch: wire }));
  const cancel = new AbortController();
  const call = assert.rejects(client.callTool({ name: "hang" }, { signal: cancel.signal }));
  cancel.abort();
  await call;
  await client.close();
});
