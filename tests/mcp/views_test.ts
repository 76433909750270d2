/** MCP Apps: which view a tool has, what a host reads, and that clients which know nothing of views notice nothing. */
import assert from "node:assert/strict";
import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from "@modelcontextprotocol/client";
import { getToolUiResourceUri } from "@modelcontextprotocol/ext-apps/app-bridge";
import { EXTENSION_ID, getUiCapability, RESOURCE_MIME_TYPE } from "@modelcontextprotocol/ext-apps/server";
import { Client as LegacyClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as LegacyTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { z } from "zod";
import { defineView } from "../../lib/tool/authoring.ts";
import { listingTokens } from "../../lib/tool/listing_tokens.ts";
import { createToolRegistry } from "../../lib/tool/tool_registry.ts";
import { VIEWS } from "../../tools/views.ts";
import { createConnected } from "../_support/connected.ts";
import { call, rpc } from "../_support/mcp.ts";
import { legacyRequest, MCP_URL, messagesOf, modernRequest, openSession } from "../_support/mcp_request.ts";
import { FIRST_MODULES, moduleOf, TOOLS } from "../_support/modules.ts";
import { connect } from "../_support/oauth_flow.ts";
import { viewTool } from "../_support/views.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";

const SAMPLE = defineView({
  name: "sample",
  title: "Sample",
  description: "Shows a sample.",
  html: "<!doctype html><title>Sample</title><p>Grüße \u2028</p>",
});
const UNUSED = defineView({ ...SAMPLE, name: "unused" });
const MODULE = moduleOf(viewTool("a.shown", "sample"), viewTool("a.plain"));
const EARLIER = "ui://mana/sample@0123456789ab";

const sampleWorld = (env: Record<string, string> = {}) =>
  createWorld({ modules: [MODULE], views: [SAMPLE, UNUSED], env });

type Send = (method: string, params?: Record<string, unknown>) => Promise<Record<string, unknown>>;

/** One way per era in which a client asks; each answers with the message. */
async function ways(world: World, { token }: Person): Promise<readonly (readonly [string, Send])[]> {
  const session = await openSession((request) => world.gateway.fetch(request), token);
  const answerTo = async (request: Request) => {
    const [answer] = await messagesOf(await world.gateway.fetch(request));
    return answer ?? {};
  };
  return [
    ["2026-07-28", (method, params) => answerTo(modernRequest(token, method, params))],
    ["a session", (method, params) => answerTo(legacyRequest(token, method, params, { session }))],
    ["2025 without a session", (method, params) => answerTo(legacyRequest(token, method, params))],
  ];
}

const Listed = z.looseObject({
  tools: z.array(z.looseObject({ name: z.string(), _meta: z.record(z.string(), z.unknown()).optional() })),
});
const Resources = z.looseObject({ resources: z.array(z.looseObject({ uri: z.string() })) });
const Templates = z.looseObject({ resourceTemplates: z.array(z.looseObject({ uriTemplate: z.string() })) });
const Read = z.looseObject({
  contents: z.tuple([z.strictObject({
    uri: z.string(),
    mimeType: z.string(),
    text: z.string(),
    _meta: z.record(z.string(), z.unknown()),
  })]),
  ttlMs: z.number().optional(),
  cacheScope: z.string().optional(),
});

Deno.test("a tool names its view in the keys of each kind of host, on both ways, and other tools name none", async () => {
  await using world = await sampleWorld();
  const anna = await world.person("anna");
  const answers = [];
  for (const gateway of [world.gateway, world.sdkOnly]) {
    const { body } = await rpc({ ...world, gateway }, anna, "tools/list");
    const { tools } = Listed.parse(body.result);
    assert.deepEqual(tools.map(({ name, _meta }) => [name, _meta]), [
      ["a_shown", {
        ui: { resourceUri: SAMPLE.uri },
        "ui/resourceUri": SAMPLE.uri,
        "openai/outputTemplate": SAMPLE.uri,
        "openai/widgetAccessible": true,
      }],
      ["a_plain", undefined],
    ]);
    answers.push(body.result);
  }
  assert.deepEqual(answers[0], answers[1]);
});

Deno.test("a view costs a model nothing: it is left out of what a list is estimated to cost", () => {
  const listings = (view?: string) =>
    createToolRegistry([viewTool("a.shown", view)], "underscore", [SAMPLE]).list().map(({ listing }) =>
      listing
    );
  assert.equal(listingTokens(listings("sample")), listingTokens(listings()));
  assert.equal(
    listingTokens(listings("sample"), { withOutputs: false }),
    listingTokens(listings(), { withOutputs: false }),
  );
  assert.notEqual(JSON.stringify(listings("sample")), JSON.stringify(listings()));
});

Deno.test("the server says that it has views, in server/discover on both ways and in initialize, and not without views", async () => {
  await using world = await sampleWorld();
  const anna = await world.person("anna");
  const declared = { [EXTENSION_ID]: { mimeTypes: [RESOURCE_MIME_TYPE] } };
  const Discovered = z.looseObject({ capabilities: z.looseObject({ extensions: z.unknown().optional() }) });
  for (const gateway of [world.gateway, world.sdkOnly]) {
    const { body } = await rpc({ ...world, gateway }, anna, "server/discover");
    const { capabilities } = Discovered.parse(body.result);
    assert.deepEqual(capabilities.extensions, declared);
    // The official helper reads a client's capabilities, whose form is the same.
    assert.deepEqual(
      getUiCapability({ extensions: declared }),
      capabilities.extensions && declared[EXTENSION_ID],
    );
  }
  const client = new LegacyClient({ name: "old-client", version: "1" });
  await client.connect(legacyTransport(world, anna));
  assert.deepEqual(client.getServerCapabilities()?.extensions, declared);
  await client.close();

  await using bare = await createWorld({ modules: [moduleOf(viewTool("a.plain"))], views: [] });
  const { body } = await rpc(bare, await bare.person("ben"), "server/discover");
  assert.deepEqual(Object.keys(Discovered.parse(body.result).capabilities), ["tools"]);
});

Deno.test("a view is read by its address and by that of an earlier gateway, in both eras, byte for byte", async () => {
  await using world = await sampleWorld();
  const anna = await world.person("anna");
  for (const [way, send] of await ways(world, anna)) {
    for (const uri of [SAMPLE.uri, EARLIER, UNUSED.uri]) {
      const { result } = await send("resources/read", { uri });
      const { contents: [content], ttlMs, cacheScope } = Read.parse(result, { error: () => way });
      // A host that looks for what it asked for has to find it.
      assert.equal(content.uri, uri, way);
      assert.equal(content.mimeType, RESOURCE_MIME_TYPE, way);
      assert.equal(content.text, SAMPLE.html, way);
      const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(content.text));
      assert.ok(SAMPLE.uri.endsWith(`@${new Uint8Array(digest).toHex().slice(0, 12)}`), way);
      const kept = way !== "2026-07-28"
        ? [undefined, undefined]
        : [uri === EARLIER ? 300_000 : 86_400_000, "public"];
      assert.deepEqual([ttlMs, cacheScope], kept, `${way} ${uri}`);
    }
  }
});

