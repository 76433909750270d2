import assert from "node:assert/strict";
import { STOP_ABORT_MS, STOP_GRACE_MS } from "../../lib/kit/limits.ts";
import { call, callOk, rpc } from "../_support/mcp.ts";
import { createWorld } from "../_support/world.ts";
import { SYNC_URL } from "../_support/test_backend.ts";

const url = (path: string) => `http://gateway.test${path}`;

Deno.test("a missing token is 401 with a challenge and plain words", async () => {
  await using world = await createWorld();
  const answer = await rpc(world, null, "tools/list");
  assert.equal(answer.status, 401);
  assert.equal(
    answer.headers.get("www-authenticate"),
    'Bearer realm="mana", scope="mana:read mana:write mana:destructive offline_access", ' +
      'resource_metadata="http://gateway.test/.well-known/oauth-protected-resource/mcp"',
  );
  assert.equal(
    answer.body.error?.message,
    "A bearer token is missing: send `Authorization: Bearer <token>`.",
  );
});

for (
  const [name, header] of [
    ["another scheme", "Basic YTpi"],
    ["nothing after the scheme", "Bearer"],
    ["two tokens", "Bearer a.b.c d.e.f"],
    ["two headers joined", "Bearer a.b.c, Bearer d.e.f"],
    ["not three parts", "Bearer abc"],
    ["odd characters", "Bearer a.b.c%00"],
    ["a huge token", `Bearer ${"a".repeat(9000)}.b.c`],
  ] as const
) {
  Deno.test(`the Authorization header is refused: ${name}`, async () => {
    await using world = await createWorld();
    const answer = await rpc(world, null, "tools/list", {}, { headers: { authorization: header } });
    assert.equal(answer.status, 401);
    assert.match(answer.headers.get("www-authenticate") ?? "", /^Bearer realm="mana"/);
    assert.equal(
      answer.text.includes(header.slice(7, 30)) && header.length > 8,
      false,
      "the token is not echoed",
    );
    assert.equal(world.upstreamCalls.length, 0);
  });
}

Deno.test("a token that ended is 401 in words, and a fresh one works", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await callOk(world, anna, "habits_list");
  world.clock.now += 20 * 60_000;
  const answer = await rpc(world, anna, "tools/list");
  assert.equal(answer.status, 401);
  assert.match(answer.headers.get("www-authenticate") ?? "", /error="invalid_token"/);
  assert.equal(
    answer.body.error?.message,
    "The bearer token has expired: get a fresh one and repeat the request.",
  );
  await anna.refresh();
  await callOk(world, anna, "habits_list");
});

Deno.test("the scheme is case-insensitive", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const answer = await rpc(world, null, "tools/list", {}, {
    headers: { authorization: `bearer ${anna.token}` },
  });
  assert.equal(answer.status, 200);
});

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
  const response = await world.gateway.fetch(new Request(url("/health")));
  assert.deepEqual(await response.json(), {
    status: "ok",
    service: "mana-mcp",
    version: "0.0.0-test",
    registry: { loaded: true, tools: 15 },
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
    upstreams: { auth: "ok", sync: "ok", vault: "ok" },
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
    upstreams: { auth: "ok", sync: "failing", vault: "ok" },
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

Deno.test("one JSON log line per call, without any value", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await callOk(world, anna, "notes_create", { title: "SENTINEL-title", content: "SENTINEL-content" });
  const lines = world.logLines.filter((line) => line.includes('"event":"call"'));
  assert.equal(lines.length, 1);
  const line = JSON.parse(lines[0] ?? "{}");
  assert.equal(line.tool, "notes.create");
  assert.equal(line.access, "write");
  assert.equal(line.outcome, "success");
  assert.match(line.traceId, /^[0-9a-f]{32}$/);
  assert.equal(world.logLines.join("\n").includes("SENTINEL"), false);
  assert.equal(world.logLines.join("\n").includes(anna.token), false);
});

Deno.test("the auth service down is 503, not 401", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  world.intercept = () => new Response("boom", { status: 500 });
  const answer = await rpc(world, anna, "tools/list");
  assert.equal(answer.status, 503);
  assert.equal(answer.headers.get("www-authenticate"), null);
  assert.equal(answer.headers.get("retry-after"), "5");
  assert.equal(answer.body.error?.message, "The auth service is not available: try again later.");
});

Deno.test("after stop() new work is refused and /ready says so", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await callOk(world, anna, "habits_list");
  await world.gateway.stop();
  const answer = await rpc(world, anna, "tools/list");
  assert.equal(answer.status, 503);
  assert.equal(answer.body.error?.message, "The gateway is stopping: connect again shortly.");
  const ready = await world.gateway.fetch(new Request(url("/ready")));
  assert.equal(ready.status, 503);
  await ready.body?.cancel();
});

Deno.test("stop() waits for a call in flight", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  world.intercept = async ({ url }) => {
    if (!url.includes("/pull")) return undefined;
    reached.resolve();
    await released.promise;
    return undefined;
  };
  world.delay = () => new Promise(() => {}); // the grace never ends by itself
  const calling = callOk(world, anna, "habits_list");
  await reached.promise;
  const stopping = world.gateway.stop();
  released.resolve();
  assert.deepEqual((await calling).habits, []);
  await stopping;
});

