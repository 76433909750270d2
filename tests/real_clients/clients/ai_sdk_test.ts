import assert from "node:assert/strict";
import { checkClient } from "../check_client.ts";
import { AI_SDK } from "../driven/ai_sdk.ts";
import { checkEveryTool } from "../every_tool/check_every_tool.ts";
import { closeWayOut } from "../closed_way_out.ts";
import { filesWith } from "../files_with.ts";
import { noteDriven } from "../install/driven.ts";
import { packagesOf, whereInstalled } from "../install/installed.ts";
import { ANTHROPIC } from "../models/anthropic_api.ts";
import { playModel } from "../models/played_model.ts";
import { checkPages, planThenPages } from "../page_reading.ts";
import type { PlannedCall } from "../plan.ts";
import { startProduct } from "../product.ts";
import { MARK } from "../rows.ts";
import { runClient } from "../run_client.ts";

const nameOf = (server: PlannedCall["server"], tool: string) => `${server}_${tool}`;

Deno.test(
  "the AI SDK hands its model whole results, remarks included, and its questions to the person",
  await whereInstalled("aiSdk"),
  async (t) => {
    await using product = await startProduct();
    await using wayOut = closeWayOut();
    await using model = playModel(ANTHROPIC, planThenPages(nameOf));
    const home = `${product.folder}/home`;
    await Deno.mkdir(home);
    const { code, stdout, stderr } = await runClient({
      program: "node",
      home,
      args: [await Deno.realPath("tests/real_clients/clients/drive_ai_sdk.mjs")],
      env: wayOut.env,
      input: JSON.stringify({
        packages: await Deno.realPath(packagesOf("ai_sdk")),
        modelUrl: model.url,
        url: product.door.url,
        headers: product.headers,
      }),
    });
    assert.equal(code, 0, stdout + stderr);
    await checkClient(t, model.seen(), product, { nameOf, asks: true });
    await t.step(
      "page by page the model reads every task once",
      () => checkPages(model.seen().handed, { asks: true }),
    );
    await t.step("no file in the home holds a text of the person", async () => {
      assert.deepEqual(await filesWith(home, MARK), []);
    });
    await t.step(
      "it asked nobody but the stand-in and the gateway",
      () => assert.deepEqual(wayOut.asked, []),
    );
    await noteDriven("aiSdk", model.seen());
  },
);

Deno.test(
  "the AI SDK hands on what each tool says",
  await whereInstalled("aiSdk"),
  (t) => checkEveryTool(t, AI_SDK),
);
