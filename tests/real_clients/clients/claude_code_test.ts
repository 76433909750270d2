import assert from "node:assert/strict";
import { ANTHROPIC } from "../models/anthropic_api.ts";
import { checkClient } from "../check_client.ts";
import { CLAUDE_CODE } from "../driven/claude_code.ts";
import { checkEveryTool } from "../every_tool/check_every_tool.ts";
import { noteDriven } from "../install/driven.ts";
import { closeWayOut } from "../closed_way_out.ts";
import { filesWith } from "../files_with.ts";
import { whereInstalled } from "../install/installed.ts";
import { checkPages, planThenPages } from "../page_reading.ts";
import type { PlannedCall } from "../plan.ts";
import { playModel } from "../models/played_model.ts";
import { startProduct } from "../product.ts";
import { MARK } from "../rows.ts";
import { runClaude } from "./run_claude.ts";

const nameOf = (server: PlannedCall["server"], tool: string) => `mcp__${server}__${tool}`;
Deno.test(
  "Claude Code hands its model whole results, remarks included, and writes nothing of the person to a file",
  await whereInstalled("claudeCode"),
  async (t) => {
    await using product = await startProduct();
    await using wayOut = closeWayOut();
    await using model = playModel(ANTHROPIC, planThenPages(nameOf));
    const home = `${product.folder}/home`;
    await Deno.mkdir(home);
    const mcpServers = Object.fromEntries(
      Object.entries(product.headers).map((
        [name, headers],
      ) => [name, { type: "http", url: product.door.url, headers }]),
    );
    const { code, stdout, stderr } = await runClaude({
      home,
      mcpServers,
      allowed: ["mana", "team"],
      prompt: "Look after my things.",
      modelUrl: model.url,
      outside: wayOut.env,
    });
    assert.equal(code, 0, stdout + stderr);
    await checkClient(t, model.seen(), product, { nameOf, asks: false });
    await t.step(
      "page by page the model reads every task once",
      () => checkPages(model.seen().handed, { asks: false }),
    );
    await t.step("no file in the home holds a text of the person, but its own transcript", async () => {
      const files = await filesWith(home, MARK);
      assert.deepEqual(files.filter((file) => !/\/projects\/[^/]+\/[0-9a-f-]{36}\.jsonl$/.test(file)), []);
    });
    await t.step(
      "it asked nobody but the stand-in and the gateway",
      () => assert.deepEqual(wayOut.asked, []),
    );
    await noteDriven("claudeCode", model.seen());
  },
);

Deno.test(
  "Claude Code hands on what each tool says",
  await whereInstalled("claudeCode"),
  (t) => checkEveryTool(t, CLAUDE_CODE),
);
