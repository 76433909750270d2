// What `deno task start` tells the backend and the gateway of each other.
import assert from "node:assert/strict";
import { parseSettings } from "../../lib/settings/settings.ts";
import { agreedSettings } from "../../scripts/stack/agreed_settings.ts";

/** Where the pages ask, and whether the gateway takes questions with this Host. */
function wayOfPages(env: Record<string, string>) {
  const agreed = agreedSettings(env);
  const { MANA_GATEWAY_URL: url = "" } = agreed;
  const parsed = parseSettings({ ...env, ...agreed });
  assert.ok(parsed.ok);
  const { hostname } = new URL(url);
  return { url, isLetIn: parsed.settings.allowedHosts.includes(hostname), port: parsed.settings.port };
}

Deno.test("start: the pages ask the gateway where it listens, and are let in", () => {
  for (
    const [env, url] of [
      [{}, "http://127.0.0.1:3069"],
      [{ PORT: "4000" }, "http://127.0.0.1:4000"],
      [{ HOST: "0.0.0.0" }, "http://127.0.0.1:3069"],
      [{ HOST: "::" }, "http://[::1]:3069"],
      [{ HOST: "[::1]" }, "http://[::1]:3069"],
      [{ HOST: "192.0.2.7" }, "http://192.0.2.7:3069"],
      [{ HOST: "192.0.2.7", PUBLIC_URL: "https://mcp.example.org" }, "http://192.0.2.7:3069"],
      [{ ALLOWED_HOSTS: "mcp.example.org" }, "http://127.0.0.1:3069"],
    ] as const
  ) {
    assert.deepEqual(wayOfPages(env), { url, isLetIn: true, port: Number(new URL(url).port) }, url);
  }
});

Deno.test("start: hosts that were allowed stay so, and none is added that was", () => {
  assert.equal(
    agreedSettings({ ALLOWED_HOSTS: "mcp.example.org" }).ALLOWED_HOSTS,
    "mcp.example.org,127.0.0.1",
  );
  assert.equal("ALLOWED_HOSTS" in agreedSettings({ ALLOWED_HOSTS: "mcp.example.org,127.0.0.1" }), false);
  assert.equal("ALLOWED_HOSTS" in agreedSettings({}), false);
});

Deno.test("start: a port that was chosen by the system is the same for the gateway, its address and the pages", () => {
  const { PORT, MANA_GATEWAY_URL, MANA_MCP_RESOURCE } = agreedSettings({ PORT: "0" });
  assert.match(PORT ?? "", /^[1-9]\d+$/);
  assert.equal(MANA_GATEWAY_URL, `http://127.0.0.1:${PORT}`);
  assert.equal(MANA_MCP_RESOURCE, `http://127.0.0.1:${PORT}/mcp,http://localhost:${PORT}/mcp`);
});

Deno.test("start: settings that cannot be used open no way to anybody", () => {
  assert.equal("MANA_GATEWAY_URL" in agreedSettings({ PORT: "a port" }), false);
});
