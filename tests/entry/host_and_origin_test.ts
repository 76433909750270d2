import assert from "node:assert/strict";
import { rpc } from "../_support/mcp.ts";
import { createWorld } from "../_support/world.ts";

const url = (path: string) => `http://gateway.test${path}`;

Deno.test("a Host that is not allowed is 403 before anything else (DNS rebinding)", async () => {
  await using world = await createWorld();
  for (const path of ["/mcp", "/", "/.well-known/oauth-protected-resource", "/nothing", "/health/x"]) {
    const response = await world.gateway.fetch(new Request(url(path), { headers: { host: "rebound.test" } }));
    assert.equal(response.status, 403, path);
    assert.match(await response.text(), /The Host header is not allowed here/);
  }
  assert.equal(world.upstreamCalls.length, 0);
});

Deno.test("a probe may call by any Host, and opens the door to nothing else", async () => {
  await using world = await createWorld();
  const ask = async (path: string, init: RequestInit = {}) => {
    const headers = { host: "10.1.2.3:3069", ...init.headers };
    const response = await world.gateway.fetch(new Request(url(path), { ...init, headers }));
    await response.body?.cancel();
    return response.status;
  };
  for (const path of ["/health", "/ready", "/metrics", "/health?probe=1"]) {
    assert.equal(await ask(path), 200, path);
    // The same Host again: that it was let through once is remembered for nothing.
    assert.equal(await ask("/mcp", { method: "POST", body: "{}" }), 403, path);
    assert.equal(await ask(path, { method: "POST", body: "{}" }), 403, path);
    assert.equal(await ask(path, { headers: { origin: "http://10.1.2.3:3069" } }), 403, path);
  }
});

Deno.test("ALLOWED_HOSTS without a port means any port, with a port that one", async () => {
  await using world = await createWorld({ env: { ALLOWED_HOSTS: "gateway.test,strict.test:8443" } });
  const status = async (host: string) => {
    const response = await world.gateway.fetch(new Request(url("/"), { headers: { host } }));
    await response.body?.cancel();
    return response.status;
  };
  assert.equal(await status("gateway.test:1234"), 200);
  assert.equal(await status("GATEWAY.test"), 200);
  assert.equal(await status("strict.test:8443"), 200);
  assert.equal(await status("strict.test"), 403);
  assert.equal(await status("strict.test:1"), 403);
  assert.equal(await status("gateway.test.evil.test"), 403);
});

Deno.test("a port that no host can have is refused like a foreign Host, wherever the address would be made of it", async () => {
  await using world = await createWorld();
  const paths = [
    "/.well-known/oauth-protected-resource",
    "/.well-known/oauth-protected-resource/mcp",
    "/mcp",
    "/",
  ];
  const ask = async (path: string, host: string) => {
    const response = await world.gateway.fetch(new Request(url(path), { headers: { host } }));
    return { status: response.status, text: await response.text() };
  };
  for (const path of paths) {
    for (const host of ["gateway.test:65536", "gateway.test:70000", "LOCALHOST:99999", "[::1]:70000"]) {
      const { status, text } = await ask(path, host);
      assert.equal(status, 403, `${host}${path}`);
      assert.match(text, /The Host header is not allowed here/);
    }
    // A refused spelling does not stop the usual one, nor the other way round.
    assert.notEqual((await ask(path, "gateway.test:65535")).status, 403, path);
  }
});

Deno.test("an Origin that is not allowed is 403 without CORS headers", async () => {
  await using world = await createWorld();
  for (const origin of ["https://evil.test", "null", "http://localhost:5174", "nonsense"]) {
    const response = await world.gateway.fetch(
      new Request(url("/mcp"), { method: "POST", headers: { origin } }),
    );
    assert.equal(response.status, 403, origin);
    assert.equal(response.headers.get("access-control-allow-origin"), null);
    assert.match(await response.text(), /The Origin header is not allowed here/);
  }
});

Deno.test("preflight of a browser-based client passes with every header it sends", async () => {
  await using world = await createWorld();
  const wanted = [
    "authorization",
    "content-type",
    "mcp-protocol-version",
    "mcp-method",
    "mcp-name",
    "mcp-session-id",
    "last-event-id",
    "x-mana-fresh",
    "x-mana-space",
    "x-mana-time-zone",
  ];
  const response = await world.gateway.fetch(
    new Request(url("/mcp"), {
      method: "OPTIONS",
      headers: {
        origin: "http://localhost:5173",
        "access-control-request-method": "POST",
        "access-control-request-headers": wanted.join(","),
      },
    }),
  );
  assert.equal(response.status, 204);
  assert.equal(response.headers.get("access-control-allow-origin"), "http://localhost:5173");
  const allowed = response.headers.get("access-control-allow-headers")?.split(", ") ?? [];
  assert.deepEqual(wanted.filter((name) => !allowed.includes(name)), []);
  assert.equal(response.headers.get("access-control-allow-credentials"), null);
});

Deno.test("a page of an application may call where its origin is listed, and no other page where none is", async () => {
  const status = async (origins: string, origin: string) => {
    await using world = await createWorld({ env: { CORS_ORIGINS: origins } });
    const answer = await rpc(world, null, "tools/list", {}, { headers: { origin } });
    return [answer.status, answer.headers.get("access-control-allow-origin")];
  };
  assert.deepEqual(await status("app://obsidian.md", "app://obsidian.md"), [401, "app://obsidian.md"]);
  assert.deepEqual(await status("app://obsidian.md", "app://other"), [403, null]);
  assert.deepEqual(await status("", "http://localhost:5173"), [403, null]);
});

Deno.test("a browser may read the session id and the challenge", async () => {
  await using world = await createWorld();
  const answer = await rpc(world, null, "tools/list", {}, { headers: { origin: "http://localhost:5173" } });
  assert.equal(answer.status, 401);
  assert.equal(answer.headers.get("access-control-allow-origin"), "http://localhost:5173");
  const exposed = answer.headers.get("access-control-expose-headers") ?? "";
  for (const name of ["mcp-session-id", "www-authenticate"]) assert.ok(exposed.includes(name), name);
});
