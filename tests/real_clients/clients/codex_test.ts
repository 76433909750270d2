import assert from "node:assert/strict";
import { checkClient } from "../check_client.ts";
import { CODEX, WORDS } from "../driven/codex.ts";
import { checkEveryTool } from "../every_tool/check_every_tool.ts";
import { closeWayOut } from "../closed_way_out.ts";
import { filesWith } from "../files_with.ts";
import { noteDriven } from "../install/driven.ts";
import { whereInstalled } from "../install/installed.ts";
import { playModel } from "../models/played_model.ts";
import { responsesApi } from "../models/responses_api.ts";
import { checkPages, planThenPages } from "../page_reading.ts";
import type { PlannedCall } from "../plan.ts";
import { startProduct } from "../product.ts";
import { MARK } from "../rows.ts";
import { CODEX_STORE, runCodex } from "./run_codex.ts";

const nameOf = (server: PlannedCall["server"], tool: string) => `mcp__${server}__${tool}`;

Deno.test(
  "Codex hands its model whole results, remarks included, and puts none aside in a file",
  await whereInstalled("codex"),
  async (t) => {
    await using product = await startProduct();
    await using wayOut = closeWayOut();
    await using model = playModel(responsesApi(WORDS), planThenPages(nameOf));
    const home = `${product.folder}/home`;
    const { door: { url }, headers } = product;
    const { code, stdout, stderr } = await runCodex({
      home,
      url,
      headers,
      modelUrl: model.url,
      outside: wayOut.env,
    });
    assert.equal(code, 0, stdout + stderr);
    await checkClient(t, model.seen(), product, { nameOf, asks: false });
    await t.step("page by page the model reads every task once", () => {
      checkPages(model.seen().handed, { asks: false });
    });
    await t.step(
      "no file in the home holds a text of the person, but its own store of conversations",
      async () => {
        const files = await filesWith(home, MARK);
        assert.deepEqual(files.filter((file) => !CODEX_STORE.test(file)), []);
      },
    );
    await t.step(
      "it asked nobody but the stand-in and the gateway",
      () => assert.deepEqual(wayOut.asked, []),
    );
    await noteDriven("codex", model.seen());
  },
);

Deno.test(
  "Codex hands on what each tool says",
  await whereInstalled("codex"),
  (t) => checkEveryTool(t, CODEX),
);
