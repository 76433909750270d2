/** A host built with the Claude Agent SDK as the lane drives it. */
import assert from "node:assert/strict";
import { claudeEnv } from "../clients/run_claude.ts";
import { closeWayOut } from "../closed_way_out.ts";
import { packagesOf, PROGRAMS } from "../install/installed.ts";
import { ANTHROPIC } from "../models/anthropic_api.ts";
import { playModel } from "../models/played_model.ts";
import { bareEnv, runClient } from "../run_client.ts";
import { CLAUDE_CODE } from "./claude_code.ts";
import { type DrivenClient, JOB_MS, playTurns } from "./driven_client.ts";

export const AGENT_SDK: DrivenClient = {
  name: "agentSdk",
  nameOf: CLAUDE_CODE.nameOf,
  known: CLAUDE_CODE.known ?? {},
  async drive(job) {
    await using wayOut = closeWayOut();
    await using model = playModel(ANTHROPIC, playTurns(job, AGENT_SDK.nameOf));
    const { code, stdout, stderr } = await runClient({
      program: "node",
      home: job.home,
      mostMs: JOB_MS,
      args: [await Deno.realPath("tests/real_clients/clients/drive_agent_sdk.mjs")],
      env: wayOut.env,
      input: JSON.stringify({
        packages: await Deno.realPath(packagesOf("agent_sdk")),
        claude: await Deno.realPath(PROGRAMS.claude),
        env: { ...bareEnv(job.home), ...wayOut.env, ...claudeEnv(model.url) },
        url: job.url,
        headers: job.headers,
      }),
    });
    assert.equal(code, 0, stdout + stderr);
    assert.deepEqual(wayOut.asked, []);
    return model.seen();
  },
};
