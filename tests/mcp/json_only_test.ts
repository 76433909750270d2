import assert from "node:assert/strict";
import { call } from "../_support/mcp.ts";
import {
  initialize,
  LEGACY,
  modernHeaders,
  modernMessage,
  post,
  postHeaders,
} from "../_support/mcp_request.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";

/** A client that takes JSON alone, in either era. */
function jsonOnly(world: World, person: Person) {
  const headers = { ...postHeaders(person.token), accept: "application/json" };
  const send = async (message: object, more: Record<string, string> = {}) => {
    const response = await world.gateway.fetch(post({ jsonrpc: "2.0", ...message }, { ...headers, ...more }));
    const text = await response.text();
    return { response, body: text === "" ? null : JSON.parse(text) };
  };
  return {
    send,
    async open(capabilities: Record<string, unknown> = {}) {
      const { response, body } = await send(initialize({ capabilities }));
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("content-type"), "application/json");
      assert.equal(body.result.protocolVersion, "2025-11-25");
      const session = {
        "mcp-session-id": response.headers.get("mcp-session-id") ?? "",
        "mcp-protocol-version": LEGACY,
      };
      assert.equal(
        (await send({ method: "notifications/initialized" }, session)).response.status,
        202,
      );
      return session;
    },
  };
}

Deno.test("Accept: application/json alone: a legacy session, and calls without one, are answered with JSON", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { send, open } = jsonOnly(world, anna);
  const session = await open();
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
    send(modernMessage(method, params), {
      ...modernHeaders(anna.token, method, params),
      accept: "application/json",
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
  const { send, open } = jsonOnly(world, anna);
  const created = await call(world, anna, "habits_create", { title: "Run" });
  assert.ok(created.ok);
  const { habit } = created.output;
  assert.ok(typeof habit === "object" && habit !== null);
  const headers = await open({ elicitation: {} });
  const { response, body } = await send({
    id: 3,
    method: "tools/call",
    params: { name: "habits_delete", arguments: { id: Reflect.get(habit, "id") } },
  }, headers);
  assert.equal(response.status, 200);
  assert.equal(body.result.isError, true);
  assert.match(body.result.content[0].text, /destructive-not-allowed.*this client cannot ask/);
});
