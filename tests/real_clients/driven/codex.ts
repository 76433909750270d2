/** Codex as the lane drives it. */
import assert from "node:assert/strict";
import { MODULES } from "../../../tools/modules.ts";
import { CODEX_STORE, runCodex } from "../clients/run_codex.ts";
import { closeWayOut } from "../closed_way_out.ts";
import { playModel } from "../models/played_model.ts";
import { responsesApi } from "../models/responses_api.ts";
import { type DrivenClient, JOB_MS, playTurns } from "./driven_client.ts";

/** Words that find every tool. */
export const WORDS: string = [
  ...MODULES.flatMap(({ tools }) => tools.map(({ name }) => name.replace(".", "_"))),
  "records",
].join(" ");

export const CODEX: DrivenClient = {
  name: "codex",
  nameOf: (server, tool) => `mcp__${server}__${tool}`,
  ownStore: CODEX_STORE,
  known: {
    schema: [{
      path: /\.(?:minLength|maxLength|minimum|maximum|maxItems|default|pattern|const) = /,
      reason:
        "its models are told names, types, choices and descriptions of arguments, and no bound, default or pattern",
    }],
    scopeMissing: {
      says: /^tool call error: tool call failed for `little\/\w+`\n\nCaused by:\n {4}Transport send error: /,
      reason: "a 403 is a fault of the transport there, which is told with its Rust types",
    },
  },
  async drive(job) {
    await using wayOut = closeWayOut();
    await using model = playModel(responsesApi(WORDS), playTurns(job, CODEX.nameOf));
    const end = await runCodex({ ...job, modelUrl: model.url, outside: wayOut.env, mostMs: JOB_MS });
    assert.equal(end.code, 0, end.stdout + end.stderr);
    assert.deepEqual(wayOut.asked, []);
    return model.seen();
  },
};
