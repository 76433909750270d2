import assert from "node:assert/strict";
import { z } from "zod";
import { startProduct } from "./product.ts";

/** Revision of each era, with what a request of it carries. */
const ERAS = [
  { name: "legacy", version: "2025-06-18" },
  { name: "stateless", version: "2026-07-28" },
] as const;
const Listed = z.object({ result: z.object({ tools: z.array(z.object({ name: z.string() })).min(15) }) });

Deno.test("a client that accepts nothing but JSON is answered with JSON", async (t) => {
  await using product = await startProduct();
  for (const { name, version } of ERAS) {
    await t.step(`${name} (${version})`, async () => {
      const modern = name === "stateless";
      const response = await fetch(product.door.url, {
        method: "POST",
        headers: {
          ...product.headers.mana,
          accept: "application/json",
          "content-type": "application/json",
          "mcp-protocol-version": version,
          ...(modern ? { "mcp-method": "tools/list" } : {}),
        },
        body: JSON.stringify({
          jsonrpc: "2.0",
          id: 1,
          method: "tools/list",
          params: modern
            ? {
              _meta: {
                "io.modelcontextprotocol/protocolVersion": version,
                "io.modelcontextprotocol/clientInfo": { name: "bare", version: "1.0.0" },
                "io.modelcontextprotocol/clientCapabilities": {},
              },
            }
            : {},
        }),
      });
      const text = await response.text();
      assert.equal(response.status, 200, text);
      assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
      Listed.parse(JSON.parse(text));
    });
  }
});
