/** An open session and an open subscription hear of it when the person changes what their app may do. */
import assert from "node:assert/strict";
import {
  initialize,
  legacyHeaders,
  message,
  modernRequest,
  post,
  postHeaders,
} from "../_support/mcp_request.ts";
import { connect, refresh, RESOURCE, tokensOf } from "../_support/oauth_flow.ts";
import { type Connected, createConnected } from "../_support/connected.ts";
import { FIRST_MODULES } from "../_support/modules.ts";
import { eventsOf } from "../_support/event_stream.ts";

const TOOLS_CHANGED = "notifications/tools/list_changed";

async function narrow(world: Connected, clientId: string, token: string): Promise<string> {
  await world.anna.submit(await world.anna.open("/apps"), "/apps", { only: "read" });
  // The old token is worthless now, and the client gets one that says less.
  return (await tokensOf(await refresh(world, clientId, token))).access;
}

/** A legacy session of a connected app, which was given the list of its tools. */
async function openSession(world: Connected) {
  const connected = await connect(world, world.anna);
  const initialized = await world.gateway.fetch(post(initialize(), postHeaders(connected.access), RESOURCE));
  const id = initialized.headers.get("mcp-session-id") ?? "";
  assert.match(await initialized.text(), /"tools":\{"listChanged":true\}/);
  const send = (token: string, method: string) =>
    world.gateway.fetch(post(message(method), legacyHeaders(token, id), RESOURCE));
  const tools = async (token: string): Promise<string[]> => {
    const { result } = await (await send(token, "tools/list")).json();
    return result.tools.map(({ name }: { name: string }) => name);
  };
  return {
    ...connected,
    given: await tools(connected.access),
    send,
    tools,
    stream: async (token: string) =>
      eventsOf(
        await world.gateway.fetch(
          new Request(RESOURCE, {
            headers: { ...legacyHeaders(token, id), accept: "text/event-stream" },
          }),
        ),
      ),
  };
}

Deno.test("a session whose app was narrowed is told on its stream that the list of tools is another one", async () => {
  await using world = await createConnected({}, FIRST_MODULES);
  const session = await openSession(world);
  assert.ok(session.given.includes("habits_create"));
  const narrowed = await narrow(world, session.clientId, session.refresh);
  await using opened = await session.stream(narrowed);
  assert.deepEqual(await opened.next(), { jsonrpc: "2.0", method: TOOLS_CHANGED });
  const after = await session.tools(narrowed);
  assert.deepEqual(after, session.given.filter((name) => after.includes(name)));
  assert.ok(!after.includes("habits_create"));
});

Deno.test("an open stream of a session is told as soon as a request of the session comes with another token", async () => {
  await using world = await createConnected({}, FIRST_MODULES);
  const session = await openSession(world);
  await using opened = await session.stream(session.access);
  const narrowed = await narrow(world, session.clientId, session.refresh);
  await (await session.send(narrowed, "ping")).text();
  assert.deepEqual(await opened.next(), { jsonrpc: "2.0", method: TOOLS_CHANGED });
});

async function anyUri(world: Connected, token: string): Promise<string> {
  const { result } = await (await world.rpc(token, "resources/list")).json();
  return result.resources[0].uri;
}

Deno.test("2026-07-28: a subscription to the list of tools is told after a narrowing, and only where it was asked for", async () => {
  await using world = await createConnected({}, FIRST_MODULES);
  const connected = await connect(world, world.anna);
  await (await world.rpc(connected.access, "tools/list")).text();
  const listen = async (token: string, notifications: Record<string, unknown>) =>
    eventsOf(
      await world.gateway.fetch(
        modernRequest(token, "subscriptions/listen", { notifications }, { id: "l", url: RESOURCE }),
      ),
    );
  const narrowed = await narrow(world, connected.clientId, connected.refresh);
  const _meta = { "io.modelcontextprotocol/subscriptionId": "l" };
  {
    await using silent = await listen(narrowed, { resourceSubscriptions: [await anyUri(world, narrowed)] });
    assert.equal((await silent.next())?.method, "notifications/subscriptions/acknowledged");
  }
  await using told = await listen(narrowed, { toolsListChanged: true });
  assert.deepEqual((await told.next())?.params?.notifications, { toolsListChanged: true });
  assert.deepEqual(await told.next(), { jsonrpc: "2.0", method: TOOLS_CHANGED, params: { _meta } });
});
