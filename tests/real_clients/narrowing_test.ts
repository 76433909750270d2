import assert from "node:assert/strict";
import { z } from "zod";
import { ANTHROPIC } from "./models/anthropic_api.ts";
import { closeWayOut } from "./closed_way_out.ts";
import { filesWith } from "./files_with.ts";
import { whereInstalled } from "./install/installed.ts";
import { checkNarrowed, connectNarrowedApp, NARROWED_CALLS, nextOf } from "./narrowed_app.ts";
import { playModel } from "./models/played_model.ts";
import { startProduct } from "./product.ts";
import { MARK } from "./rows.ts";
import { runClaude } from "./clients/run_claude.ts";
import { runClient } from "./run_client.ts";

Deno.test(
  "Claude Code: an app that is narrowed while it works is obeyed by its next call, and its model can say so",
  await whereInstalled("claudeCode"),
  async (t) => {
    await using product = await startProduct();
    await using app = await connectNarrowedApp(product);
    await using wayOut = closeWayOut();
    await using model = playModel(ANTHROPIC, nextOf((tool) => `mcp__mana__${tool}`));
    const home = `${product.folder}/home`;
    await Deno.mkdir(home);
    const mcpServers = { mana: { type: "http", url: app.door.url, headers: app.headers } };
    const { code, stdout, stderr } = await runClaude({
      home,
      mcpServers,
      allowed: ["mana"],
      prompt: "What did I write?",
      modelUrl: model.url,
      outside: wayOut.env,
    });
    assert.equal(code, 0, stdout + stderr);
    checkNarrowed(model.seen().handed);
    await t.step("no file in the home holds a text of the person, but its own transcript", async () => {
      const files = await filesWith(home, MARK);
      assert.deepEqual(files.filter((file) => !/\/projects\/[^/]+\/[0-9a-f-]{36}\.jsonl$/.test(file)), []);
    });
  },
);

const Seen = z.object({
  handed: z.array(z.union([
    z.object({ text: z.string(), structured: z.unknown().optional(), isError: z.boolean() }),
    z.object({ failed: z.string() }),
  ])),
});

Deno.test(
  "the official Python SDK: an app that is narrowed while it works is obeyed by its next call, in text and structured content",
  await whereInstalled("pythonSdk"),
  async () => {
    await using product = await startProduct();
    await using app = await connectNarrowedApp(product);
    const { code, stdout, stderr } = await runClient({
      program: "python",
      args: [await Deno.realPath("tests/real_clients/clients/drive_python.py"), "sdk"],
      home: product.folder,
      env: { PYTHONDONTWRITEBYTECODE: "1" },
      input: JSON.stringify({
        url: app.door.url,
        headers: { mana: app.headers },
        calls: NARROWED_CALLS.map((call) => ({ server: "mana", ...call })),
        resources: [],
      }),
    });
    assert.equal(code, 0, stderr);
    const { handed } = Seen.parse(JSON.parse(stdout));
    checkNarrowed(handed);
    // What a host takes is the one or the other: both are the same.
    for (const one of handed) {
      if ("failed" in one || one.structured === undefined) continue;
      assert.deepEqual(JSON.parse(one.text), one.structured);
    }
  },
);
