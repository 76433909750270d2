/** A session of a 2025 client has an SDK server only while it is used, and nobody outside can tell. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type McpServerFactory, Server } from "../../lib/mcp/sdk.ts";
import { CLIENT, initialize, MCP_URL, message, messagesOf, post } from "../_support/mcp_request.ts";
import { requestContextFor } from "../_support/request_context.ts";
import { createStack, errorOf } from "./_protocol.ts";

const INITIALIZED = { jsonrpc: "2.0", method: "notifications/initialized" };
const SLEEPING = "a client that went away";

/**
 * Servers whose lives are counted. Of their tools, `told` answers with what its server knows of the client, `wait` when it
 * is let go, and `ask` gives up a question after a millisecond.
 */
function createCounted() {
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

function knownBy(server: Server) {
  return {
    version: server.getNegotiatedProtocolVersion(),
    client: server.getClientVersion(),
    capabilities: server.getClientCapabilities(),
  };
}

type Stack = ReturnType<typeof createStack>;

async function open(stack: Stack, params: Record<string, unknown> = {}, version = "2025-11-25") {
  const first = initialize({ protocolVersion: version });
  const response = await stack.send(post({ ...first, params: { ...first.params, ...params } }));
  const messages = await messagesOf(response);
  assert.equal(response.status, 200, JSON.stringify(messages));
  return {
    "mcp-session-id": response.headers.get("mcp-session-id") ?? "",
    "mcp-protocol-version": version,
  };
}

const call = (name: string, id: number | string = 7) => message("tools/call", { name, arguments: {} }, id);

/** What the server of a call knows of the client. */
async function told(stack: Stack, headers: Record<string, string>): Promise<unknown> {
  const [message] = await messagesOf(await stack.send(post(call("told"), headers)));
  const text = /"text":"((?:[^"\\]|\\.)*)"/.exec(JSON.stringify(message))?.[1];
  return JSON.parse(JSON.parse(`"${text}"`));
}

function get(headers: Record<string, string>): Request {
  return new Request(MCP_URL, { headers: { accept: "text/event-stream", ...headers } });
}

