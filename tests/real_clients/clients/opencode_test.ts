import assert from "node:assert/strict";
import { checkClient } from "../check_client.ts";
import { noteDriven } from "../install/driven.ts";
import { closeWayOut } from "../closed_way_out.ts";
import { filesWith } from "../files_with.ts";
import { whereInstalled } from "../install/installed.ts";
import { OPENAI } from "../models/openai_api.ts";
import { checkPages, planThenPages } from "../page_reading.ts";
import type { PlannedCall } from "../plan.ts";
import { playModel } from "../models/played_model.ts";
import { startProduct } from "../product.ts";
import { MARK } from "../rows.ts";
import { runClient } from "../run_client.ts";

const nameOf = (server: PlannedCall["server"], tool: string) => `${server}_${tool}`;
/** Off: everything that would ask somebody else than the model. */
const QUIET = {
  OPENCODE_DISABLE_AUTOUPDATE: "1",
  OPENCODE_DISABLE_DEFAULT_PLUGINS: "1",
  OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
  OPENCODE_DISABLE_MODELS_FETCH: "1",
  OPENCODE_DISABLE_SHARE: "1",
  OPENCODE_PURE: "1",
};

Deno.test(
  "opencode hands its model whole results, remarks included, and puts none aside in a file",
  await whereInstalled("opencode"),
  async (t) => {
    await using product = await startProduct();
    await using wayOut = closeWayOut();
    await using model = playModel(OPENAI, planThenPages(nameOf));
    const home = `${product.folder}/home`;
    await Deno.mkdir(home);
    const { code, stdout, stderr } = await runClient({
      program: "opencode",
      home,
      args: ["run", "--format", "json", "--title", "things", "Look after my things."],
      env: { ...wayOut.env, ...QUIET, OPENCODE_CONFIG_CONTENT: JSON.stringify(config(model.url, product)) },
    });
    assert.equal(code, 0, stdout + stderr);
    await checkClient(t, model.seen(), product, { nameOf, asks: false });
    await t.step(
      "page by page the model reads every task once",
      () => checkPages(model.seen().handed, { asks: false }),
    );
    await t.step(
      "no file in the home holds a text of the person, but its own store of conversations",
      async () => {
        const files = await filesWith(home, MARK);
        assert.deepEqual(files.filter((file) => !/\/opencode\.db(?:-wal|-shm)?$/.test(file)), []);
      },
    );
    await t.step(
      "it asked nobody but the stand-in and the gateway",
      () => assert.deepEqual(wayOut.asked, []),
    );
    await noteDriven("opencode", model.seen());
  },
);

function config(modelUrl: string, { door, headers }: Awaited<ReturnType<typeof startProduct>>): unknown {
  return {
    autoupdate: false,
    share: "disabled",
    enabled_providers: ["played"],
    model: "played/played",
    small_model: "played/played",
    provider: {
      played: {
        npm: "@ai-sdk/openai-compatible",
        name: "Stand-in",
        options: { baseURL: `${modelUrl}/v1`, apiKey: "stand-in" },
        models: {
          played: { name: "Stand-in", tool_call: true, limit: { context: 1_000_000, output: 8_000 } },
        },
      },
    },
    mcp: Object.fromEntries(
      Object.entries(headers).map(([name, one]) => [
        name,
        { type: "remote", url: door.url, oauth: false, headers: one },
      ]),
    ),
  };
}
