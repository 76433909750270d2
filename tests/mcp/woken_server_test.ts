/** A session of a 2025 client has an SDK server only while it is used, and nobody outside can tell. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Server } from "../../lib/mcp/sdk.ts";
import { CLIENT, initialize, message, messagesOf, post } from "../_support/mcp_request.ts";
import { createStack, errorOf } from "./_protocol.ts";
import { call, createCounted, knownBy, open, told } from "./_counted_servers.ts";

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
