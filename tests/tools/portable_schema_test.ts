/** Schemas as clients take them: each rule has cost somebody every tool of a server. */
import assert from "node:assert/strict";
import { z } from "zod";
import { defineTool } from "../../lib/tool/define_tool.ts";
import { portableSchema } from "../../lib/tool/portable_schema.ts";
import { callRefused, rpc } from "../_support/mcp.ts";
import { createWorld } from "../_support/world.ts";

const Tools = z.array(z.looseObject({
  name: z.string(),
  inputSchema: z.looseObject({}),
  outputSchema: z.looseObject({}),
}));
const Node = z.looseObject({});

/** Every schema inside one, with its place, and how often the lists around it may repeat it. */
function* nodesOf(
  schema: unknown,
  place: string,
  times = 1,
): Generator<[string, Record<string, unknown>, number]> {
  const node = Node.parse(schema);
  yield [place, node, times];
  const most = typeof node["maxItems"] === "number" ? times * node["maxItems"] : times;
  if (node["items"] !== undefined) yield* nodesOf(node["items"], `${place}[]`, most);
  for (const [name, inner] of Object.entries(Node.parse(node["properties"] ?? {}))) {
    yield* nodesOf(inner, `${place}.${name}`, times);
  }
  for (const inner of z.array(z.unknown()).parse(node["anyOf"] ?? [])) yield* nodesOf(inner, place, times);
  if (typeof node["additionalProperties"] === "object") {
    yield* nodesOf(node["additionalProperties"], place, times);
  }
}

/** Keywords that some client of ours refuses a tool for. */
const REFUSED = [
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "uniqueItems",
  "format",
  "oneOf",
  "allOf",
  "not",
  "if",
  "$ref",
  "$defs",
  "propertyNames",
  "patternProperties",
  "prefixItems",
];

Deno.test("every schema of tools/list is what grammar builders, Gemini and the Inspector take", async () => {
  // Of every tool, whichever profile shows it.
  await using world = await createWorld({ profiles: [] });
  const { body } = await rpc(world, await world.person("anna"), "tools/list");
  let seen = 0;
  for (const { name, inputSchema, outputSchema } of Tools.parse(body.result?.["tools"])) {
    for (const [side, schema] of [["input", inputSchema], ["output", outputSchema]] as const) {
      for (const [place, node, times] of nodesOf(schema, `${name} ${side}`)) {
        seen += 1;
        for (const keyword of REFUSED) assert.equal(keyword in node, false, `${place}: ${keyword}`);
        assert.ok(
          typeof node["type"] === "string" || Array.isArray(node["anyOf"]),
          `${place}: one type, or anyOf`,
        );
        for (const keyword of ["maxLength", "maxItems"]) {
          const most = node[keyword];
          if (typeof most === "number") assert.ok(most * times < 2_000, `${place}: ${keyword} ${most}`);
        }
        const { pattern } = node;
        // Anchored, no look-around, no class by a letter: what a grammar can say.
        if (typeof pattern === "string") {
          assert.match(pattern, /^\^(?:[#A-Za-z0-9_-]|\[[^\\\]]+\]|\{\d+\})+\$$/, place);
        }
      }
    }
  }
  assert.ok(seen > 1_000, String(seen));
});

Deno.test("a length that no grammar takes is told by the description and checked all the same", async () => {
  const { inputSchema } = defineTool({
    name: "a.b",
    title: "t",
    access: "read",
    description: "d",
    input: z.object({
      long: z.string().max(5_000).describe("the text"),
      bare: z.string().max(2_000),
      short: z.string().max(1_999),
      words: z.array(z.string().max(100)).max(50),
      few: z.array(z.string().max(100)).max(5),
      many: z.array(z.string()).max(3_000),
      whole: z.int().positive(),
      choice: z.string().nullable(),
      anything: z.looseObject({}),
    }),
    output: z.object({}),
    run: () => Promise.resolve({}),
  });
  assert.deepEqual(inputSchema["properties"], {
    long: { type: "string", description: "the text; at most 5,000 characters" },
    bare: { type: "string", description: "at most 2,000 characters" },
    short: { type: "string", maxLength: 1_999 },
    words: {
      type: "array",
      maxItems: 50,
      items: { type: "string", description: "at most 100 characters" },
    },
    few: { type: "array", maxItems: 5, items: { type: "string", maxLength: 100 } },
    many: { type: "array", description: "at most 3,000 entries", items: { type: "string" } },
    whole: { type: "integer", minimum: 1 },
    choice: { anyOf: [{ type: "string" }, { type: "null" }] },
    anything: { type: "object", properties: {}, additionalProperties: true },
  });
  await using world = await createWorld();
  const anna = await world.person("anna");
  const content = "x".repeat(200_001);
  assert.equal(
    await callRefused(world, anna, "notes_create", { title: "x", content }),
    "The arguments are invalid: content: expected at most 200000 characters.",
  );
});

Deno.test("the same schema comes out where nothing has to change", () => {
  const fine = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    properties: { a: { type: "string", enum: ["x"], default: "x" } },
    required: ["a"],
    additionalProperties: false,
  };
  assert.deepEqual(portableSchema(fine), fine);
});
