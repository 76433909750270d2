import assert from "node:assert/strict";
import { call, callOk } from "../_support/mcp.ts";
import { createOffer } from "../../lib/tool/offered.ts";
import { MODULES } from "../../tools/modules.ts";
import { PROFILES } from "../../tools/profiles.ts";
import { VIEWS } from "../../tools/views.ts";
import { createWorld } from "../_support/world.ts";

const url = (path: string) => `http://gateway.test${path}`;

Deno.test("an unknown path is 404 and an unknown method 405, in words", async () => {
  await using world = await createWorld();
  const lost = await world.gateway.fetch(new Request(url("/nothing")));
  assert.equal(lost.status, 404);
  assert.match(await lost.text(), /the MCP endpoint is \/mcp/);
  const put = await world.gateway.fetch(new Request(url("/mcp"), { method: "PUT", body: "{}" }));
  assert.equal(put.status, 405);
  assert.equal(put.headers.get("allow"), "POST, GET, DELETE");
  await put.body?.cancel();
});

Deno.test("/health tells service, version and registry", async () => {
  await using world = await createWorld();
  const { registry } = createOffer({ modules: MODULES, profiles: PROFILES, views: VIEWS }, "underscore");
  const response = await world.gateway.fetch(new Request(url("/health")));
  assert.deepEqual(await response.json(), {
    status: "ok",
    service: "mana-mcp",
    version: "0.0.0-test",
    registry: { loaded: true, tools: registry.tools.length },
    sessions: 0,
    confinement: null,
  });
});

Deno.test("/health and /ready are 503 while nobody new can connect, and /metrics counts how often", async () => {
  let isListening = false;
  await using world = await createWorld({
    listener: { isListening: () => isListening, failures: () => 3 },
  });
  const ask = async (path: string) => {
    const response = await world.gateway.fetch(new Request(url(path)));
    return { status: response.status, text: await response.text() };
  };
  const health = await ask("/health");
  assert.equal(health.status, 503);
  assert.equal(JSON.parse(health.text).status, "not-listening");
  assert.equal((await ask("/ready")).status, 503);
  const { text } = await ask("/metrics");
  assert.ok(
    text.includes(
      '# TYPE mana_mcp_listener_failures_total counter\nmana_mcp_listener_failures_total{service="mana-mcp"} 3\n',
    ),
    text,
  );
  isListening = true;
  assert.equal((await ask("/health")).status, 200);
  assert.equal((await ask("/ready")).status, 200);
});

Deno.test("/ready asks the services, at most once in two seconds", async () => {
  await using world = await createWorld();
  const ready = () => world.gateway.fetch(new Request(url("/ready")));
  const good = await ready();
  assert.equal(good.status, 200);
  assert.deepEqual(await good.json(), {
    status: "ready",
    upstreams: { auth: "ok", sync: "ok" },
  });
  const asked = world.upstreamCalls.length;
  await (await ready()).body?.cancel();
  assert.equal(world.upstreamCalls.length, asked);
  world.clock.now += 5_000;
  world.intercept = ({ url }) =>
    url.startsWith("http://sync.test") ? new Response("down", { status: 500 }) : undefined;
  const bad = await ready();
  assert.equal(bad.status, 503);
  assert.deepEqual(await bad.json(), {
    status: "not-ready",
    upstreams: { auth: "ok", sync: "failing" },
  });
});

Deno.test("/metrics counts calls under the names that dashboards use", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await callOk(world, anna, "habits_list");
  await call(world, anna, "todo_complete", { id: 7 });
  const text = await (await world.gateway.fetch(new Request(url("/metrics")))).text();
  for (
    const line of [
      'mana_mcp_tool_invocations_total{service="mana-mcp",tool="habits.list",outcome="success"} 1',
      'mana_mcp_tool_invocations_total{service="mana-mcp",tool="todo.complete",outcome="input-invalid"} 1',
      'mana_mcp_policy_decisions_total{service="mana-mcp",decision="allow",reason="clean",mode="enforce"} 2',
      'mana_mcp_tool_duration_seconds_count{service="mana-mcp",tool="habits.list",outcome="success"} 1',
      "# TYPE mana_mcp_tool_duration_seconds histogram",
    ]
  ) assert.ok(text.includes(line), `${line}\n\n${text}`);
});
