/** What a tool's definition gets wrong in a schema is found here, since schemas are made when a tool is first listed or called. */
import assert from "node:assert/strict";
import { z } from "zod";
import { createToolRegistry } from "../../lib/tool/tool_registry.ts";
import { defineTool, type Tool } from "../../lib/tool/define_tool.ts";
import { createOffer } from "../../lib/tool/offered.ts";
import { GROUPS } from "../../tools/groups.ts";
import { MODULES } from "../../tools/modules.ts";
import { PROFILES } from "../../tools/profiles.ts";
import { VIEWS } from "../../tools/views.ts";
import { TOOLS } from "../_support/modules.ts";

function tool(name: string, description: string, about = "what it is about"): Tool {
  return defineTool({
    name,
    title: name,
    access: "read",
    description,
    input: z.object({ text: z.string().describe(about) }),
    output: z.object({ done: z.boolean() }),
    run: () => Promise.resolve({ done: true }),
  });
}

Deno.test("every tool of the product can be listed: its schemas can be made, and name only tools that there are", () => {
  for (const names of ["underscore", "dotted"] as const) {
    for (const { tool, name, listing, spacedListing } of createToolRegistry(TOOLS, names, VIEWS).list()) {
      assert.equal(listing.name, name);
      for (const schema of [listing.inputSchema, listing.outputSchema, spacedListing.inputSchema]) {
        assert.equal(schema.type, "object", tool.name);
      }
      assert.ok(Object.isFrozen(listing) && Object.isFrozen(spacedListing), tool.name);
    }
  }
});

Deno.test("a description that names no tool stops the start, one of an argument the first listing", () => {
  assert.throws(() => createToolRegistry([tool("a.one", "See {a.two}.")], "underscore"), {
    name: "TypeError",
    message: "Cannot register tool a.one: it tells of a.two, which is no tool here",
  });
  const [one] = createToolRegistry([tool("a.one", "See {a.one}.", "as {a.two} gives it")], "underscore")
    .list();
  assert.ok(one);
  assert.throws(() => one.listing, {
    message: "Cannot register tool a.one: it tells of a.two, which is no tool here",
  });
});

Deno.test("a schema is made once, when it is first read, and is the same value from then on", () => {
  let shapes = 0;
  const lazy = tool("a.lazy", "Lazy.");
  const counted = defineTool({
    name: "a.counted",
    title: "Counted",
    access: "read",
    description: "Counts how often its schemas are made.",
    input: z.object({}).meta({
      get title() {
        shapes += 1;
        return "Counted";
      },
    }),
    output: z.object({}),
    run: () => Promise.resolve({}),
  });
  const before = shapes;
  const registry = createToolRegistry([lazy, counted], "underscore");
  assert.equal(shapes, before, "defining and registering makes no schema");
  assert.equal(registry.list()[0]?.listing, registry.list()[0]?.listing);
  assert.equal(lazy.inputSchema, lazy.inputSchema);
  assert.equal(lazy.outputSchema, lazy.outputSchema);
});

Deno.test("every tool that a profile names is there, and each profile has a name of its own", () => {
  const { registry } = createOffer({ modules: MODULES, profiles: PROFILES, views: VIEWS }, "underscore");
  const known = new Set(registry.tools.flatMap(({ name, module }) => [name, `${module}.*`]));
  const groups = new Set(PROFILES.map(({ name }) => name));
  assert.equal(groups.size, PROFILES.length);
  const missing = PROFILES.flatMap(({ name, tools }) =>
    tools.filter((tool) => !known.has(tool)).map((tool) => `${name}: ${tool}`)
  );
  assert.deepEqual(missing, []);
  // A group without a profile would be missing from what people can choose.
  const covered = new Set(PROFILES.map(({ group }) => group));
  assert.deepEqual(GROUPS.map(({ name }) => name).filter((name) => !covered.has(name)), ["Your account"]);
});
