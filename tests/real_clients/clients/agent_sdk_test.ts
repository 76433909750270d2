import assert from "node:assert/strict";
import { checkClient } from "../check_client.ts";
import { AGENT_SDK } from "../driven/agent_sdk.ts";
import { checkEveryTool } from "../every_tool/check_every_tool.ts";
import { closeWayOut } from "../closed_way_out.ts";
import { filesWith } from "../files_with.ts";
import { noteDriven } from "../install/driven.ts";
import { packagesOf, PROGRAMS, whereInstalled } from "../install/installed.ts";
import { ANTHROPIC } from "../models/anthropic_api.ts";
import { playModel } from "../models/played_model.ts";
import { checkPages, planThenPages } from "../page_reading.ts";
import type { PlannedCall } from "../plan.ts";
import { startProduct } from "../product.ts";
import { MARK } from "../rows.ts";
import { claudeEnv } from "./run_claude.ts";
import { bareEnv, runClient } from "../run_client.ts";

const nameOf = (server: PlannedCall["server"], tool: string) => `mcp__${server}__${tool}`;

Deno.test(
  "the Claude Agent SDK hands its model whole results, and its questions to the program; no file holds any of it",
  await whereInstalled("agentSdk"),
  async (t) => {
    await using product = await startProduct();
    await using wayOut = closeWayOut();
    await using model = playModel(ANTHROPIC, planThenPages(nameOf));
    const home = `${product.folder}/home`;
    await Deno.mkdir(home);
    const { code, stdout, stderr } = await runClient({
      program: "node",
      home,
      args: [await Deno.realPath("tests/real_clients/clients/drive_agent_sdk.mjs")],
      env: wayOut.env,
      input: JSON.stringify({
        packages: await Deno.realPath(packagesOf("agent_sdk")),
        claude: await Deno.realPath(PROGRAMS.claude),
        env: { ...bareEnv(home), ...wayOut.env, ...claudeEnv(model.url) },
        url: product.door.url,
        headers: product.headers,
      }),
    });
    assert.equal(code, 0, stdout + stderr);
    await checkClient(t, model.seen(), product, { nameOf, asks: true });
    await t.step("page by page the model reads every task once", () => {
      checkPages(model.seen().handed, { asks: true });
    });
    await t.step("no file in the home holds a text of the person", async () => {
      assert.deepEqual(await filesWith(home, MARK), []);
    });
    await t.step(
      "it asked nobody but the stand-in and the gateway",
      () => assert.deepEqual(wayOut.asked, []),
    );
    await noteDriven("agentSdk", model.seen());
  },
);

Deno.test(
  "the Claude Agent SDK hands on what each tool says",
  await whereInstalled("agentSdk"),
  (t) => checkEveryTool(t, AGENT_SDK),
);
