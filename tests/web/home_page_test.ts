import assert from "node:assert/strict";
import { createToolRegistry } from "../../lib/tool/tool_registry.ts";
import { homePage } from "../../lib/web/home_page.ts";
import { MODULES } from "../../tools/modules.ts";

Deno.test("the home page names tools in its texts as clients see them, in either spelling", async () => {
  for (const [spelling, named] of [["underscore", "notes_search"], ["dotted", "notes.search"]] as const) {
    const page = await homePage({
      version: "1",
      mcpUrl: "http://gateway.test/mcp",
      readiness: { ready: true, upstreams: { auth: "ok", sync: "ok" } },
      signInProblem: null,
      modules: MODULES,
      prompts: [],
      registry: createToolRegistry(MODULES.flatMap(({ tools }) => tools), spelling),
      confinement: {
        confined: true,
        allowed: { net: [], read: [], write: [], run: [], ffi: [], sys: [], env: [], import: [] },
        excesses: [],
        missing: [],
      },
    }, "n");
    assert.ok(page.includes(`<code>${named}</code>`), named);
    assert.ok(
      MODULES.some(({ tools }) => tools.some(({ description }) => /\{[a-z]+\.[a-z_]+\}/.test(description))),
    );
    assert.doesNotMatch(page, /\{[a-z]+\.[a-zA-Z_]+\}/);
    // The schemas of all tools would be written for each who asks.
    assert.ok(!page.includes("additionalProperties") && page.length < 200_000, String(page.length));
  }
});