Deno.test("a view's frame reaches nothing and asks for nothing, in the keys of each kind of host", async () => {
  const ui = {
    csp: { connectDomains: [], resourceDomains: [], frameDomains: [], baseUriDomains: [] },
    prefersBorder: true,
  };
  const openai = {
    "openai/widgetCSP": { connect_domains: [], resource_domains: [] },
    "openai/widgetDescription": "Shows a sample.",
    "openai/widgetPrefersBorder": true,
  };
  for (
    const [env, domain] of [
      [{}, {}],
      [{ PUBLIC_URL: "http://gateway.test/mana" }, { "openai/widgetDomain": "http://gateway.test" }],
    ] as const
  ) {
    await using world = await sampleWorld(env);
    const anna = await world.person("anna");
    const url = env === undefined || !("PUBLIC_URL" in env) ? MCP_URL : `${env.PUBLIC_URL}/mcp`;
    const { body } = await rpc(world, anna, "resources/read", { uri: SAMPLE.uri }, { url });
    // Neither `domain` nor `permissions`: deepEqual knows no other key.
    assert.deepEqual(Read.parse(body.result).contents[0]._meta, { ui, ...openai, ...domain });
    const { body: list } = await rpc(world, anna, "resources/list", {}, { url });
    assert.deepEqual(Resources.parse(list.result).resources, [{
      uri: SAMPLE.uri,
      name: "sample",
      title: "Sample",
      description: "Shows a sample.",
      mimeType: RESOURCE_MIME_TYPE,
      _meta: { ui },
    }]);
  }
});

