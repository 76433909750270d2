import assert from "node:assert/strict";
import { parseSettings } from "../../lib/settings/settings.ts";
import { gatewayFlags } from "../../lib/settings/process_flags.ts";

Deno.test("not stopped: a proxy that the operator's environment names, which no list has to name", async () => {
  const parsed = parseSettings({ PORT: "0", MANA_AUTH_URL: "http://auth.invalid" });
  assert.ok(parsed.ok);
  const seen: string[] = [];
  await using proxy = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, ({ url }) => {
    seen.push(url);
    return new Response("by the proxy");
  });
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", ...gatewayFlags(parsed.settings), "-"],
    env: { HTTP_PROXY: `http://127.0.0.1:${proxy.addr.port}` },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const input = child.stdin.getWriter();
  await input.write(
    new TextEncoder().encode('console.log(await (await fetch("http://auth.invalid/jwks")).text());'),
  );
  await input.close();
  const { stdout } = await child.output();
  assert.equal(new TextDecoder().decode(stdout), "by the proxy\n");
  assert.deepEqual(seen, ["http://auth.invalid/jwks"]);
});
