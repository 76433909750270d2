/** mcp-remote as the lane drives it: a bridge for each server. */
import { z } from "zod";
import { SCRIPTS } from "../install/installed.ts";
import { startStdioServer, type StdioServer } from "../clients/stdio_server.ts";
import type { Handed } from "../models/played_model.ts";
import { handedOf, ListedTools } from "../protocol_answers.ts";
import type { DrivenClient, Job, JobCall } from "./driven_client.ts";

export const MCP_REMOTE: DrivenClient = {
  name: "mcpRemote",
  nameOf: (_server, tool) => tool,
  known: {
    scopeMissing: {
      says: /^mcp-remote: fetch failed$/,
      reason: "it asks the sign-in pages for more scopes at once, which are not reached here",
    },
  },
  async drive(job) {
    await using own = await bridge(job, "mana");
    await using little = await bridge(job, "little");
    const tools = ListedTools.parse(await own.ask("tools/list", {}));
    const handed: Handed[] = [];
    for (const call of job.turns.flat()) {
      handed.push(await makeCall(call.server === "mana" ? own : little, call));
    }
    return { tools, handed };
  },
};

async function makeCall(bridged: StdioServer, { tool, args }: JobCall): Promise<Handed> {
  try {
    return handedOf(await bridged.ask("tools/call", { name: tool, arguments: args }));
  } catch (error) {
    return { failed: z.instanceof(Error).parse(error).message };
  }
}

/** Starts it for one server, as a desktop client does. */
async function bridge({ home, url, headers }: Job, server: string): Promise<StdioServer> {
  const root = await Deno.realPath(".");
  const given = Object.entries(headers[server] ?? {}).flatMap((
    [name, value],
  ) => ["--header", `${name}:${value}`]);
  return await startStdioServer({
    program: "node",
    args: [`${root}/${SCRIPTS.mcpRemote}`, url, "--transport", "http-only", ...given],
    home,
    env: { MCP_REMOTE_CONFIG_DIR: `${home}/mcp-remote` },
  });
}