for (const path of ["short", "SDK's"] as const) {
  Deno.test(`stop() ends a write that does not end, and its client is told that nobody knows: the ${path} path`, async () => {
    await using world = await createWorld();
    const anna = await world.person("anna");
    const gateway = path === "short" ? world.gateway : world.sdkOnly;
    const pushed = Promise.withResolvers<void>();
    const pushes: AbortSignal[] = [];
    let wasEnded: boolean | undefined;
    world.intercept = ({ method, url, signal }) => {
      if (method !== "POST" || !url.startsWith(`${SYNC_URL}/`)) return undefined;
      pushes.push(signal);
      pushed.resolve();
      return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    };
    // Only the grace is over; whatever else waits goes on until its signal ends it.
    world.delay = (ms, signal) => {
      // By the time stop() waits for what it has cut off, the push is ended; not by a timeout of its own later on.
      if (ms === STOP_ABORT_MS) wasEnded = pushes[0]?.aborted;
      return ms === STOP_GRACE_MS || signal?.aborted
        ? Promise.resolve()
        : new Promise((resolve) => signal?.addEventListener("abort", () => resolve()));
    };
    const entry = { title: "t", content: "c", entryDate: "2026-03-01" };
    const calling = call({ ...world, gateway }, anna, "journal_add", entry);
    await pushed.promise;
    await gateway.stop();
    assert.equal(wasEnded, true);
    const outcome = await calling;
    assert.match(
      outcome.ok ? "" : outcome.message,
      /^It is unknown whether the journal entry was stored \([0-9a-f-]{36}\): .* List before you repeat the call\.$/,
    );
  });
}

Deno.test("the metadata of the protected resource says where to sign in and what to ask for", async () => {
  await using world = await createWorld();
  for (const path of ["/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-protected-resource"]) {
    const response = await world.gateway.fetch(new Request(url(path)));
    assert.equal(response.status, 200);
    const metadata = await response.json();
    assert.equal(metadata.resource, "http://gateway.test/mcp");
    assert.deepEqual(metadata.authorization_servers, ["http://auth.test"]);
    assert.deepEqual(metadata.bearer_methods_supported, ["header"]);
    for (const scope of ["mana:read", "todo:write", "notes:destructive", "spaces:read", "offline_access"]) {
      assert.ok(metadata.scopes_supported.includes(scope), scope);
    }
  }
});

Deno.test("PUBLIC_URL with a path or in another spelling: challenge, metadata, endpoint and page agree", async () => {
  for (
    const [written, base] of [
      ["https://mana.test/mana", "https://mana.test/mana"],
      ["https://Mana.Test:443/mana/", "https://mana.test/mana"],
      ["https://mana.test:8443/a/b-c", "https://mana.test:8443/a/b-c"],
      ["HTTPS://mana.test", "https://mana.test"],
    ] as const
  ) {
    await using world = await createWorld({
      env: { PUBLIC_URL: written, ALLOWED_HOSTS: "gateway.test,mana.test" },
    });
    const { origin, pathname } = new URL(`${base}/mcp`);
    // RFC 9728 section 3.1: the well-known name stands between the host and the path of the resource.
    const place = `/.well-known/oauth-protected-resource${pathname}`;
    const answer = await rpc(world, null, "tools/list");
    assert.ok(
      answer.headers.get("www-authenticate")?.includes(`resource_metadata="${origin}${place}"`),
      answer.headers.get("www-authenticate") ?? "",
    );
    const metadata = await (await world.gateway.fetch(new Request(url(place)))).json();
    assert.equal(metadata.resource, `${base}/mcp`);
    assert.equal(metadata.resource_documentation, `${base}/`);
    assert.equal(metadata.resource_policy_uri, `${base}/#confinement`);
    // Whether the proxy takes the path away or passes it on.
    for (const path of ["/mcp", pathname]) {
      const response = await world.gateway.fetch(new Request(url(path), { method: "POST", body: "{}" }));
      await response.body?.cancel();
      assert.equal(response.status, 401, path);
    }
    for (
      const path of ["/", "/health", `${new URL(`${base}/`).pathname}`, pathname.replace(/mcp$/, "health")]
    ) {
      const response = await world.gateway.fetch(new Request(url(path)));
      await response.body?.cancel();
      assert.equal(response.status, 200, path);
    }
    const elsewhere = await world.gateway.fetch(
      new Request(url("/other/mcp"), { method: "POST", body: "{}" }),
    );
    assert.equal(elsewhere.status, 404);
    await elsewhere.body?.cancel();
  }
});

Deno.test("with PUBLIC_URL the metadata names it, whatever the Host is", async () => {
  await using world = await createWorld({ env: { PUBLIC_URL: "https://mana.test" } });
  const response = await world.gateway.fetch(new Request(url("/.well-known/oauth-protected-resource/mcp")));
  assert.equal((await response.json()).resource, "https://mana.test/mcp");
});
