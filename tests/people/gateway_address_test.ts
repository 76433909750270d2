import assert from "node:assert/strict";
import { createGatewayAddress } from "../../lib/people/gateway_address.ts";

const LOCAL = { publicUrl: null, allowedHosts: ["localhost", "127.0.0.1", "[::1]"], port: 3069 };

Deno.test("of() is the public address, else the host that the client used", () => {
  const request = new Request("http://x.test/mcp", { headers: { host: "localhost:3069" } });
  assert.equal(createGatewayAddress(LOCAL).urlFor(request), "http://localhost:3069/mcp");
  const behindProxy = { ...LOCAL, publicUrl: "https://mana.test" };
  assert.equal(createGatewayAddress(behindProxy).urlFor(request), "https://mana.test/mcp");
});

for (
  const [audience, expected] of [
    ["http://localhost:3069/mcp", true],
    ["http://127.0.0.1:3069/mcp", true],
    ["http://[::1]:3069/mcp", true],
    ["http://localhost:3070/mcp", false],
    ["https://localhost:3069/mcp", false],
    ["http://evil.test:3069/mcp", false],
    ["http://localhost:3069/mcp/", false],
    ["http://localhost:3069/mcp?x", false],
    ["http://localhost:3069/mcp#x", false],
    ["http://user@localhost:3069/mcp", false],
    ["http://LOCALHOST:3069/mcp", false],
    ["mana", false],
  ] as const
) {
  Deno.test(`accepts(${JSON.stringify(audience)}) is ${expected} on one's own machine`, () => {
    assert.equal(createGatewayAddress(LOCAL).accepts(audience), expected);
  });
}

Deno.test("accepts() takes exactly the public address where there is one", () => {
  const { accepts } = createGatewayAddress({ ...LOCAL, publicUrl: "https://mana.test" });
  assert.equal(accepts("https://mana.test/mcp"), true);
  assert.equal(accepts("http://localhost:3069/mcp"), false);
  const below = createGatewayAddress({ ...LOCAL, publicUrl: "https://mana.test/mana" });
  assert.equal(below.basePath, "/mana");
  assert.equal(below.accepts("https://mana.test/mana/mcp"), true);
  assert.equal(below.accepts("https://mana.test/mcp"), false);
});
