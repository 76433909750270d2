// Session ids that tell of their session: what they tell, for how long, to whom, and that nobody else can make or change one.
import assert from "node:assert/strict";
import fc from "fast-check";
import { Server, SUPPORTED_PROTOCOL_VERSIONS } from "../../lib/mcp/sdk.ts";
import { initialize, MCP_URL, message, messagesOf, post } from "../_support/mcp_request.ts";
import { requestContextFor } from "../_support/request_context.ts";
import { call, createCounted, knownBy, open, told } from "../mcp/_counted_servers.ts";
import { errorOf } from "../mcp/_protocol.ts";
import { createNode, keysOf } from "./_protocol_nodes.ts";

const HOUR_MS = 3_600_000;
const UNKNOWN = "The session is unknown or has ended: send a new initialize request.";
const FOREIGN = "The session belongs to another person: start a session of your own.";

const ping = (id: string) => post(message("ping"), { "mcp-session-id": id });

/** A node and the servers that it has made, in order. */
function createWatched() {
  const servers: Server[] = [];
  const { factory } = createCounted();
  const node = createNode({
    factory: async (context) => {
      const product = await factory(context);
      assert.ok(product instanceof Server);
      servers.push(product);
      return product;
    },
  });
  return { ...node, servers };
}

async function begin(node: ReturnType<typeof createNode>, params: Record<string, unknown> = {}) {
  const first = initialize();
  const response = await node.send(post({ ...first, params: { ...first.params, ...params } }));
  const messages = await messagesOf(response);
  return { id: response.headers.get("mcp-session-id"), messages };
}

Deno.test("for every revision a client may offer, the id tells what the server settled", async () => {
  const offers = [...SUPPORTED_PROTOCOL_VERSIONS, "2026-07-28", "1999-01-01", "2025-11-26", "", "newest"];
  for (const protocolVersion of offers) {
    const [one, two] = [createWatched(), createWatched()];
    const { id, messages } = await begin(one, { protocolVersion });
    assert.ok(id !== null);
    const settled = SUPPORTED_PROTOCOL_VERSIONS.includes(protocolVersion) ? protocolVersion : "2025-11-25";
    assert.match(JSON.stringify(messages), new RegExp(`"protocolVersion":"${settled}"`));
    assert.equal((await two.send(ping(id))).status, 200);
    assert.equal(knownBy(two.servers[0] ?? assert.fail()).version, settled);
    await one.protocol.close();
    await two.protocol.close();
  }
});

Deno.test("whatever a client offers, a server at another node knows the same of it, and the id is short and visible", async () => {
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
  // Of any characters, those among them that take most room in UTF-8 or JSON, and cut within a character.
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.constantFrom("\u0000".repeat(256), "\u{1F600}".repeat(128), "\uFFFF".repeat(300)),
    fc.constantFrom(`x${"\u{1F600}".repeat(150)}`),
  );
  const revision = fc.oneof(fc.constantFrom(...SUPPORTED_PROTOCOL_VERSIONS), fc.string({ maxLength: 12 }));
  await fc.assert(
    fc.asyncProperty(capabilities, text, text, revision, async (offered, name, version, protocolVersion) => {
      const [one, two] = [createWatched(), createWatched()];
      const offer = { protocolVersion, capabilities: offered, clientInfo: { name, version } };
      const { id } = await begin(one, offer);
      if (id === null) return; // no initialize in the SDK's eyes
      assert.match(id, /^[\x21-\x7e]{64,2048}$/);
      await (await one.send(ping(id))).text();
      await (await two.send(ping(id))).text();
      const [begun, again] = one.servers.map(knownBy);
      assert.deepEqual(again, begun);
      assert.deepEqual(two.servers.map(knownBy), [begun]);
      await one.protocol.close();
      await two.protocol.close();
    }),
    { numRuns: 60 },
  );
});

