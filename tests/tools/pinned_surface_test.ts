import assert from "node:assert/strict";
import { createToolRegistry } from "../../lib/tool/tool_registry.ts";
import { TOOLS } from "../_support/modules.ts";
import { VIEWS } from "../../tools/views.ts";

/** The surface that clients and operators rely on, word for word: a change here is a change for them. */

const SURFACE = [
  "habits.create write",
  "habits.list read idempotent",
  "habits.update write idempotent",
  "habits.archive write idempotent",
  "habits.delete destructive",
  "spaces.list read idempotent",
  "todo.create write",
  "todo.list read idempotent",
  "todo.complete write idempotent",
  "todo.delete destructive",
  "notes.create write",
  "notes.search read idempotent",
  "notes.read read idempotent",
  "notes.delete destructive",
  "journal.add write",
];

Deno.test("the tools, their order, their access", () => {
  const surface = TOOLS.map(({ name, access, annotations }) =>
    `${name} ${access}${annotations.idempotentHint ? " idempotent" : ""}`
  );
  const first = new Set(SURFACE.map((line) => line.split(" ")[0]));
  assert.deepEqual(surface.filter((line) => first.has(line.split(" ")[0])), SURFACE);
});

Deno.test("names on the wire have no dot unless asked for", () => {
  const names = createToolRegistry(TOOLS, "underscore", VIEWS).list().map(({ listing }) => listing.name);
  assert.deepEqual(names.slice(0, 3), ["habits_create", "habits_list", "habits_update"]);
  assert.deepEqual(names.filter((name) => !/^[a-zA-Z0-9_-]{1,64}$/.test(name)), []);
  assert.equal(createToolRegistry(TOOLS, "dotted", VIEWS).list()[0]?.listing.name, "habits.create");
});

Deno.test("every annotation is explicit and follows from the access", () => {
  for (const { name, title, access, annotations } of TOOLS) {
    assert.deepEqual(annotations, {
      title,
      readOnlyHint: access === "read",
      destructiveHint: access === "destructive",
      idempotentHint: annotations.idempotentHint,
      openWorldHint: false,
    }, name);
  }
});

Deno.test("every schema is what clients accept: 2020-12, a plain object at the root, small", () => {
  for (const { name, inputSchema, outputSchema } of TOOLS) {
    for (const schema of [inputSchema, outputSchema]) {
      assert.equal(schema.type, "object", name);
      assert.equal(schema.$schema, "https://json-schema.org/draft/2020-12/schema", name);
      for (const keyword of ["allOf", "anyOf", "oneOf", "if", "not"]) {
        assert.equal(keyword in schema, false, name);
      }
      assert.ok(JSON.stringify(schema).length < 16_384, name);
    }
    assert.equal(inputSchema.additionalProperties, false, name);
  }
});

Deno.test("no listing names its dialect: it is the one of MCP, and some validators refuse the name", () => {
  for (const { listing, spacedListing } of createToolRegistry(TOOLS, "underscore", VIEWS).list()) {
    for (const schema of [listing.inputSchema, listing.outputSchema, spacedListing.inputSchema]) {
      assert.equal("$schema" in schema, false, listing.name);
    }
  }
});

Deno.test("space is an argument of every tool but the list of spaces, listed last, optional, and of the gateway alone", () => {
  for (const { tool, listing, spacedListing } of createToolRegistry(TOOLS, "underscore", VIEWS).list()) {
    const { properties, ...rest } = spacedListing.inputSchema;
    const { properties: own, ...ownRest } = listing.inputSchema;
    assert.deepEqual(rest, ownRest, "nothing else differs, `required` included");
    assert.equal(JSON.stringify(listing.inputSchema).includes('"space"'), false);
    assert.deepEqual({ ...spacedListing, inputSchema: null }, { ...listing, inputSchema: null });
    if (tool.name === "spaces.list") assert.equal(spacedListing, listing);
    else {
      const description = "id or name of the space to work in; the usual one when left out";
      assert.deepEqual(properties, { ...Object(own), space: { type: "string", description } });
      assert.equal(Object.keys(Object(properties)).at(-1), "space");
    }
  }
});
