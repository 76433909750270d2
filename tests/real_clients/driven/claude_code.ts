/** Claude Code as the lane drives it. */
import assert from "node:assert/strict";
import { closeWayOut } from "../closed_way_out.ts";
import { type DrivenClient, JOB_MS, playTurns } from "./driven_client.ts";
import { ANTHROPIC } from "../models/anthropic_api.ts";
import { playModel } from "../models/played_model.ts";
import { runClaude } from "../clients/run_claude.ts";

export const CLAUDE_CODE: DrivenClient = {
  name: "claudeCode",
  nameOf: (server, tool) => `mcp__${server}__${tool}`,
  ownStore: /\/projects\/[^/]+\/[0-9a-f-]{36}\.jsonl$/,
  known: {
    scopeMissing: {
      says: /^Insufficient scope: required "[a-z]+:[a-z]+ offline_access"$/,
      reason: "it takes the scopes of a 403 from WWW-Authenticate, and leaves out the words",
    },
  },
  async drive(job) {
    await using wayOut = closeWayOut();
    await using model = playModel(ANTHROPIC, playTurns(job, CLAUDE_CODE.nameOf));
    const { code, stdout, stderr } = await runClaude({
      home: job.home,
      mcpServers: Object.fromEntries(
        Object.entries(job.headers).map(([name, headers]) => [name, { type: "http", url: job.url, headers }]),
      ),
      allowed: Object.keys(job.headers),
      prompt: "Look after my things.",
      modelUrl: model.url,
      outside: wayOut.env,
      mostMs: JOB_MS,
    });
    assert.equal(code, 0, stdout + stderr);
    assert.deepEqual(wayOut.asked, []);
    return model.seen();
  },
};
