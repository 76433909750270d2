import assert from "node:assert/strict";
import { z } from "zod";
import { checkClient } from "../check_client.ts";
import { FAST_MCP, PYTHON_SDK } from "../driven/python.ts";
import { checkEveryTool } from "../every_tool/check_every_tool.ts";
import { noteDriven } from "../install/driven.ts";
import { CLIENTS, whereInstalled } from "../install/installed.ts";
import { PLAN } from "../plan.ts";
import { startProduct } from "../product.ts";
import { IDS, WHOLE } from "../rows.ts";
import { runClient } from "../run_client.ts";
import { VIEWS } from "../../../tools/views.ts";

const Seen = z.object({
  tools: z.array(z.object({ name: z.string(), description: z.string(), schema: z.unknown() })),
  handed: z.array(z.union([
    z.object({ text: z.string(), structured: z.unknown().optional(), isError: z.boolean() }),
    z.object({ failed: z.string() }),
  ])),
  resources: z.record(z.string(), z.string()),
});

const LIBRARIES = {
  sdk: "the official Python SDK takes every result, as text and as structured content",
  fastmcp: "FastMCP takes every result, as text and as structured content",
};

const RUNS = [["sdk", 1], ["fastmcp", 1], ["sdk", 2], ["fastmcp", 2]] as const;

for (const [library, nodes] of RUNS) {
  const client = library === "sdk" ? "pythonSdk" : "fastMcp";
  Deno.test(
    `${LIBRARIES[library]}${nodes === 1 ? "" : ", with two gateways in turn"}`,
    await whereInstalled(client),
    async (t) => {
      await using product = await startProduct({ nodes });
      const calls = PLAN.map(({ server, tool, args }) => ({ server, tool, args }));
      const resources = [`mana://spaces/${product.ownSpace}/notes/${IDS.noteToDelete}`];
      const { code, stdout, stderr } = await runClient({
        program: "python",
        args: [await Deno.realPath("tests/real_clients/clients/drive_python.py"), library],
        home: product.folder,
        env: { PYTHONDONTWRITEBYTECODE: "1" },
        input: JSON.stringify({
          url: product.door.url,
          headers: product.headers,
          calls,
          resources,
        }),
      });
      assert.equal(code, 0, stderr);
      const seen = Seen.parse(JSON.parse(stdout));
      await checkClient(t, seen, product, { nameOf: (_server, tool) => tool, asks: true });
      await t.step("every resource can be read, those with half a surrogate pair too", () => {
        const texts = Object.entries(seen.resources);
        assert.ok(texts.length > 0);
        for (const [uri, text] of texts) {
          // Records are JSON, and a view is the very page that it was built as.
          const view = VIEWS.find((view) => view.uri === uri);
          if (view !== undefined) assert.equal(text, view.html);
          else assert.ok(text.startsWith("{"), `${uri}: ${text.slice(0, 300)}`);
        }
        assert.ok(texts.some(([, text]) => text.includes(`half ${WHOLE} a pair`)));
      });
      await noteDriven(client, seen);
    },
  );
}

for (const client of [PYTHON_SDK, FAST_MCP]) {
  Deno.test(
    `${CLIENTS[client.name].title} hands on what each tool says`,
    await whereInstalled(client.name),
    (t) => checkEveryTool(t, client),
  );
}
