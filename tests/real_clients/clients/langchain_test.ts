import assert from "node:assert/strict";
import { z } from "zod";
import { checkClient } from "../check_client.ts";
import { LANGCHAIN } from "../driven/langchain.ts";
import { checkEveryTool } from "../every_tool/check_every_tool.ts";
import { closeWayOut } from "../closed_way_out.ts";
import { filesWith } from "../files_with.ts";
import { noteDriven } from "../install/driven.ts";
import { whereInstalled } from "../install/installed.ts";
import { PLAN, type PlannedCall } from "../plan.ts";
import { startProduct } from "../product.ts";
import { MARK } from "../rows.ts";
import { runClient } from "../run_client.ts";

const nameOf = (server: PlannedCall["server"], tool: string) => `${server}_${tool}`;
const Seen = z.object({
  tools: z.array(z.object({ name: z.string(), description: z.string(), schema: z.unknown() })),
  handed: z.array(z.union([
    z.object({ text: z.string(), structured: z.unknown().optional(), isError: z.boolean() }),
    z.object({ failed: z.string() }),
  ])),
});

Deno.test(
  "LangChain's adapters hand a chat model whole results, remarks included, and its questions to the person",
  await whereInstalled("langchain"),
  async (t) => {
    await using product = await startProduct();
    await using wayOut = closeWayOut();
    const home = `${product.folder}/home`;
    await Deno.mkdir(home);
    const { code, stdout, stderr } = await runClient({
      program: "langchain",
      home,
      args: [await Deno.realPath("tests/real_clients/clients/drive_langchain.py")],
      env: { ...wayOut.env, PYTHONDONTWRITEBYTECODE: "1" },
      input: JSON.stringify({
        url: product.door.url,
        headers: product.headers,
        calls: PLAN.map(({ server, tool, args }) => ({ server, tool, args })),
      }),
    });
    assert.equal(code, 0, stderr);
    const seen = Seen.parse(JSON.parse(stdout));
    await checkClient(t, seen, product, { nameOf, asks: true });
    await t.step("a refusal is marked as an error", () => {
      const refused = PLAN.flatMap(({ answer }, index) =>
        answer.kind === "refusal" ? [seen.handed[index]] : []
      );
      assert.ok(refused.length > 0);
      for (const one of refused) assert.ok(one !== undefined && "isError" in one && one.isError);
    });
    await t.step("no file in the home holds a text of the person", async () => {
      assert.deepEqual(await filesWith(home, MARK), []);
    });
    await t.step("it asked nobody but the gateway", () => assert.deepEqual(wayOut.asked, []));
    await noteDriven("langchain", seen);
  },
);

Deno.test(
  "LangChain's adapters hand on what each tool says",
  await whereInstalled("langchain"),
  (t) => checkEveryTool(t, LANGCHAIN),
);
