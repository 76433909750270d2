import { z } from "zod";
import { checkClient } from "../check_client.ts";
import { MCP_REMOTE } from "../driven/mcp_remote.ts";
import { checkEveryTool } from "../every_tool/check_every_tool.ts";
import { noteDriven } from "../install/driven.ts";
import { SCRIPTS, whereInstalled } from "../install/installed.ts";
import { PLAN } from "../plan.ts";
import type { Handed } from "../models/played_model.ts";
import { type Product, startProduct } from "../product.ts";
import { handedOf, ListedTools } from "../protocol_answers.ts";
import { startStdioServer, type StdioServer } from "./stdio_server.ts";

Deno.test(
  "mcp-remote hands a client that speaks over pipes every result, and its questions",
  await whereInstalled("mcpRemote"),
  async (t) => {
    await using product = await startProduct();
    await using own = await bridge(product, "mana");
    await using team = await bridge(product, "team");
    const tools = ListedTools.parse(await own.ask("tools/list", {}));
    const handed: Handed[] = [];
    for (const { server, tool, args } of PLAN) {
      const bridged = server === "team" ? team : own;
      try {
        handed.push(handedOf(await bridged.ask("tools/call", { name: tool, arguments: args })));
      } catch (error) {
        handed.push({ failed: z.instanceof(Error).parse(error).message });
      }
    }
    await checkClient(t, { tools, handed }, product, { nameOf: (_server, tool) => tool, asks: true });
    await noteDriven("mcpRemote", { tools, handed });
  },
);

Deno.test(
  "mcp-remote hands on what each tool says",
  await whereInstalled("mcpRemote"),
  (t) => checkEveryTool(t, MCP_REMOTE),
);

/** Starts it for one space, as a desktop client does. */
async function bridge({ door, headers, folder }: Product, server: "mana" | "team"): Promise<StdioServer> {
  const root = await Deno.realPath(".");
  const given = Object.entries(headers[server]).flatMap(([name, value]) => ["--header", `${name}:${value}`]);
  return await startStdioServer({
    program: "node",
    args: [`${root}/${SCRIPTS.mcpRemote}`, door.url, "--transport", "http-only", ...given],
    home: folder,
    env: { MCP_REMOTE_CONFIG_DIR: `${folder}/mcp-remote` },
  });
}
