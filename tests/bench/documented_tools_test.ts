import assert from "node:assert/strict";
import { z } from "zod";
import { documentedTools } from "../../bench/servers/documented_tools.ts";
import { createToolRegistry } from "../../lib/tool/tool_registry.ts";
import { portableSchema } from "../../lib/tool/portable_schema.ts";
import { TOOLS } from "../_support/modules.ts";

Deno.test("the SDK's server is measured with the gateway's own schemas, written anew", () => {
  const listed = new Map(
    createToolRegistry(TOOLS, "underscore").list().map(({ listing }) => [listing.name, listing]),
  );
  const listingOf = (name: string) => listed.get(name) ?? assert.fail(name);
  const written = documentedTools(listingOf);
  assert.equal(new Set(written.map(({ name }) => name)).size, 11);
  for (const { name, title, description, inputSchema, outputSchema } of written) {
    const listing = listingOf(name);
    assert.deepEqual([title, description], [listing.title, listing.description]);
    for (const [io, schema] of [["input", inputSchema], ["output", outputSchema]] as const) {
      // The SDK lists what zod makes; the gateway writes the same for clients that read only one form of it.
      const json = portableSchema({ ...z.toJSONSchema(schema, { target: "draft-2020-12", io }) });
      assert.deepEqual(
        JSON.parse(JSON.stringify(json)),
        JSON.parse(JSON.stringify(listing[`${io}Schema`])),
        name,
      );
    }
  }
});