Deno.test("the longest names fit into what proxies take, and a usual id is short", async () => {
  await using node = createNode();
  const wide = "\u{10FFFF}".repeat(200);
  const capabilities = {
    elicitation: { form: {}, url: {} },
    sampling: { context: {}, tools: {} },
    roots: {},
  };
  const longest = await begin(node, { clientInfo: { name: wide, version: wide }, capabilities });
  const usual = await begin(node, { clientInfo: { name: "claude-code", version: "1.0.58" }, capabilities });
  const [long, short] = [longest.id?.length ?? 0, usual.id?.length ?? 0];
  assert.ok(long > 1_000 && long <= 1_700, `${long}`);
  assert.ok(short > 0 && short <= 350, `${short}`);
});

Deno.test("an id that was changed in any way, or made up, is unknown", async () => {
  await using node = createNode();
  const { id } = await begin(node);
  assert.ok(id !== null);
  const characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ~";
  const changed = fc.tuple(fc.nat(id.length - 1), fc.constantFrom(...characters))
    .map(([at, character]) => id.slice(0, at) + character + id.slice(at + 1));
  const other = fc.oneof(
    changed,
    fc.nat(id.length - 1).map((length) => id.slice(0, length)),
    fc.nat(id.length - 1).map((from) => id.slice(from)),
    fc.constantFrom(...characters).map((character) => id + character),
    fc.base64String({ maxLength: 3_000 }).map((text) => `1.${text.replaceAll("=", "")}`),
    fc.string({ unit: fc.constantFrom(...characters), maxLength: 3_000 }),
    fc.constantFrom(`2${id.slice(1)}`, `${id}.${id}`, `1.${id}`, "1.", ".", id.toUpperCase(), `${id}AAAA`),
  );
  await fc.assert(
    fc.asyncProperty(other, async (text) => {
      if (text.trim() === id) return;
      const response = await node.send(ping(text));
      // Without an id a request is one outside of any session.
      if (text.trim() !== "") assert.deepEqual(await errorOf(response), [404, -32000, UNKNOWN]);
      else await response.text();
    }),
    { numRuns: 500 },
  );
  assert.equal(node.protocol.sessionCount(), 1);
  assert.equal((await node.send(ping(id))).status, 200);
});

Deno.test("a session ends twelve hours after it began, however it is used, and wherever", async () => {
  const [one, two] = [createNode(), createNode()];
  const headers = await open(one);
  const stream = await one.send(
    new Request(MCP_URL, { headers: { ...headers, accept: "text/event-stream" } }),
  );
  for (let hour = 0; hour < 12; hour++) {
    for (const node of [one, two]) {
      const response = await node.send(post(call("whoami"), headers));
      assert.equal(response.status, 200);
      await response.text();
      node.clock.advance(HOUR_MS - (hour === 11 ? 1 : 0));
    }
  }
  for (const node of [one, two]) {
    assert.equal((await node.send(post(call("whoami"), headers))).status, 200);
    node.clock.advance(1);
  }
  assert.equal(await stream.text(), "", "its stream ends by the clock, without a request");
  for (const node of [one, two, one, two]) {
    assert.deepEqual(await errorOf(await node.send(post(call("whoami"), headers))), [404, -32000, UNKNOWN]);
    assert.equal(node.protocol.sessionCount(), 0);
  }
  for (const node of [one, two]) {
    await node.protocol.close();
    assert.equal(node.clock.armed(), 0);
  }
});

Deno.test("a session has one id, and no other spelling of it", async () => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (const name of ["a", "ab", "abc"]) {
    await using node = createNode();
    const { id } = await begin(node, { clientInfo: { name, version: "1" } });
    assert.ok(id !== null);
    for (const last of alphabet) {
      const spelled: string = id.slice(0, -1) + last;
      assert.equal((await node.send(ping(spelled))).status, spelled === id ? 200 : 404);
    }
  }
});

Deno.test("nodes whose clocks differ by up to 30 seconds take each other's ids", async () => {
  await using early = createNode({}, keysOf("1"), 1_000_000);
  await using same = createNode({}, keysOf("1"), 1_030_000);
  await using late = createNode({}, keysOf("1"), 1_030_001);
  for (const [maker, status] of [[same, 200], [late, 404]] as const) {
    const { id } = await begin(maker);
    assert.equal((await early.send(ping(id ?? ""))).status, status);
  }
});