/** Turns of the event loop, for what goes on without a request. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("a session has a server for as long as an answer is under way, and none in between", async () => {
  const { counted, factory } = createCounted();
  await using stack = createStack({ factory });
  const headers = await open(stack);
  assert.deepEqual([counted.made, counted.open], [1, 0]);
  for (let round = 2; round < 5; round++) {
    const response = await stack.send(post(call("told"), headers));
    assert.deepEqual([counted.made, counted.open], [round, 1]);
    assert.equal(response.headers.get("mcp-session-id"), headers["mcp-session-id"]);
    const messages = await messagesOf(response);
    assert.equal(messages.length, 1, "nothing of the second initialize comes out");
    assert.equal(messages[0]?.["id"], 7);
    assert.equal(counted.open, 0);
  }
  assert.equal(stack.protocol.sessionCount(), 1);
});

Deno.test("notifications/initialized wakes nothing, and the next server is told of it once", async () => {
  const { counted, factory } = createCounted();
  await using stack = createStack({ factory });
  const headers = await open(stack);
  await told(stack, headers);
  assert.deepEqual([counted.made, counted.initialized], [2, 0]);
  assert.equal((await stack.send(post(INITIALIZED, headers))).status, 202);
  assert.deepEqual([counted.made, counted.initialized], [2, 0]);
  await told(stack, headers);
  assert.deepEqual([counted.made, counted.initialized], [3, 1]);
  // What is unusual about it is for a server to judge, as ever.
  const unsupported = { ...headers, "mcp-protocol-version": "1999-01-01" };
  assert.equal((await errorOf(await stack.send(post(INITIALIZED, unsupported))))[0], 400);
  const made = counted.made;
  const adorned = { ...INITIALIZED, params: { _meta: { note: 1 } } };
  assert.equal((await stack.send(post(adorned, headers))).status, 202);
  assert.equal(counted.made, made + 1);
  assert.equal((await stack.send(post(INITIALIZED, headers), requestContextFor("bob"))).status, 403);
});

Deno.test("many requests at once wake one server", async () => {
  const { counted, factory, holdUntil } = createCounted();
  await using stack = createStack({ factory });
  const headers = await open(stack);
  const { promise, resolve } = Promise.withResolvers<void>();
  holdUntil(promise);
  const answers = Array.from(
    { length: 10 },
    (_, index) => stack.send(post(call("told", index + 1), headers)),
  );
  const stream = stack.send(get(headers));
  await settled();
  resolve();
  const ids = await Promise.all(answers.map(async (answer) => (await messagesOf(await answer))[0]?.["id"]));
  assert.deepEqual(ids, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.deepEqual([counted.made, counted.open], [2, 1]);
  await (await stream).body?.cancel();
  assert.equal(counted.open, 0);
});

Deno.test("an open stream keeps the server, which serves the calls meanwhile", async () => {
  const { counted, factory } = createCounted();
  await using stack = createStack({ factory });
  const headers = await open(stack);
  const stream = await stack.send(get(headers));
  await told(stack, headers);
  await told(stack, headers);
  assert.deepEqual([counted.made, counted.open], [2, 1]);
  await stream.body?.cancel();
  assert.equal(counted.open, 0);
  const again = await stack.send(get(headers));
  assert.equal(again.status, 200);
  await again.body?.cancel();
  assert.equal(counted.open, 0);
});

Deno.test(`the call of ${SLEEPING} runs to its end before the server is closed`, async () => {
  const { counted, factory, letGo } = createCounted();
  await using stack = createStack({ factory });
  const headers = await open(stack);
  const response = await stack.begun(post(call("wait"), headers));
  await settled();
  await response.body?.cancel();
  assert.deepEqual([counted.open, counted.running, counted.aborted], [1, 1, 0]);
  await told(stack, headers); // an answer to another call is no reason either, even to one of the same id
  assert.deepEqual([counted.made, counted.open, counted.running, counted.aborted], [2, 1, 1, 0]);
  letGo();
  await settled();
  assert.deepEqual([counted.open, counted.running], [0, 0]);
  await told(stack, headers);
  assert.deepEqual([counted.made, counted.open], [3, 0]);
});

Deno.test("a cancelled call ends its stream, and with it the server", async () => {
  const { counted, factory, letGo } = createCounted();
  await using stack = createStack({ factory });
  const headers = await open(stack);
  const response = await stack.begun(post(call("wait"), headers));
  const cancel = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 7 } };
  assert.equal((await stack.send(post(cancel, headers))).status, 202);
  assert.equal(await response.text(), "");
  await settled();
  assert.deepEqual([counted.made, counted.open, counted.aborted], [2, 0, 1]);
  letGo();
  assert.equal((await stack.send(post(cancel, headers))).status, 202); // nothing runs any more
  assert.equal(counted.open, 0);
});

Deno.test(`the cancelled call of ${SLEEPING} keeps no server`, async () => {
  const { counted, factory, letGo } = createCounted();
  await using stack = createStack({ factory });
  const headers = await open(stack);
  const response = await stack.begun(post(call("wait"), headers));
  await settled();
  await response.body?.cancel();
  const cancel = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 7 } };
  assert.equal((await stack.send(post(cancel, headers))).status, 202);
  await settled();
  assert.deepEqual([counted.open, counted.aborted], [0, 1]);
  letGo();
});

Deno.test("the questions of a session are numbered through, and one that is given up is named by its number", async () => {
  const { factory } = createCounted();
  await using stack = createStack({ factory });
  const headers = await open(stack, { capabilities: { elicitation: {} } });
  for (const number of [0, 1, 2]) {
    const said = await messagesOf(await stack.send(post(call("ask"), headers)));
    assert.deepEqual(
      said.map(({ method, id, params }) => [method, id, Reflect.get(params ?? {}, "requestId")]),
      [
        ["elicitation/create", number, undefined],
        ["notifications/cancelled", undefined, number],
        [undefined, 7, undefined],
      ],
    );
  }
});

Deno.test("what was agreed on outlives the server: the revision with its batches, and one initialize only", async () => {
  const { counted, factory } = createCounted();
  await using stack = createStack({ factory });
  for (const [asked, version] of [["2025-03-26", "2025-03-26"], ["2026-07-28", "2025-11-25"]] as const) {
    const headers = { ...await open(stack, { protocolVersion: asked }), "mcp-protocol-version": version };
    const known = await told(stack, headers);
    assert.deepEqual(known, {
      version,
      client: CLIENT,
      capabilities: {},
    });
    assert.deepEqual((await errorOf(await stack.send(post(initialize(), headers)))).slice(0, 2), [
      400,
      -32600,
    ]);
    const before = counted.made;
    const batch = await stack.send(post([message("ping", {}, 1), message("ping", {}, 2)], headers));
    if (version === "2025-03-26") {
      assert.deepEqual((await messagesOf(batch)).map(({ id }) => id).sort(), [1, 2]);
    } else {
      assert.deepEqual((await errorOf(batch)).slice(0, 2), [400, -32600]);
      assert.equal(counted.made, before, "the revision is known without a server");
    }
    const unsupported = { ...headers, "mcp-protocol-version": "1999-01-01" };
    assert.equal((await errorOf(await stack.send(post(call("told"), unsupported))))[0], 400);
    assert.deepEqual(await told(stack, headers), known);
    assert.equal(counted.open, 0);
  }
});

Deno.test("a session keeps of its client what a server can use, and no more", async () => {
  const { factory } = createCounted();
  await using stack = createStack({ factory });
  const headers = await open(stack, {
    clientInfo: {
      name: "n".repeat(10_000),
      version: "v".repeat(10_000),
      title: "t",
      icons: [{ src: `data:image/png;base64,${"A".repeat(10_000)}` }],
    },
    capabilities: {
      elicitation: { form: { applyDefaults: true }, url: {}, other: { deep: "x".repeat(10_000) } },
      sampling: { tools: {} },
      roots: { listChanged: true },
      experimental: { much: { more: "x".repeat(10_000) } },
    },
  });
  assert.deepEqual(await told(stack, headers), {
    version: "2025-11-25",
    client: { name: "n".repeat(256), version: "v".repeat(256) },
    capabilities: { elicitation: { form: {}, url: {} }, sampling: { tools: {} }, roots: {} },
  });
});

Deno.test("whatever a client offers, the first server and each later one know the same of it", async () => {
  const mode = fc.option(fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue(), { maxKeys: 2 }), {
    nil: undefined,
  });
  const optional = (keys: readonly string[]) =>
    fc.option(fc.record(Object.fromEntries(keys.map((key) => [key, mode]))), { nil: undefined });
  const capabilities = fc.record({
    elicitation: optional(["form", "url", "else"]),
    sampling: optional(["tools", "context"]),
    roots: fc.option(fc.record({ listChanged: fc.boolean() }), { nil: undefined }),
    experimental: optional(["a"]),
  });
  const text = fc.string({ unit: "binary", maxLength: 300 });
  await fc.assert(
    fc.asyncProperty(capabilities, text, text, async (offered, name, version) => {
      const servers: Server[] = [];
      const { factory } = createCounted();
      await using stack = createStack({
        factory: async (context) => {
          const product = await factory(context);
          assert.ok(product instanceof Server);
          servers.push(product);
          return product;
        },
      });
      const first = initialize();
      const params = { ...first.params, capabilities: offered, clientInfo: { name, version } };
      const response = await stack.send(post({ ...first, params }));
      if (response.headers.get("mcp-session-id") === null) return; // no initialize in the SDK's eyes
      await response.text();
      const headers = { "mcp-session-id": response.headers.get("mcp-session-id") ?? "" };
      await (await stack.send(post(message("ping"), headers))).text();
      await (await stack.send(post(message("ping"), headers))).text();
      const [begun, ...later] = servers.map((server) => knownBy(server));
      assert.equal(later.length, 2);
      assert.ok(begun?.client !== undefined);
      assert.equal(begun.client.name, name.slice(0, 256));
      for (const known of later) assert.deepEqual(known, begun);
    }),
    { numRuns: 40 },
  );
});

Deno.test("a server that cannot be made fails its request alone: the next one tries again", async () => {
  const { counted, factory, failWith } = createCounted();
  await using stack = createStack({ factory });
  const headers = await open(stack);
  failWith(new Error("no memory"));
  const failed = await Promise.allSettled([1, 2].map((id) => stack.send(post(call("told", id), headers))));
  assert.deepEqual(failed.map(({ status }) => status), ["rejected", "rejected"]);
  assert.equal(counted.made, 2, "they shared the attempt");
  failWith(undefined);
  await told(stack, headers);
  assert.deepEqual([counted.made, counted.open, stack.protocol.sessionCount()], [3, 0, 1]);
});

Deno.test("DELETE ends a sleeping session", async () => {
  const { counted, factory } = createCounted();
  await using stack = createStack({ factory });
  const headers = await open(stack);
  const end = () => new Request(MCP_URL, { method: "DELETE", headers });
  assert.equal((await stack.send(end(), requestContextFor("bob"))).status, 403);
  assert.equal((await stack.send(end())).status, 200);
  assert.equal((await stack.send(end())).status, 404);
  assert.equal((await stack.send(post(call("told"), headers))).status, 404);
  assert.deepEqual([stack.protocol.sessionCount(), counted.open], [0, 0]);
});

Deno.test("a stop while a session wakes leaves no server behind", async () => {
  const { counted, factory, holdUntil, letGo } = createCounted();
  const stack = createStack({ factory });
  const headers = await open(stack);
  const { promise, resolve } = Promise.withResolvers<void>();
  holdUntil(promise);
  const answer = stack.send(post(call("wait"), headers));
  await settled();
  const stopped = stack.protocol.close();
  resolve();
  await (await answer).text();
  await stopped;
  assert.deepEqual([counted.made, counted.open, stack.protocol.sessionCount()], [2, 0, 0]);
  letGo();
});

Deno.test("sleeping sessions share one timer", async () => {
  const { counted, factory } = createCounted();
  await using stack = createStack({
    factory,
    sessionLimits: { perPerson: 100, total: 100, idleMs: 1_000 },
  });
  for (let index = 0; index < 100; index++) await open(stack);
  assert.deepEqual([stack.protocol.sessionCount(), counted.open, stack.clock.armed()], [100, 0, 1]);
  stack.clock.advance(1_000);
  assert.deepEqual([stack.protocol.sessionCount(), stack.clock.armed()], [0, 0]);
  assert.equal(counted.made, 100, "ending them wakes none");
});
