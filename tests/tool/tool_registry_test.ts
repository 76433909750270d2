import assert from "node:assert/strict";
import { z } from "zod";
import { createToolRegistry } from "../../lib/tool/tool_registry.ts";
import { defineResource } from "../../lib/tool/define_resource.ts";
import { defineTable } from "../../lib/records/define_table.ts";
import { defineTool, type Tool } from "../../lib/tool/define_tool.ts";
import { MODULES } from "../../tools/modules.ts";
import { rpc } from "../_support/mcp.ts";
import { moduleOf } from "../_support/modules.ts";
import { createWorld } from "../_support/world.ts";

const Properties = z.record(z.string(), z.unknown());

function tool(name: string, scope: "user-space" | "admin" = "user-space"): Tool {
  return defineTool({
    name,
    title: name,
    access: "read",
    scope,
    description: "A tool of the tests.",
    input: z.object({}),
    output: z.object({ done: z.boolean() }),
    run: () => Promise.resolve({ done: true }),
  });
}

Deno.test("getTool() knows both forms of a name, byModule() the module", () => {
  const registry = createToolRegistry([tool("a.one"), tool("a.two"), tool("b.one")], "underscore");
  assert.equal(registry.getTool("a.one"), registry.getTool("a_one"));
  assert.equal(registry.getTool("a.three"), undefined);
  assert.deepEqual(registry.byModule("a").map(({ name }) => name), ["a.one", "a.two"]);
});

Deno.test("a name that is taken stops the start", () => {
  assert.throws(() => createToolRegistry([tool("a.one"), tool("a.one")], "underscore"), {
    name: "TypeError",
    message: "Cannot register tool a.one: the name a.one is taken",
  });
});

Deno.test("a name that clients refuse stops the start", () => {
  assert.throws(
    () => createToolRegistry([tool(`a.${"b".repeat(70)}`)], "underscore"),
    /clients refuse the name/,
  );
});

Deno.test("a tool whose schema root is no plain object cannot be defined", () => {
  assert.throws(() => tool("noverb"), /expected module\.verb/);
});

Deno.test("admin tools are neither listed nor callable", async () => {
  await using world = await createWorld({ modules: [moduleOf(tool("a.open"), tool("a.secret", "admin"))] });
  const anna = await world.person("anna");
  const list = await rpc(world, anna, "tools/list");
  assert.equal(list.text.includes("secret"), false);
  for (const name of ["a.secret", "a_secret"]) {
    const answer = await rpc(world, anna, "tools/call", { name, arguments: {} });
    assert.equal(answer.body.error?.code, -32602);
    assert.equal(answer.body.error?.message, "Unknown tool: see tools/list for the names");
  }
});

Deno.test("a tool that breaks its own output schema is an internal error, not wrong data", async () => {
  const broken = defineTool({
    name: "a.broken",
    title: "Broken",
    access: "read",
    description: "A tool of the tests.",
    input: z.object({}),
    output: z.object({ count: z.number().max(1) }),
    run: () => Promise.resolve({ count: 2 }),
  });
  await using world = await createWorld({ modules: [moduleOf(broken)] });
  const anna = await world.person("anna");
  const answer = await rpc(world, anna, "tools/call", { name: "a_broken", arguments: {} });
  assert.match(answer.text, /Something went wrong inside the gateway/);
  assert.ok(world.logLines.some((line) => line.includes('"error":"ZodError"')));
});

Deno.test("remarks is a reserved name: in every output schema, and in no table, tool, resource or module", () => {
  for (const { name, inputSchema, outputSchema } of MODULES.flatMap(({ tools }) => tools)) {
    assert.deepEqual(Properties.parse(outputSchema.properties)["remarks"], {
      type: "array",
      items: { type: "string" },
    }, name);
    assert.equal("remarks" in Properties.parse(inputSchema.properties), false, name);
  }
  const basics = { title: "t", access: "read", description: "d" } as const;
  const run = () => Promise.resolve({});
  const empty = z.object({});
  const remarks = z.object({ remarks: z.string() });
  const row = z.object({ remarks: z.string() });
  const table = { app: "a", name: "b", record: "c", encrypted: [] };
  const fine = defineTable({ ...table, row: z.object({ title: z.string() }) });
  for (
    const define of [
      () => defineTable({ ...table, row }),
      () => defineTool({ ...basics, name: "a.b", input: remarks, output: empty, run }),
      () =>
        defineTool({
          ...basics,
          name: "a.b",
          input: empty,
          output: z.object({ remarks: z.string() }),
          run: () => Promise.resolve({ remarks: "x" }),
        }),
      () => defineTool({ ...basics, name: "remarks.b", input: empty, output: empty, run }),
      // The argument that the gateway reads in every call of a tool that works with records.
      () =>
        defineTool({ ...basics, name: "a.b", input: z.object({ space: z.string() }), output: empty, run }),
      () => defineResource({ module: "remarks", title: "t", table: fine }),
    ]
  ) assert.throws(define, TypeError);
});
