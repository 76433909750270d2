// Both hosts behind Caddy, as docs/deploy/Caddyfile ships it: the tests of the sign-in host, and what the gateway needs.
import assert from "node:assert/strict";
import { readFirstPerson } from "../../scripts/stack/read_first_person.ts";
import { signIn } from "../../scripts/stack/sign_in.ts";
import { freePort } from "../../scripts/stack/free_port.ts";
import { startStack } from "../../scripts/stack/start_stack.ts";
import { eventsOf, listenRaw } from "../_support/event_stream.ts";
import { META } from "../_support/mcp_request.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { makeCertificate } from "../nginx/_certificate.ts";
import { type Proxy, testSignInHost } from "../nginx/_sign_in_host.ts";
import { CADDY, CADDYFILE, runCaddy, startCaddy } from "./_caddy.ts";
import { isInstalled } from "./_installed.ts";

const installed = await isInstalled(CADDY, "the shipped Caddyfile");

const caddy: Proxy = {
  name: "Caddy",
  isInstalled: installed,
  tooLong: 502, // of Caddy 2.6
  start: (folder, host) => startCaddy(folder, { ...host, gatewayPort: freePort(), gateway: "127.0.0.1:1" }),
};
testSignInHost(caddy);

Deno.test({
  name: "Caddy: the Caddyfile is valid as it is shipped",
  ignore: !installed,
  fn: async () => {
    await using folder = await temporaryFolder();
    const args = ["validate", "--config", CADDYFILE, "--adapter", "caddyfile"];
    const { success, stderr } = await runCaddy(args, await Deno.realPath(folder.path)).output();
    assert.ok(success, new TextDecoder().decode(stderr));
  },
});

Deno.test({
  name:
    "Caddy: a call works through it, with an offer of h2c as well, events come as they happen, probes are closed",
  ignore: !installed,
  fn: async () => {
    await using folder = await temporaryFolder();
    const gatewayPort = freePort();
    const base = `http://127.0.0.1:${gatewayPort}`;
    const stack = await startStack({
      data: folder.path,
      firstPerson: "demo@mana.test",
      env: { PORT: "0", BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0", PUBLIC_URL: base },
    });
    try {
      await using _caddy = await startCaddy(folder.path, {
        port: freePort(),
        plainPort: freePort(),
        upstream: "127.0.0.1:1",
        certificate: await makeCertificate(),
        gatewayPort,
        gateway: new URL(stack.mcpUrl).host,
      });
      const { email, password } = await readFirstPerson(folder.path);
      const token = await signIn(stack.authUrl, email, password);
      const call = async (name: string, args: Record<string, unknown>) => {
        const body = {
          jsonrpc: "2.0",
          id: 1,
          method: "tools/call",
          params: { name, arguments: args, _meta: META },
        };
        return await offerUpgrade(gatewayPort, token, name, JSON.stringify(body));
      };
      const space = /mana:\/\/spaces\/([\w-]+)|\\"id\\":\s*\\"([\w-]+)\\"/.exec(await call("spaces_list", {}))
        ?.[2];
      assert.ok(space);
      const notes = `mana://spaces/${space}/notes`;
      const world = {
        gateway: { fetch: (request: Request) => fetch(request) },
      };
      await using events = eventsOf(await listenRaw(world, token, [notes], 7, `${base}/mcp`));
      assert.equal((await events.next())?.method, "notifications/subscriptions/acknowledged");
      assert.match(
        await call("notes_create", { title: "New", content: "just now" }),
        /"isError":false|"note"/,
      );
      assert.equal(await events.updated(), notes);
      for (
        const path of [
          "/health",
          "/ready",
          "/metrics",
          "/metrics/",
          "//metrics",
          "/person/activity",
          "//person/activity",
        ]
      ) {
        const response = await fetch(base + path);
        await response.body?.cancel();
        assert.equal(response.status, 404, path);
      }
    } finally {
      await stack.stop();
    }
  },
});

/** The answer to a call that offers HTTP/2 as Java's client does; Deno would refuse it without the proxy. */
async function offerUpgrade(port: number, token: string, tool: string, body: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const lines = [
    "POST /mcp HTTP/1.1",
    `Host: 127.0.0.1:${port}`,
    `Content-Length: ${body.length}`,
    "Connection: Upgrade, HTTP2-Settings",
    "Upgrade: h2c",
    "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA",
    "Content-Type: application/json",
    "Accept: application/json, text/event-stream",
    "MCP-Protocol-Version: 2026-07-28",
    "Mcp-Method: tools/call",
    `Mcp-Name: ${tool}`,
    `Authorization: Bearer ${token}`,
    "",
    body,
  ];
  await connection.write(new TextEncoder().encode(lines.join("\r\n")));
  const bytes = new Uint8Array(64 * 1024);
  const decoder = new TextDecoder();
  let answer = "";
  while (!/"jsonrpc"[^]*\}\s*(?:0\r\n\r\n)?$/.test(answer)) {
    const count = await connection.read(bytes);
    if (count === null) break;
    answer += decoder.decode(bytes.subarray(0, count), { stream: true });
  }
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
  return answer;
}
