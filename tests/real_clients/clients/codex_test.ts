import assert from "node:assert/strict";
import { MODULES } from "../../../tools/modules.ts";
import { checkClient } from "../check_client.ts";
import { closeWayOut } from "../closed_way_out.ts";
import { filesWith } from "../files_with.ts";
import { noteDriven } from "../install/driven.ts";
import { whereInstalled } from "../install/installed.ts";
import { playModel } from "../models/played_model.ts";
import { responsesApi } from "../models/responses_api.ts";
import { checkPages, planThenPages } from "../page_reading.ts";
import type { PlannedCall } from "../plan.ts";
import { type Product, startProduct } from "../product.ts";
import { MARK } from "../rows.ts";
import { runClient } from "../run_client.ts";

const nameOf = (server: PlannedCall["server"], tool: string) => `mcp__${server}__${tool}`;
/** Words that find every tool. */
const WORDS = MODULES.flatMap(({ tools }) => tools.map(({ name }) => name.replace(".", "_"))).join(" ");

Deno.test(
  "Codex hands its model whole results, remarks included, and puts none aside in a file",
  await whereInstalled("codex"),
  async (t) => {
    await using product = await startProduct();
    await using wayOut = closeWayOut();
    await using model = playModel(responsesApi(WORDS), planThenPages(nameOf));
    const home = `${product.folder}/home`;
    await Deno.mkdir(`${home}/.codex`, { recursive: true });
    await Deno.writeTextFile(`${home}/.codex/config.toml`, config(model.url, product));
    const { code, stdout, stderr } = await runClient({
      program: "codex",
      home,
      args: ["exec", "--strict-config", "--skip-git-repo-check", "--json", "Look after my things."],
      env: { ...wayOut.env, STAND_IN_KEY: "stand-in" },
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
        const own =
          /\/\.codex\/(?:sessions\/.+\/rollout-[^/]+\.jsonl|thread_history_\d+\.sqlite(?:-wal|-shm)?)$/;
        assert.deepEqual(files.filter((file) => !own.test(file)), []);
      },
    );
    await t.step(
      "it asked nobody but the stand-in and the gateway",
      () => assert.deepEqual(wayOut.asked, []),
    );
    await noteDriven("codex", model.seen());
  },
);

/**
 * A model of the client's own catalogue: of a model that it does not know, a result above 12,000 bytes is cut. Off is everything
 * that would ask somebody else than the model. Tools that delete are let through, so that the gateway's own question is what is tested.
 */
function config(modelUrl: string, { door, headers }: Product): string {
  const server = (name: "mana" | "team") => `
    [mcp_servers.${name}]
    url = "${door.url}"
    default_tools_approval_mode = "approve"
    [mcp_servers.${name}.http_headers]
    ${Object.entries(headers[name]).map(([header, value]) => `"${header}" = "${value}"`).join("\n    ")}`;
  return `
    model = "gpt-5.5"
    model_provider = "played"
    approval_policy = "never"
    sandbox_mode = "read-only"
    check_for_update_on_startup = false
    [analytics]
    enabled = false
    [feedback]
    enabled = false
    [otel]
    exporter = "none"
    metrics_exporter = "none"
    [features]
    apps = false
    plugins = false
    [model_providers.played]
    name = "Stand-in"
    base_url = "${modelUrl}/v1"
    wire_api = "responses"
    env_key = "STAND_IN_KEY"
    request_max_retries = 0
    stream_max_retries = 0
    supports_websockets = false
    ${server("mana")}
    ${server("team")}
  `;
}
