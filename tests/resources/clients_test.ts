import assert from "node:assert/strict";
import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from "@modelcontextprotocol/client";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { callOk } from "../_support/mcp.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";
import { uriOf } from "./_resources.ts";

const ENDPOINT = new URL("http://gateway.test/mcp");

function fetchAs(world: World, person: Person) {
  return async (input: string | URL | Request, init?: RequestInit) => {
    const request = new Request(input, init);
    request.headers.set("authorization", `Bearer ${person.token}`);
    return await world.gateway.fetch(request);
  };
}

Deno.test("the official clients of both eras list, read and complete, and know what is not there", async (t) => {
  await using world = await createWorld({ hints: true });
  const anna = await world.person("anna");
  await callOk(world, anna, "habits_create", { title: "Run" });
  const uri = uriOf(anna.personalSpace, "habits");
  const template = { type: "ref/resource", uri: "mana://spaces/{space}/{module}" } as const;
  const missing = { code: -32602, data: { uri: `${uri}/none` } };

  await t.step("2026-07-28", async () => {
    const client = new ModernClient({ name: "new-client", version: "1" }, {
      versionNegotiation: { mode: { pin: "2026-07-28" } },
    });
    await client.connect(new ModernTransport(ENDPOINT, { fetch: fetchAs(world, anna) }));
    const { resources } = await client.listResources();
    assert.ok(resources.some((resource: { readonly uri: string }) => resource.uri === uri));
    const { contents } = await client.readResource({ uri });
    assert.match(JSON.stringify(contents), /Run/);
    const { completion } = await client.complete({
      ref: template,
      argument: { name: "module", value: "tod" },
    });
    assert.deepEqual(completion.values, ["todo"]);
    const { resourceTemplates } = await client.listResourceTemplates();
    assert.ok(
      resourceTemplates.some(({ uriTemplate }: { readonly uriTemplate: string }) =>
        uriTemplate === template.uri
      ),
    );
    await assert.rejects(client.readResource({ uri: `${uri}/none` }), missing);
    await client.close();
  });

  await t.step("2025-11-25", async () => {
    const client = new Client({ name: "old-client", version: "1" });
    const transport = new StreamableHTTPClientTransport(ENDPOINT, { fetch: fetchAs(world, anna) });
    await client.connect(transport);
    const { resources } = await client.listResources();
    assert.ok(resources.some((resource: { readonly uri: string }) => resource.uri === uri));
    const { contents } = await client.readResource({ uri });
    assert.match(JSON.stringify(contents), /Run/);
    const { completion } = await client.complete({
      ref: template,
      argument: { name: "module", value: "tod" },
    });
    assert.deepEqual(completion.values, ["todo"]);
    const { resourceTemplates } = await client.listResourceTemplates();
    assert.ok(
      resourceTemplates.some(({ uriTemplate }: { readonly uriTemplate: string }) =>
        uriTemplate === template.uri
      ),
    );
    await assert.rejects(client.readResource({ uri: `${uri}/none` }), missing);
    await transport.terminateSession();
    await client.close();
  });
});
