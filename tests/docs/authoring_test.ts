import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { GRANTABLE, parseGrantable } from "../../sign_in/oauth/grants/grantable_modules.ts";
import type { Module } from "../../lib/tool/define_module.ts";
import { grantableModules } from "../../scripts/grantable_modules.ts";
import { createToolRegistry } from "../../lib/tool/tool_registry.ts";
import { homePage } from "../../lib/web/home_page.ts";
import { MODULES } from "../../tools/modules.ts";
import { VIEWS } from "../../tools/views.ts";
import { makeFolder } from "../backend/_folder.ts";
import { createConnected } from "../_support/connected.ts";
import { createFlow } from "../_support/flow.ts";
import { authorizeUrl, connect, getCode, redeem, register, tokensOf } from "../_support/oauth_flow.ts";
import { createWorld } from "../_support/world.ts";
import { callOk, rpc } from "../_support/mcp.ts";

const NEW_SNIPPET = { name: "Sum up", systemPrompt: "Say it in one line." };

/** The module of docs/authoring-tools.md, loaded as it stands there. */
async function documentedModule(): Promise<Module> {
  const text = await Deno.readTextFile("docs/authoring-tools.md");
  const [, code] = /```ts\n([\s\S]*?)```/.exec(text) ?? [];
  assert.ok(code, "docs/authoring-tools.md has no example");
  await Deno.mkdir(".mana-test/authoring", { recursive: true });
  const file = `.mana-test/authoring/snippets_${crypto.randomUUID()}.ts`;
  await Deno.writeTextFile(file, code);
  try {
    const loaded: unknown = await import(`../../${file}`);
    const Loaded = z.object({ snippetsModule: z.custom<Module>((value) => typeof value === "object") });
    return Loaded.parse(loaded).snippetsModule;
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("the example of docs/authoring-tools.md is a working module", async () => {
  await using world = await createWorld({ modules: [...MODULES, await documentedModule()] });
  const anna = await world.person("anna");
  const listed = await rpc(world, anna, "tools/list");
  assert.ok(listed.text.includes('"snippets_create"'));
  await callOk(world, anna, "snippets_create", { name: "Sum up", systemPrompt: "Say it in one line." });
  const { snippets } = await callOk(world, anna, "snippets_list");
  const [snippet] = z.array(z.looseObject({ id: z.string(), name: z.string(), systemPrompt: z.string() }))
    .parse(snippets);
  assert.deepEqual([snippet?.name, snippet?.systemPrompt], ["Sum up", "Say it in one line."]);
  const raw = await world.sync(
    "/sync/playground/pull?collection=snippets&since=1970-01-01T00:00:00.000Z",
    { headers: { authorization: `Bearer ${anna.token}` } },
  );
  assert.match(await raw.text(), /"systemPrompt":"enc:1:/);
});

Deno.test("the example stands on the home page, with its tools", async () => {
  const modules = [...MODULES, await documentedModule()];
  const page = await homePage({
    version: "1",
    mcpUrl: "http://gateway.test/mcp",
    readiness: { ready: true, upstreams: { auth: "ok" } },
    signInProblem: null,
    modules,
    prompts: [],
    registry: createToolRegistry(modules.flatMap(({ tools }) => tools), "underscore", VIEWS),
    confinement: {
      confined: true,
      allowed: { net: [], read: [], write: [], run: [], ffi: [], sys: [], env: [], import: [] },
      excesses: [],
      missing: [],
    },
  }, "n");
  assert.match(page, /<h3>Snippets<\/h3>[^]*<code>snippets_create<\/code>/);
});

Deno.test("the example works for a connected app: asked for, shown, allowed, called and counted", async () => {
  await using world = await createConnected({}, [...MODULES, await documentedModule()]);
  const { anna, gateway } = world;
  const offered = async (path: string, at: (request: Request) => Promise<Response>) => {
    const answer = await at(new Request(new URL(path, "http://127.0.0.1:3069")));
    return z.looseObject({ scopes_supported: z.array(z.string()) }).parse(await answer.json())
      .scopes_supported;
  };
  const byGateway = await offered("/.well-known/oauth-protected-resource/mcp", (one) => gateway.fetch(one));
  const bySignIn = await offered(
    "/.well-known/oauth-authorization-server",
    ({ url }) => world.auth(new URL(url).pathname),
  );
  assert.deepEqual(byGateway, bySignIn);
  assert.deepEqual(byGateway.filter((scope) => scope.startsWith("snippets:")), [
    "snippets:read",
    "snippets:write",
    "snippets:destructive",
  ]);

  const { client_id } = await register(world);
  const asked = await anna.open(
    authorizeUrl(client_id, { scope: "snippets:read snippets:write offline_access" }),
  );
  assert.match(asked.html, /<legend>Snippets<\/legend>/);

  const mine = await connect(world, anna, { allow: ["snippets:read", "snippets:write"] });
  assert.equal(mine.scope, "snippets:read snippets:write offline_access");
  const called = await world.call(mine.access, "snippets_create", {
    name: "Sum up",
    systemPrompt: "Say it in one line.",
  });
  assert.equal(called.status, 200);
  assert.match((await world.call(mine.access, "snippets_list")).text, /"name":"Sum up"/);
  assert.equal((await world.call(mine.access, "notes_search")).status, 403);
  const described = await world.rpc(mine.access, "server/discover");
  assert.match(await described.text(), /Beside these: [^.]*\bStudio: [^.]*\bsnippets\b/);

  await gateway.stop();
  const { html } = await anna.open("/apps");
  assert.match(html, /Snippets: see, add and change/);
  assert.match(html, /wrote to Snippets once/);
  assert.match(html, /looked at Snippets once/);
});

Deno.test("an app without the module is told which scope it lacks, and has it once the person allows it: no loop", async () => {
  await using world = await createConnected({}, [...MODULES, await documentedModule()]);
  const { anna } = world;
  const before = await connect(world, anna, { allow: ["notes:read"] });
  const refused = await world.rpc(before.access, "tools/call", {
    name: "snippets_create",
    arguments: NEW_SNIPPET,
  });
  assert.equal(refused.status, 403);
  await refused.body?.cancel();
  const [, scope = ""] = /scope="([^"]*)"/.exec(refused.headers.get("www-authenticate") ?? "") ?? [];
  assert.match(scope, /\bsnippets:write\b/);
  const after = await connect(world, anna, { allow: scope.split(" ") });
  const called = await world.call(after.access, "snippets_create", NEW_SNIPPET);
  assert.equal(called.status, 200, called.text);
});

Deno.test("a module that comes later is for clients that are known already", async () => {
  await using folder = await makeFolder();
  const data = folder.path;
  const before = await createFlow({ data });
  const { client_id } = await register(before);
  await before[Symbol.asyncDispose]();
  {
    // As versions before this one stored a client: with the list of scopes of its day.
    using db = new DatabaseSync(`${data}/auth.sqlite`);
    db.prepare("UPDATE oauthClient SET scopes = ?").run(JSON.stringify(["mana:read", "notes:read"]));
  }
  const grantable = parseGrantable(JSON.parse(grantableModules([...MODULES, await documentedModule()])));
  await using after = await createFlow({ data, grantable });
  const anna = await after.personWithBrowser("anna");
  const code = await getCode(anna, client_id, {}, { scope: "snippets:read offline_access" });
  assert.equal((await tokensOf(await redeem(after, client_id, code))).scope, "snippets:read offline_access");
});

Deno.test("the backend's names are those of tools/modules.ts: deno task modules was run", async () => {
  assert.equal(await Deno.readTextFile("sign_in/modules.json"), grantableModules(MODULES));
  assert.deepEqual(GRANTABLE.modules.map(({ name }) => name), MODULES.map(({ name }) => name));
});