Deno.test("an address of no view is not found, in the words of any other resource", async () => {
  await using world = await sampleWorld();
  const anna = await world.person("anna");
  for (const [way, send] of await ways(world, anna)) {
    for (
      const uri of [
        ...[
          "ui://mana/none@0123456789ab",
          "ui://mana/sample",
          "ui://mana/sample@",
          "ui://mana/sample@0123456789AB",
        ],
        ...[
          "ui://mana/sample@0123456789ab/x",
          "ui://other/sample@0123456789ab",
          "ui://mana/__proto__@0123456789ab",
        ],
        `${SAMPLE.uri}0`,
      ]
    ) {
      const { error } = await send("resources/read", { uri });
      assert.deepEqual(
        error,
        { code: -32602, message: "Resource not found", data: { uri } },
        `${way} ${uri}`,
      );
    }
  }
});

Deno.test("whoever is not signed in reads no view", async () => {
  await using world = await sampleWorld();
  const answer = await rpc(world, null, "resources/read", { uri: SAMPLE.uri });
  assert.equal(answer.status, 401);
  assert.ok(!answer.text.includes("<!doctype"));
});

Deno.test("reading a view asks no service, is no call, and counts against no limit", async () => {
  await using world = await sampleWorld({ RATE_LIMIT_READS: "1" });
  const anna = await world.person("anna");
  await rpc(world, anna, "tools/list");
  const [calls, lines] = [world.upstreamCalls.length, world.logLines.length];
  for (let read = 0; read < 5; read++) {
    const { body } = await rpc(world, anna, "resources/read", { uri: SAMPLE.uri });
    assert.equal(Read.parse(body.result).contents[0].text, SAMPLE.html);
  }
  assert.deepEqual(world.upstreamCalls.slice(calls).map(({ url }) => url), []);
  assert.deepEqual(world.logLines.slice(lines), []);
});

Deno.test("an app is told of views of tools that it is shown, and can read each view all the same", async () => {
  const extra = moduleOf(viewTool("extra.shown", "sample"));
  await using world = await createConnected({}, [...FIRST_MODULES, extra], {
    profiles: [],
    views: [...VIEWS, SAMPLE],
  });
  const lists = async (allow: readonly string[]) => {
    const { access } = await connect(world, world.anna, { allow });
    const ask = async (method: string, params = {}) =>
      (await (await world.rpc(access, method, params)).json()).result;
    const { resourceTemplates } = Templates.parse(await ask("resources/templates/list"));
    const { completion } = await ask("completion/complete", {
      ref: { type: "ref/resource", uri: "ui://mana/{view}@{hash}" },
      argument: { name: "view", value: "sam" },
    });
    const { contents: [content] } = Read.parse(await ask("resources/read", { uri: SAMPLE.uri }));
    return {
      uris: Resources.parse(await ask("resources/list")).resources.map(({ uri }) => uri),
      templates: resourceTemplates.map(({ uriTemplate }) => uriTemplate),
      completed: completion.values,
      text: content.text,
    };
  };
  const wide = await lists(["extra:read"]);
  assert.deepEqual(wide, {
    uris: [SAMPLE.uri],
    templates: ["ui://mana/{view}@{hash}"],
    completed: ["sample"],
    text: SAMPLE.html,
  });
  const narrow = await lists(["spaces:read"]);
  assert.deepEqual(narrow, { uris: [], templates: [], completed: [], text: SAMPLE.html });
});

Deno.test("views come before the collections, on the first page alone", async () => {
  await using world = await createWorld({
    modules: [...FIRST_MODULES, MODULE],
    views: [...VIEWS, SAMPLE],
    profiles: [],
  });
  const anna = await world.person("anna");
  const team = Array.from(
    { length: 120 },
    (_, index) => ({ id: `space-${index}`, name: "S", metadata: null }),
  );
  world.intercept = ({ url }) => url.endsWith("/organization/list") ? Response.json(team) : undefined;
  const first = await rpc(world, anna, "resources/list");
  const { resources, nextCursor } = Resources.parse(first.body.result);
  const views = resources.filter(({ uri }) => uri.startsWith("ui:"));
  assert.deepEqual(resources.slice(0, views.length), views);
  assert.equal(views.at(-1)?.uri, SAMPLE.uri);
  const second = await rpc(world, anna, "resources/list", { cursor: nextCursor });
  const { resources: rest } = Resources.parse(second.body.result);
  assert.ok(rest.length > 0 && rest.every(({ uri }) => uri.startsWith("mana:")));
});

