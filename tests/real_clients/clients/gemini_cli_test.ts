import assert from "node:assert/strict";
import { checkClient } from "../check_client.ts";
import { GEMINI_CLI } from "../driven/gemini_cli.ts";
import { checkEveryTool } from "../every_tool/check_every_tool.ts";
import { closeWayOut } from "../closed_way_out.ts";
import { filesWith } from "../files_with.ts";
import { noteDriven } from "../install/driven.ts";
import { whereInstalled } from "../install/installed.ts";
import { GEMINI } from "../models/gemini_api.ts";
import { type Play, playModel } from "../models/played_model.ts";
import { checkPages, planThenPages } from "../page_reading.ts";
import type { PlannedCall } from "../plan.ts";
import { startProduct } from "../product.ts";
import { MARK } from "../rows.ts";
import { GEMINI_STORE, runGemini } from "./run_gemini.ts";

const nameOf = (server: PlannedCall["server"], tool: string) => `mcp_${server}_${tool}`;
/** Gemini CLI holds arguments against the schema itself: with null it would refuse the call, so its models leave out. */
const argsOf = (args: PlannedCall["args"]) =>
  Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null));
const LAST_CALLS = [
  // Its models are told to set this argument, which Gemini CLI adds to every tool and hands on to the gateway.
  { name: nameOf("mana", "todo_list"), args: { limit: 1, wait_for_previous: true } },
  // This call never reaches the gateway.
  { name: nameOf("mana", "todo_list"), args: { limit: null } },
];
Deno.test(
  "Gemini CLI hands its model whole results, remarks included, and puts no new one aside in a file",
  await whereInstalled("geminiCli"),
  async (t) => {
    await using product = await startProduct();
    await using wayOut = closeWayOut();
    await using model = playModel(GEMINI, withLast(planThenPages(nameOf, argsOf)));
    const home = `${product.folder}/home`;
    const { door: { url }, headers } = product;
    const { code, stdout, stderr } = await runGemini({
      home,
      url,
      headers,
      modelUrl: model.url,
      outside: wayOut.env,
    });
    assert.equal(code, 0, stdout + stderr);
    await checkClient(t, model.seen(), product, { nameOf, asks: false, argsOf });
    await t.step("page by page the model reads every task once", () => {
      checkPages(model.seen().handed.slice(0, -LAST_CALLS.length), { asks: false });
    });
    await t.step(
      "an argument of the client's own changes nothing; null is refused by the client itself, by name",
      () => {
        const [waiting, withNull] = model.seen().handed.slice(-LAST_CALLS.length);
        assert.ok(waiting !== undefined && "text" in waiting && !waiting.isError, JSON.stringify(waiting));
        assert.deepEqual(withNull, { text: "params/limit must be integer", isError: true });
      },
    );
    await t.step(
      "no file in the home holds a text of the person, but its own store of conversations",
      async () => {
        const files = await filesWith(home, MARK);
        assert.deepEqual(files.filter((file) => !GEMINI_STORE.test(file)), []);
      },
    );
    await t.step(
      "it asked nobody but the stand-in and the gateway",
      () => assert.deepEqual(wayOut.asked, []),
    );
    await noteDriven("geminiCli", model.seen());
  },
);

Deno.test(
  "Gemini CLI hands on what each tool says",
  await whereInstalled("geminiCli"),
  (t) => checkEveryTool(t, GEMINI_CLI),
);

/** After the last call of `play`, once, {@link LAST_CALLS}. */
function withLast(play: Play): Play {
  let isOver = false;
  return (handed) => {
    const next = play(handed);
    if (next.length > 0 || isOver) return next;
    isOver = true;
    return LAST_CALLS;
  };
}
