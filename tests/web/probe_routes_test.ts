import assert from "node:assert/strict";
import { createWorld } from "../_support/world.ts";

const url = (path: string) => `http://gateway.test:9100${path}`;

Deno.test("METRICS_PORT takes /metrics off the main port, where /health and /ready stay", async () => {
  await using world = await createWorld({ env: { METRICS_PORT: "9100" } });
  const ask = async (path: string) => {
    const response = await world.gateway.fetch(new Request(`http://gateway.test${path}`));
    return { status: response.status, text: await response.text() };
  };
  const gone = await ask("/metrics");
  assert.equal(gone.status, 404);
  assert.equal(/mana_mcp_/.test(gone.text), false);
  assert.equal((await ask("/health")).status, 200);
  assert.equal((await ask("/ready")).status, 200);
});

Deno.test("the port of probes answers /metrics, /health and /ready, and nothing else", async () => {
  await using world = await createWorld({ env: { METRICS_PORT: "9100" } });
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await world.gateway.probe(new Request(url(path), init));
    return { status: response.status, text: await response.text() };
  };
  const { status, text } = await ask("/metrics");
  assert.equal(status, 200);
  assert.match(text, /^mana_mcp_sessions\{service="mana-mcp"\} 0$/m);
  assert.equal(JSON.parse((await ask("/health")).text).status, "ok");
  assert.equal(JSON.parse((await ask("/ready")).text).status, "ready");
  const elsewhere = ["/", "/mcp", "/.well-known/oauth-protected-resource", "/person/activity"];
  for (const path of elsewhere) assert.equal((await ask(path)).status, 404, path);
  const ana = await world.person("ana");
  const headers = { authorization: `Bearer ${ana.token}`, "content-type": "application/json" };
  assert.equal((await ask("/mcp", { method: "POST", body: "{}", headers })).status, 404);
});

Deno.test("a page of a browser gets nothing from the port of probes, under whatever name it calls it", async () => {
  await using world = await createWorld({ env: { METRICS_PORT: "9100" } });
  const ask = (init: RequestInit) => world.gateway.probe(new Request(url("/metrics"), init));
  const foreign = await ask({ headers: { origin: "https://elsewhere.test" } });
  assert.equal(foreign.status, 403);
  assert.match(await foreign.text(), /origin-not-allowed|Origin/);
  const rebound = new Request("http://rebound.test:9100/metrics", {
    headers: { origin: "http://rebound.test:9100" },
  });
  const refused = await world.gateway.probe(rebound);
  assert.equal(refused.status, 403);
  await refused.body?.cancel();
  // Scrapers call by an address that no list knows.
  const scraped = await world.gateway.probe(new Request("http://10.0.0.7:9100/metrics"));
  assert.equal(scraped.status, 200);
  await scraped.body?.cancel();
});