Deno.test("an id is good for its own person alone", async () => {
  await using one = createNode();
  await using two = createNode();
  const { id } = await begin(one);
  assert.ok(id !== null);
  for (const stranger of ["bob", "ad", "ada ", "ADA"]) {
    const response = await two.send(ping(id), requestContextFor(stranger));
    assert.deepEqual(await errorOf(response), [403, -32000, FOREIGN]);
  }
  const { caller, ...rest } = requestContextFor("ada");
  const moved = { ...caller, principal: { ...caller.principal, issuer: "https://other.test" } };
  assert.deepEqual(await errorOf(await two.send(ping(id), { ...rest, caller: moved })), [
    403,
    -32000,
    FOREIGN,
  ]);
  assert.equal(two.protocol.sessionCount(), 0);
  assert.equal((await two.send(ping(id))).status, 200);
});

Deno.test("an id opens under each secret that is listed, and under no other", async () => {
  await using old = createNode({}, keysOf("1"));
  await using both = createNode({}, keysOf("2", "1"));
  await using fresh = createNode({}, keysOf("2"));
  const [first, second] = [(await begin(old)).id ?? "", (await begin(both)).id ?? ""];
  assert.deepEqual([first.slice(0, 2), second.slice(0, 2)], ["1.", "2."]);
  assert.equal((await both.send(ping(first))).status, 200);
  assert.equal((await fresh.send(ping(second))).status, 200);
  assert.deepEqual(await errorOf(await fresh.send(ping(first))), [404, -32000, UNKNOWN]);
  assert.deepEqual(await errorOf(await old.send(ping(second))), [404, -32000, UNKNOWN]);
});

Deno.test("an id says nothing of person or client to whoever reads it, and no two are alike", async () => {
  await using node = createNode();
  const ids = new Set<string>();
  for (let round = 0; round < 50; round++) {
    const { id } = await begin(node, { clientInfo: { name: "distinctive-client", version: "1" } });
    assert.ok(id !== null);
    ids.add(id);
    const bytes = Uint8Array.fromBase64(id.slice(2), { alphabet: "base64url" });
    const text = new TextDecoder("latin1").decode(bytes);
    for (const word of ["2025", "elicitation", "d\0i\0s\0t", "dist"]) assert.ok(!text.includes(word), word);
  }
  assert.equal(ids.size, 50);
  assert.equal(node.protocol.sessionCount(), 20, "the person's oldest idle sessions gave their places");
});

Deno.test("a revived session is told of its client's notifications/initialized", async () => {
  const { counted, factory } = createCounted();
  await using one = createNode();
  await using two = createNode({ factory });
  const headers = await open(one);
  await told(two, headers);
  assert.deepEqual([counted.made, counted.initialized], [1, 1]);
});

Deno.test("a session whose server settled something else than its id tells is over, everywhere but in the answer", async () => {
  const only = (supportedProtocolVersions: string[]) =>
    createNode({
      factory: () =>
        new Server({ name: "test", version: "1" }, { capabilities: {}, supportedProtocolVersions }),
    });
  await using odd = only(["2025-06-18"]);
  await using usual = only(["2025-11-25", "2025-06-18"]);
  const { id, messages } = await begin(odd, { protocolVersion: "2025-11-25" });
  assert.match(JSON.stringify(messages), /"protocolVersion":"2025-06-18"/);
  assert.deepEqual(await errorOf(await odd.send(ping(id ?? ""))), [404, -32000, UNKNOWN]);
  const fit = await begin(odd, { protocolVersion: "2025-06-18" });
  for (const node of [odd, usual]) assert.equal((await node.send(ping(fit.id ?? ""))).status, 200);
  // A node that does not speak what another one settled fails the request, and tells the client nothing wrong.
  const { id: newer } = await begin(usual, { protocolVersion: "2025-11-25" });
  await assert.rejects(odd.send(ping(newer ?? "")), /does not accept what was negotiated/);
});
