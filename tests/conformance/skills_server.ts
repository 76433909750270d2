/**
 * The whole product before the suite's scenarios of the skills extension: the suite sends no token, so every request gets that of one
 * person. Listens on 127.0.0.1 and prints its URL.
 */
import { MCP_URL } from "../_support/mcp_request.ts";
import { createWorld } from "../_support/world.ts";

if (import.meta.main) {
  const world = await createWorld({ env: { ALLOWED_HOSTS: "gateway.test,127.0.0.1" } });
  const { token } = await world.person("anna");
  Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => Deno.stdout.writeSync(new TextEncoder().encode(`http://127.0.0.1:${port}/mcp\n`)),
  }, (request) => {
    const { method, body } = request;
    const headers = new Headers(request.headers);
    headers.set("authorization", `Bearer ${token}`);
    return world.gateway.fetch(new Request(MCP_URL, { method, headers, body }));
  });
}
