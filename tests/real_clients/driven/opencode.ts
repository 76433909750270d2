/** opencode as the lane drives it. */
import assert from "node:assert/strict";
import { runOpencode } from "../clients/run_opencode.ts";
import { closeWayOut } from "../closed_way_out.ts";
import { OPENAI } from "../models/openai_api.ts";
import { playModel } from "../models/played_model.ts";
import { type DrivenClient, JOB_MS, playTurns } from "./driven_client.ts";

export const OPENCODE: DrivenClient = {
  name: "opencode",
  nameOf: (server, tool) => `${server}_${tool}`,
  ownStore: /\/opencode\.db(?:-wal|-shm)?$/,
  async drive(job) {
    await using wayOut = closeWayOut();
    await using model = playModel(OPENAI, playTurns(job, OPENCODE.nameOf));
    const { code, stdout, stderr } = await runOpencode({
      ...job,
      modelUrl: model.url,
      outside: wayOut.env,
      mostMs: JOB_MS,
    });
    assert.equal(code, 0, stdout + stderr);
    assert.deepEqual(wayOut.asked, []);
    return model.seen();
  },
};