Deno.test("the variables of a view's address are completed, and no others", async () => {
  await using world = await sampleWorld();
  const anna = await world.person("anna");
  const complete = async (name: string, value: string, settled: Record<string, string> = {}) => {
    const { body } = await rpc(world, anna, "completion/complete", {
      ref: { type: "ref/resource", uri: "ui://mana/{view}@{hash}" },
      argument: { name, value },
      context: { arguments: settled },
    });
    return body.error?.message ??
      z.looseObject({ values: z.array(z.string()) }).parse(body.result?.["completion"]).values;
  };
  assert.deepEqual(await complete("view", ""), ["sample"]);
  assert.deepEqual(await complete("view", "x"), []);
  assert.deepEqual(await complete("hash", "", { view: "sample" }), [SAMPLE.hash]);
  assert.deepEqual(await complete("hash", ""), []);
  assert.equal(await complete("space", ""), "Unknown variable of the template");
});

Deno.test("a view cannot be subscribed to, and a session is told why", async () => {
  await using world = await sampleWorld();
  const anna = await world.person("anna");
  const session = await openSession((request) => world.gateway.fetch(request), anna.token);
  for (const uri of [SAMPLE.uri, EARLIER]) {
    const request = legacyRequest(anna.token, "resources/subscribe", { uri }, { session });
    const [answer] = await messagesOf(await world.gateway.fetch(request));
    assert.deepEqual(answer?.["error"], {
      code: -32602,
      message: "A view does not change at its address: tools/list names the new one",
      data: { uri },
    });
  }
});

Deno.test("the official clients of both eras and the official helper for hosts find and read a tool's view", async () => {
  await using world = await sampleWorld();
  const anna = await world.person("anna");
  const modern = new ModernClient({ name: "new-client", version: "1" }, {
    versionNegotiation: { mode: { pin: "2026-07-28" } },
  });
  await modern.connect(new ModernTransport(new URL(MCP_URL), { fetch: fetchAs(world, anna) }));
  const legacy = new LegacyClient({ name: "old-client", version: "1" });
  await legacy.connect(legacyTransport(world, anna));
  for (const client of [modern, legacy]) {
    const { tools } = await client.listTools();
    assert.deepEqual(tools.map((tool: { name: string }) => getToolUiResourceUri(tool)), [
      SAMPLE.uri,
      undefined,
    ]);
    const { contents: [content] } = await client.readResource({ uri: SAMPLE.uri });
    assert.equal(content && "text" in content && content.text, SAMPLE.html);
    const { structuredContent } = await client.callTool({ name: "a_shown", arguments: {} });
    assert.deepEqual(structuredContent, { done: true });
    await client.close();
  }
});

Deno.test("a call from a view is a call of the app: nothing that a host may add to it makes it another one", async () => {
  await using world = await sampleWorld({ RATE_LIMIT_READS: "1" });
  const anna = await world.person("anna");
  assert.equal((await call(world, anna, "a_shown")).ok, true);
  const { body } = await rpc(world, anna, "tools/call", { name: "a_shown", arguments: {} }, {
    meta: { "ui/resourceUri": SAMPLE.uri, ui: { resourceUri: SAMPLE.uri } },
  });
  assert.equal(body.result?.["isError"], true);
});

Deno.test("every view of the product belongs to a tool, and every tool's view is one of them", () => {
  const named = new Set(
    createToolRegistry(TOOLS, "underscore", VIEWS).tools.flatMap(({ view }) => view ?? []),
  );
  assert.deepEqual([...named].sort(), VIEWS.map(({ name }) => name).sort());
});

function fetchAs(world: World, person: Person) {
  return async (input: string | URL | Request, init?: RequestInit) => {
    const request = new Request(input, init);
    request.headers.set("authorization", `Bearer ${person.token}`);
    return await world.gateway.fetch(request);
  };
}

function legacyTransport(world: World, person: Person): LegacyTransport {
  return new LegacyTransport(new URL(MCP_URL), { fetch: fetchAs(world, person) });
}
