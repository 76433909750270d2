import assert from "node:assert/strict";
import { z } from "zod";
import { checkClient } from "./check_client.ts";
import { whereInstalled } from "./installed.ts";
import { PLAN } from "./plan.ts";
import { startProduct } from "./product.ts";
import { runClient } from "./run_client.ts";

const Seen = z.object({
  tools: z.array(z.object({ name: z.string(), description: z.string(), schema: z.unknown() })),
  handed: z.array(z.union([
    z.object({ text: z.string(), structured: z.unknown().optional(), isError: z.boolean() }),
    z.object({ failed: z.string() }),
  ])),
});

for (const [name, library] of [["the official Python SDK", "sdk"], ["FastMCP", "fastmcp"]] as const) {
  Deno.test(
    `${name} takes every result, as text and as structured content`,
    await whereInstalled(name, "python"),
    async (t) => {
      await using product = await startProduct();
      const calls = PLAN.map(({ server, tool, args }) => ({ server, tool, args }));
      const { code, stdout, stderr } = await runClient({
        program: "python",
        args: [await Deno.realPath("tests/real_clients/python/drive.py"), library],
        home: product.folder,
        env: { PYTHONDONTWRITEBYTECODE: "1" },
        input: JSON.stringify({ url: product.door.url, headers: product.headers, calls }),
      });
      assert.equal(code, 0, stderr);
      await checkClient(t, Seen.parse(JSON.parse(stdout)), product, {
        nameOf: (_server, tool) => tool,
        asks: true,
      });
    },
  );
}
