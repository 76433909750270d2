/** A host built with the AI SDK as the lane drives it. */
import assert from "node:assert/strict";
import { closeWayOut } from "../closed_way_out.ts";
import { packagesOf } from "../install/installed.ts";
import { ANTHROPIC } from "../models/anthropic_api.ts";
import { playModel } from "../models/played_model.ts";
import { runClient } from "../run_client.ts";
import { type DrivenClient, JOB_MS, playTurns } from "./driven_client.ts";

export const AI_SDK: DrivenClient = {
  name: "aiSdk",
  nameOf: (server, tool) => `${server}_${tool}`,
  async drive(job) {
    await using wayOut = closeWayOut();
    await using model = playModel(ANTHROPIC, playTurns(job, AI_SDK.nameOf));
    const { code, stdout, stderr } = await runClient({
      program: "node",
      mostMs: JOB_MS,
      home: job.home,
      args: [await Deno.realPath("tests/real_clients/clients/drive_ai_sdk.mjs")],
      env: wayOut.env,
      input: JSON.stringify({
        packages: await Deno.realPath(packagesOf("ai_sdk")),
        modelUrl: model.url,
        url: job.url,
        headers: job.headers,
      }),
    });
    assert.equal(code, 0, stdout + stderr);
    assert.deepEqual(wayOut.asked, []);
    return model.seen();
  },
};
