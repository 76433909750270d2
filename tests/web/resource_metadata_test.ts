import assert from "node:assert/strict";
import { rpc } from "../_support/mcp.ts";
import { createWorld } from "../_support/world.ts";

const url = (path: string) => `http://gateway.test${path}`;

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
    assert.equal(metadata.resource_policy_uri, `${base}/privacy`);
    assert.equal(metadata.resource_tos_uri, `${base}/terms`);
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
