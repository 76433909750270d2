import assert from "node:assert/strict";
import { call, META } from "../_support/mcp.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";

/** A client that takes JSON alone, in either era. */
function jsonOnly(world: World, person: Person) {
  const send = async (message: Record<string, unknown>, headers: Record<string, string> = {}) => {
    const response = await world.gateway.fetch(
      new Request("http://gateway.test/mcp", {
        method: "POST",
        headers: {
          "content-type": "application/json",
          accept: "application/json",
          authorization: `Bearer ${person.token}`,
          ...headers,
        },
        body: JSON.stringify({ jsonrpc: "2.0", ...message }),
      }),
    );
    const text = await response.text();
    return { response, body: text === "" ? null : JSON.parse(text) };
  };
  return {
    send,
    async initialize(capabilities: Record<string, unknown> = {}) {
      const { response, body } = await send({
        id: 1,
        method: "initialize",
        params: {
          protocolVersion: "2025-11-25",
          capabilities,
          clientInfo: { name: "json-only", version: "1" },
        },
      });
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("content-type"), "application/json");
      assert.equal(body.result.protocolVersion, "2025-11-25");
      const headers = {
        "mcp-session-id": response.headers.get("mcp-session-id") ?? "",
        "mcp-protocol-version": "2025-11-25",
      };
      assert.equal(
        (await send({ method: "notifications/initialized" }, headers)).response.status,
        202,
      );
      return headers;
    },
  };
}

Deno.test("Accept: application/json alone: a legacy session, and calls without one, are answered with JSON", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { send, initialize } = jsonOnly(world, anna);
  const session = await initialize();
  for (const headers of [session, { "mcp-protocol-version": "2025-11-25" }, {}]) {
    for (
      const [method, params] of [
        ["tools/list", {}],
        ["tools/call", { name: "habits_list", arguments: {} }],
        // Not of the usual form, so that the SDK answers.
        ["tools/call", { name: "habits_list", arguments: {}, unusual: 1 }],
        ["resources/list", {}],
        ["resources/read", { uri: `mana://spaces/${anna.personalSpace}/habits` }],
        ["ping", {}],
      ] as const
    ) {
      const { response, body } = await send({ id: "a", method, params }, headers);
      const context = `${method} ${JSON.stringify(headers)} ${JSON.stringify(body)}`;
      assert.equal(response.status, 200, context);
      assert.equal(response.headers.get("content-type"), "application/json", context);
      assert.equal(body.id, "a", context);
      assert.ok(body.result, context);
    }
    const { body } = await send({ id: 2, method: "nothing/here" }, headers);
    assert.equal(body.error.code, -32601);
  }
});

Deno.test("Accept: application/json alone: 2026-07-28 is answered with JSON, and a subscription is refused in words", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { send } = jsonOnly(world, anna);
  const ask = (method: string, params: Record<string, unknown>) =>
    send({ id: 1, method, params: { ...params, _meta: META } }, {
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": method,
      ...(typeof params["name"] === "string" ? { "mcp-name": params["name"] } : {}),
    });
  for (
    const [method, params] of [
      ["server/discover", {}],
      ["tools/list", {}],
      ["tools/call", { name: "habits_list", arguments: {} }],
      ["resources/list", {}],
    ] as const
  ) {
    const { response, body } = await ask(method, params);
    assert.equal(response.status, 200, method);
    assert.ok(body.result, method);
  }
  const { response, body } = await ask("subscriptions/listen", {
    notifications: { resourceSubscriptions: [] },
  });
  assert.equal(response.status, 406);
  assert.equal(
    body.error.message,
    "Not Acceptable: this answer is an event stream, send Accept: application/json, text/event-stream.",
  );
});

Deno.test("Accept: application/json alone: a legacy client that cannot be asked on a stream is refused a deletion, and not left waiting", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { send, initialize } = jsonOnly(world, anna);
  const created = await call(world, anna, "habits_create", { title: "Run" });
  assert.ok(created.ok);
  const { habit } = created.output;
  assert.ok(typeof habit === "object" && habit !== null);
  const headers = await initialize({ elicitation: {} });
  const { response, body } = await send({
    id: 3,
    method: "tools/call",
    params: { name: "habits_delete", arguments: { id: Reflect.get(habit, "id") } },
  }, headers);
  assert.equal(response.status, 200);
  assert.equal(body.result.isError, true);
  assert.match(body.result.content[0].text, /destructive-not-allowed.*this client cannot ask/);
});
