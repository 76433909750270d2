/** Gemini CLI as the lane drives it. */
import assert from "node:assert/strict";
import { GEMINI_STORE, runGemini } from "../clients/run_gemini.ts";
import { closeWayOut } from "../closed_way_out.ts";
import { GEMINI } from "../models/gemini_api.ts";
import { playModel } from "../models/played_model.ts";
import { type DrivenClient, JOB_MS, playTurns } from "./driven_client.ts";

export const GEMINI_CLI: DrivenClient = {
  name: "geminiCli",
  nameOf: (server, tool) => `mcp_${server}_${tool}`,
  ownStore: GEMINI_STORE,
  known: {
    unknownArgument: {
      says: /^params must NOT have additional properties$/,
      reason: "it holds arguments against the schema by itself, and the call never leaves it",
    },
  },
  async drive(job) {
    await using wayOut = closeWayOut();
    await using model = playModel(GEMINI, playTurns(job, GEMINI_CLI.nameOf));
    const end = await runGemini({ ...job, modelUrl: model.url, outside: wayOut.env, mostMs: JOB_MS });
    assert.equal(end.code, 0, end.stdout + end.stderr);
    assert.deepEqual(wayOut.asked, []);
    return model.seen();
  },
};
