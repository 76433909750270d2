import assert from "node:assert/strict";
import { z } from "zod";
import { checkClient } from "../check_client.ts";
import { noteDriven } from "../install/driven.ts";
import { PLAN } from "../plan.ts";
import { handedOf, ListedTools } from "../protocol_answers.ts";
import { type Product, startProduct } from "../product.ts";
import { SCRIPTS, whereInstalled } from "../install/installed.ts";
import { runClient } from "../run_client.ts";
import type { Handed } from "../models/played_model.ts";

Deno.test(
  "the MCP Inspector shows every tool and every result",
  await whereInstalled("inspector"),
  async (t) => {
    await using product = await startProduct();
    const list = await inspect(product, "mana", ["--method", "tools/list", "--strict"]);
    assert.equal(list.code, 0, list.stderr);
    const handed: Handed[] = [];
    for (const { server, tool, args } of PLAN) {
      const call = ["--method", "tools/call", "--tool-name", tool, "--tool-args-json", JSON.stringify(args)];
      const { stdout, stderr } = await inspect(product, server, call);
      handed.push(stdout === "" ? { failed: stderr } : handedOf(JSON.parse(stdout)));
    }
    const tools = ListedTools.parse(JSON.parse(list.stdout));
    await checkClient(t, { tools, handed }, product, { nameOf: (_server, tool) => tool, asks: false });
    await t.step("no schema has a type that only some clients can read", () => {
      assert.equal(/`type` is an array \(.+?\)/.exec(list.stderr)?.[0], undefined);
    });
    await noteDriven("inspector", { tools, handed });
  },
);

for (const era of ["legacy", "modern"]) {
  Deno.test(
    `the MCP Inspector (${era}) lists and calls, with two gateways in turn`,
    await whereInstalled("inspector"),
    async () => {
      await using product = await startProduct({ nodes: 2 });
      const inspectIn = (...args: string[]) => inspect(product, "mana", ["--protocol-era", era, ...args]);
      const list = await inspectIn("--method", "tools/list", "--strict");
      assert.equal(list.code, 0, list.stderr);
      assert.ok(ListedTools.parse(JSON.parse(list.stdout)).some(({ name }) => name === "todo_create"));
      const call = ["--method", "tools/call", "--tool-name", "todo_list", "--tool-args-json"];
      const first = handedOf(JSON.parse((await inspectIn(...call, "{}")).stdout));
      const { nextCursor } = Page.parse("structured" in first ? first.structured : first);
      const next = handedOf(
        JSON.parse((await inspectIn(...call, JSON.stringify({ cursor: nextCursor }))).stdout),
      );
      assert.ok("structured" in next && Page.parse(next.structured).tasks.length > 0, JSON.stringify(next));
    },
  );
}

const Page = z.object({ tasks: z.array(z.unknown()), nextCursor: z.string().optional() });

/** Runs its command line once; what it remembers stays in the product's folder. */
async function inspect({ door, headers, folder }: Product, server: "mana" | "team", args: readonly string[]) {
  const root = await Deno.realPath(".");
  return await runClient({
    program: "node",
    args: [
      ...[`${root}/${SCRIPTS.inspector}`, "--cli", door.url, "--quiet"],
      ...Object.entries(headers[server]).flatMap(([name, value]) => ["--header", `${name}: ${value}`]),
      ...args,
    ],
    home: folder,
    env: { MCP_STORAGE_DIR: `${folder}/inspector` },
  });
}
