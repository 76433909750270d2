/** A model that reads `todo.complete` where its list has `todo_complete` calls a tool that is not there. */
import assert from "node:assert/strict";
import { z } from "zod";
import { createToolRegistry } from "../../lib/tool/tool_registry.ts";
import { defineTool } from "../../lib/tool/define_tool.ts";
import { call, rpc } from "../_support/mcp.ts";
import { MCP_URL } from "../_support/mcp_request.ts";
import { TOOLS } from "../_support/modules.ts";
import { PROFILES } from "../../tools/profiles.ts";
import { createWorld } from "../_support/world.ts";

/** What no profile shows: an app is shown them by its groups, and whoever was told of them can call them. */
const IN_NO_PROFILE: readonly string[] = ["habits.logs"];

const Listed = z.looseObject({ tools: z.array(z.looseObject({ name: z.string() })).default([]) });

/** Names of tools in a text, in either form. */
function namesIn(text: string): { readonly dotted: string[]; readonly listed: string[] } {
  const found = (names: readonly string[]) => names.filter((name) => new RegExp(`\\b${name}\\b`).test(text));
  return {
    dotted: found(TOOLS.map(({ name }) => name.replace(".", "\\."))),
    listed: found(TOOLS.map(({ name }) => name.replace(".", "_"))),
  };
}

/** Holds every text of a world in this mode against the list. */
async function assertNames(mode: "underscore" | "dotted"): Promise<void> {
  const [wrong, right] = mode === "dotted" ? ["listed", "dotted"] as const : ["dotted", "listed"] as const;
  await using world = await createWorld({ env: { MCP_TOOL_NAMES: mode }, hints: true });
  const anna = await world.person("anna");
  const texts: string[] = [];
  const shown = new Set<string>();
  const asked = [
    ...["tools/list", "server/discover", "resources/list", "resources/templates/list"].map((method) =>
      [method, MCP_URL] as const
    ),
    ...PROFILES.map(({ name }) => ["tools/list", `${MCP_URL}?profile=${name}`] as const),
  ];
  for (const [method, url] of asked) {
    const { body, text } = await rpc(world, anna, method, {}, { url });
    assert.ok(body.result !== undefined, text);
    texts.push(text);
    for (const { name } of Listed.parse(body.result).tools) {
      shown.add(mode === "dotted" ? name : name.replace("_", "."));
    }
  }
  const refused = async (name: string, args: Record<string, unknown>) => {
    const outcome = await call(world, anna, name, args);
    assert.ok(!outcome.ok, name);
    texts.push(outcome.message);
  };
  for (const { name } of TOOLS) {
    await refused(name, { nonsense: 1 });
    if (name.endsWith(".delete")) await refused(name, { id: "x" });
    if (name.endsWith(".update") || name.endsWith(".complete") || name.endsWith(".archive")) {
      await refused(name, { id: "nothing" });
    }
  }
  await refused("habits.update", { id: "nothing" });
  await refused("notes.read", { id: "nothing" });
  const { text } = await rpc(world, anna, "tools/call", { name: "made_up", arguments: {} });
  texts.push(text);
  const all = texts.join("\n");
  assert.deepEqual(namesIn(all)[wrong], [], "no other form");
  const unshown = TOOLS.map(({ name }) => name).filter((name) => !shown.has(name));
  assert.deepEqual(unshown, IN_NO_PROFILE, "the tools that stand in no profile");
  // Those are named by the tools that take what they give.
  assert.equal(namesIn(all)[right].length, TOOLS.length, "every tool is named");
  assert.doesNotMatch(all, /\{[a-z]+\.[a-z]+\}/i, "no name is left unresolved");
  assert.match(
    texts[0] ?? "",
    mode === "dotted" ? /exactly as todo\.list gives it/ : /exactly as todo_list gives it/,
  );
  assert.match(all, mode === "dotted" ? /add todo\.delete to DESTR/ : /add todo_delete to DESTR/);
}

Deno.test("MCP_TOOL_NAMES=underscore: every text names tools as the list does", () =>
  assertNames("underscore"));

Deno.test("MCP_TOOL_NAMES=dotted: every text names tools as the list does", () => assertNames("dotted"));

Deno.test("a description that tells of a tool that is not there stops the start", () => {
  const tool = defineTool({
    name: "a.b",
    title: "t",
    access: "read",
    description: "Then use {a.c}.",
    input: z.object({ id: z.string().describe("as {a.b} gives it") }),
    output: z.object({}),
    run: () => Promise.resolve({}),
  });
  assert.throws(() => createToolRegistry([tool], "underscore"), {
    name: "TypeError",
    message: "Cannot register tool a.b: it tells of a.c, which is no tool here",
  });
});

Deno.test("what a caller writes into a refusal is never taken for the name of a tool", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const outcome = await call(world, anna, "todo_complete", { id: "{todo.list}" });
  assert.deepEqual(outcome, {
    ok: false,
    message: 'No task with id "{todo.list}" exists in this space: list them first.',
  });
});
