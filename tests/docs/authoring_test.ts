import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { GRANTABLE_MODULES, parseGrantableModules } from "../../sign_in/oauth/grants/grantable_modules.ts";
import type { Module } from "../../lib/tool/define_module.ts";
import { grantableModules } from "../../scripts/grantable_modules.ts";
import { createToolRegistry } from "../../lib/tool/tool_registry.ts";
import { homePage } from "../../lib/web/home_page.ts";
import { MODULES } from "../../tools/modules.ts";
import { makeFolder } from "../backend/_folder.ts";
import { createConnected } from "../_support/connected.ts";
import { createFlow } from "../_support/flow.ts";
import { authorizeUrl, connect, getCode, redeem, register, tokensOf } from "../_support/oauth_flow.ts";
import { createWorld } from "../_support/world.ts";
import { callOk, rpc } from "../_support/mcp.ts";

/** The module of docs/authoring-tools.md: its file and its entry, loaded as they stand there. */
async function documentedModule(): Promise<Module> {
  const text = await Deno.readTextFile("docs/authoring-tools.md");
  const [code, entry] = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block]) => block);
  assert.ok(code && entry, "docs/authoring-tools.md has no example");
  await Deno.mkdir(".mana-test", { recursive: true });
  const file = `.mana-test/mood_${crypto.randomUUID()}.ts`;
  const list = 'import { ALL_SPACE_TYPES, defineModule } from "../lib/tool/authoring.ts";\n';
  await Deno.writeTextFile(file, `${list}${code}\nexport const mood = ${entry}`);
  try {
    const module: unknown = await import(`../../${file}`);
    return z.object({ mood: z.custom<Module>((value) => typeof value === "object") }).parse(module).mood;
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("the example of docs/authoring-tools.md is a working module", async () => {
  await using world = await createWorld({ modules: [...MODULES, await documentedModule()] });
  const anna = await world.person("anna");
  const listed = await rpc(world, anna, "tools/list");
  assert.ok(listed.text.includes('"mood_log"'));
  await callOk(world, anna, "mood_log", { level: 8, notes: "sunny" });
  const { entries } = await callOk(world, anna, "mood_recent");
  const [entry] = z.array(z.looseObject({ level: z.number(), notes: z.string(), date: z.string() })).parse(
    entries,
  );
  assert.deepEqual([entry?.level, entry?.notes, entry?.date], [8, "sunny", "2026-03-01"]);
  const raw = await world.sync("/sync/mood/pull?collection=moodEntries&since=1970-01-01T00:00:00.000Z", {
    headers: { authorization: `Bearer ${anna.token}` },
  });
  assert.match(await raw.text(), /"notes":"enc:1:/);
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
    registry: createToolRegistry(modules.flatMap(({ tools }) => tools), "underscore"),
    confinement: {
      confined: true,
      allowed: { net: [], read: [], write: [], run: [], ffi: [], sys: [], env: [], import: [] },
      excesses: [],
      missing: [],
    },
  }, "n");
  assert.match(page, /the texts of your [^<]*mood are stored encrypted/);
  assert.match(page, /<h3>Mood<\/h3>[^]*<code>mood_log<\/code>/);
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
  assert.deepEqual(byGateway.filter((scope) => scope.startsWith("mood:")), ["mood:read", "mood:write"]);

  const { client_id } = await register(world);
  const asked = await anna.open(authorizeUrl(client_id, { scope: "mood:read mood:write offline_access" }));
  assert.match(asked.html, /<legend>Mood<\/legend>/);

  const mine = await connect(world, anna, { allow: ["mood:read", "mood:write"] });
  assert.equal(mine.scope, "mood:read mood:write offline_access");
  const called = await world.call(mine.access, "mood_log", { level: 8, notes: "sunny" });
  assert.equal(called.status, 200);
  assert.match(called.text, /"notes":"sunny"/);
  assert.match((await world.call(mine.access, "mood_recent")).text, /"notes":"sunny"/);
  assert.equal((await world.call(mine.access, "notes_search")).status, 403);
  const described = await world.rpc(mine.access, "server/discover");
  assert.match(await described.text(), /Mana holds one person's habits, [^.]*journal and mood\./);

  await gateway.stop();
  const { html } = await anna.open("/apps");
  assert.match(html, /Mood: add and change/);
  assert.match(html, /wrote to Mood once/);
  assert.match(html, /looked at Mood once/);
});

Deno.test("an app without the module is told which scope it lacks, and has it once the person allows it: no loop", async () => {
  await using world = await createConnected({}, [...MODULES, await documentedModule()]);
  const { anna } = world;
  const before = await connect(world, anna, { allow: ["notes:read"] });
  const refused = await world.rpc(before.access, "tools/call", { name: "mood_log", arguments: { level: 8 } });
  assert.equal(refused.status, 403);
  await refused.body?.cancel();
  const [, scope = ""] = /scope="([^"]*)"/.exec(refused.headers.get("www-authenticate") ?? "") ?? [];
  assert.match(scope, /\bmood:write\b/);
  const after = await connect(world, anna, { allow: scope.split(" ") });
  const called = await world.call(after.access, "mood_log", { level: 8 });
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
  const modules = parseGrantableModules(
    JSON.parse(grantableModules([...MODULES, await documentedModule()])),
  );
  await using after = await createFlow({ data, modules });
  const anna = await after.personWithBrowser("anna");
  const code = await getCode(anna, client_id, {}, { scope: "mood:read offline_access" });
  assert.equal((await tokensOf(await redeem(after, client_id, code))).scope, "mood:read offline_access");
});

Deno.test("the backend's names are those of tools/modules.ts: deno task modules was run", async () => {
  assert.equal(await Deno.readTextFile("sign_in/modules.json"), grantableModules(MODULES));
  assert.deepEqual(GRANTABLE_MODULES.map(({ name }) => name), MODULES.map(({ name }) => name));
});
