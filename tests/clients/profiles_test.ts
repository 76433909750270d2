/** Which tools a connection is shown: by its address, by what the person picked, by the groups of what was allowed. */
import assert from "node:assert/strict";
import { z } from "zod";
import { INTROSPECTION_CACHE_MS } from "../../lib/kit/limits.ts";
import { defineModule, type Module } from "../../lib/tool/define_module.ts";
import { defineTool } from "../../lib/tool/define_tool.ts";
import type { Tool } from "../../lib/tool/define_tool.ts";
import { createToolProfiles } from "../../lib/tool/profiles/tool_profiles.ts";
import { createToolRegistry } from "../../lib/tool/tool_registry.ts";
import { createToolLists } from "../../lib/mcp/server/tool_lists.ts";
import type { Principal } from "../../lib/people/principal.ts";
import { isInScope } from "../../lib/people/scopes.ts";
import { callerFor } from "../_support/request_context.ts";
import { PROFILES } from "../../tools/profiles.ts";
import { VIEWS } from "../../tools/views.ts";
import { createConnected, tellOfGrant } from "../_support/connected.ts";
import { eventsOf } from "../_support/event_stream.ts";
import { callOk } from "../_support/mcp.ts";
import {
  initialize,
  legacyRequest,
  MCP_URL,
  messagesOf,
  modernRequest,
  openSession,
  post,
  postHeaders,
} from "../_support/mcp_request.ts";
import { FIRST_MODULES } from "../_support/modules.ts";
import { connect, RESOURCE } from "../_support/oauth_flow.ts";
import { createWorld, type World } from "../_support/world.ts";

const List = z.looseObject({ tools: z.array(z.looseObject({ name: z.string() })) });

/** The names that every era and path lists at an address, which must be one list. */
async function listAt(world: World, token: string, url: string): Promise<readonly string[]> {
  const lists: string[][] = [];
  for (const gateway of [world.gateway, world.sdkOnly]) {
    const session = await openSession(gateway.fetch, token, {}, url);
    for (
      const request of [
        modernRequest(token, "tools/list", {}, { url }),
        legacyRequest(token, "tools/list", {}, { url }),
        legacyRequest(token, "tools/list", {}, { url, session }),
      ]
    ) {
      const [message] = await messagesOf(await gateway.fetch(request));
      lists.push(List.parse(message?.["result"]).tools.map(({ name }) => name.replace("_", ".")));
    }
  }
  const [first = []] = lists;
  for (const list of lists) assert.deepEqual(list, first);
  return first;
}

/** A module of made-up tools: as many that read as are asked for. */
function madeUp(name: string, group: string, count: number): Module {
  const tools = Array.from({ length: count }, (_, index) =>
    defineTool({
      name: `${name}.tool${index}`,
      title: "Made up",
      access: "read",
      description: "A tool of the tests.",
      usesRecords: false,
      input: z.object({}),
      output: z.object({ done: z.boolean() }),
      run: () => Promise.resolve({ done: true }),
    }));
  return defineModule({ name, label: name, group, spaceTypes: ["personal"], tools });
}

const MORE = [...FIRST_MODULES, madeUp("coins", "Money", 12), madeUp("books", "Leisure", 30)];
const START = new Set(PROFILES.find(({ name }) => name === "start")?.tools);
const NAMES = "start, daily, people, wellbeing, money, leisure, home, learning, studio, work, cycle, compact";

Deno.test("a person's own token is shown start, and at an address with a profile that profile, whichever era and path", async () => {
  await using world = await createWorld({ modules: MORE, profiles: PROFILES });
  const { token } = await world.person("anna");
  const start = await listAt(world, token, MCP_URL);
  assert.ok(start.length > 10 && start.every((name) => START.has(name)), start.join());
  assert.deepEqual(await listAt(world, token, `${MCP_URL}?profile=start`), start);
  const money = await listAt(world, token, `${MCP_URL}?profile=money`);
  assert.equal(money[0], "spaces.list");
  assert.deepEqual(money.slice(1), Array.from({ length: 12 }, (_, index) => `coins.tool${index}`));
  // Another word in the query is nobody's business.
  assert.deepEqual(await listAt(world, token, `${MCP_URL}?utm=x&profile=money`), money);
  assert.deepEqual(await listAt(world, token, `${MCP_URL}?utm=x`), start);
});

Deno.test("no tool that was listed before there were profiles is missing for whoever chooses nothing", async () => {
  await using world = await createWorld();
  const { token } = await world.person("anna");
  const before =
    "habits.create habits.list habits.update habits.archive habits.delete spaces.list todo.create " +
    "todo.list todo.complete todo.delete notes.create notes.search notes.read notes.delete journal.add";
  const start = new Set(await listAt(world, token, MCP_URL));
  assert.deepEqual(before.split(" ").filter((name) => !start.has(name)), []);
});

Deno.test("an address with a profile that does not exist is refused, with the names of those that do", async () => {
  await using world = await createWorld();
  const { token } = await world.person("anna");
  for (const profile of ["dialy", "", "Daily", "start,daily", "constructor"]) {
    const url = `${MCP_URL}?profile=${profile}`;
    for (
      const request of [
        modernRequest(token, "tools/list", {}, { url }),
        modernRequest(token, "tools/call", { name: "spaces_list", arguments: {} }, { url }),
        post(initialize(), postHeaders(token), url),
      ]
    ) {
      const response = await world.gateway.fetch(request);
      assert.equal(response.status, 400);
      assert.ok(
        (await response.text()).includes(
          `There is no profile of this name: use one of ${NAMES}, or leave profile out of the address.`,
        ),
      );
    }
  }
  // Who calls comes first: nothing is told to a stranger.
  const stranger = await world.gateway.fetch(
    modernRequest(null, "tools/list", {}, { url: `${MCP_URL}?profile=x` }),
  );
  assert.equal(stranger.status, 401);
  await stranger.body?.cancel();
});

Deno.test("a profile narrows what is listed and nothing else: a tool outside of it can be called by its name", async () => {
  await using world = await createWorld({ modules: MORE, profiles: PROFILES });
  const anna = await world.person("anna");
  const url = `${MCP_URL}?profile=money`;
  assert.ok(!(await listAt(world, anna.token, url)).includes("todo.create"));
  const response = await world.gateway.fetch(
    modernRequest(anna.token, "tools/call", { name: "todo_create", arguments: { title: "Milk" } }, { url }),
  );
  assert.match(await response.text(), /"title":"Milk"|"id":/);
  await callOk(world, anna, "coins_tool0");
});

Deno.test("an app is shown the profiles of the groups that it has anything in, and no more than its scopes allow", async () => {
  await using world = await createConnected({}, MORE);
  const mine = await connect(world, world.anna, { allow: ["notes:read", "coins:read"] });
  const listed = await listAt(world, mine.access, RESOURCE);
  assert.deepEqual(listed.filter((name) => !name.startsWith("coins.")), ["notes.search", "notes.read"]);
  assert.equal(listed.length, 14);
  // The address wins, and gives nothing that was not allowed.
  const money = await listAt(world, mine.access, `${RESOURCE}?profile=money`);
  assert.deepEqual(money, listed.filter((name) => name.startsWith("coins.")));
  assert.equal((await world.call(mine.access, "todo_list")).status, 403);
});

Deno.test("more than 40 tools together: start and compact instead", async () => {
  await using world = await createConnected({}, MORE);
  const allow = ["notes:read", "todo:read", "todo:write", "coins:read", "books:read"];
  const mine = await connect(world, world.anna, { allow });
  const listed = await listAt(world, mine.access, RESOURCE);
  assert.ok(
    listed.every((name) => START.has(name) || /^(records|modules|approvals|undo)\./.test(name)),
    listed.join(),
  );
  assert.ok(listed.includes("todo.create") && listed.includes("notes.search"));
  // What is not listed is still allowed.
  assert.equal((await world.call(mine.access, "books_tool29")).status, 200);
});

Deno.test("a profile that the person picked wins over the groups, and the address over both", async () => {
  await using world = await createConnected({}, MORE);
  const allow = ["notes:read", "coins:read", "books:read"];
  const mine = await connect(world, world.anna, { allow });
  const pick = (tool_profile: unknown) => {
    world.clock.now += INTROSPECTION_CACHE_MS;
    tellOfGrant(world, { tool_profile });
  };
  const of = (list: readonly string[]) => [...new Set(list.map((name) => name.split(".")[0]))];
  pick("leisure");
  assert.deepEqual(of(await listAt(world, mine.access, RESOURCE)), ["books"]);
  assert.deepEqual(of(await listAt(world, mine.access, `${RESOURCE}?profile=money`)), ["coins"]);
  pick("money");
  assert.deepEqual(of(await listAt(world, mine.access, RESOURCE)), ["coins"]);
  // One that is no more, or no text at all: as if none was picked, and the access stands.
  for (const other of ["yearly", 7, null, "x".repeat(400)]) {
    pick(other);
    assert.deepEqual(of(await listAt(world, mine.access, RESOURCE)), ["notes", "modules", "records"]);
  }
});

Deno.test("a client that listens is told once when the person picks another profile", async () => {
  await using world = await createConnected({}, MORE);
  const mine = await connect(world, world.anna, { allow: ["notes:read", "coins:read"] });
  await (await world.rpc(mine.access, "tools/list")).text();
  world.clock.now += INTROSPECTION_CACHE_MS;
  tellOfGrant(world, { tool_profile: "money" });
  await using told = eventsOf(
    await world.rpc(mine.access, "subscriptions/listen", { notifications: { toolsListChanged: true } }),
  );
  assert.equal((await told.next())?.method, "notifications/subscriptions/acknowledged");
  assert.equal((await told.next())?.method, "notifications/tools/list_changed");
});

Deno.test("where the address names a profile, what the person picks changes nothing, and each address has its own list", () => {
  const registry = createToolRegistry(MORE.flatMap(({ tools }) => tools), "underscore", VIEWS);
  const profiles = createToolProfiles({ profiles: PROFILES, modules: MORE, general: [] });
  const gate = { shows: (tool: Tool, { scopes }: Principal) => isInScope(scopes, tool) };
  const lists = createToolLists({ registry, gate, profiles });
  const scopes = new Set(["notes:read", "coins:read"]);
  const client = { id: "c", name: "App", appKey: "c", tokenId: "t", grantId: "g", spaceCount: 1 };
  const before = { ...callerFor("anna", "t").principal, scopes, client };
  const after = { ...before, client: { ...client, toolProfile: "home" } };
  const narrowed = { ...after, scopes: new Set(["notes:read"]) };
  lists.listFor(before, null);
  lists.listFor(before, "money");
  assert.equal(lists.isOutdated(after, null), true);
  assert.equal(lists.isOutdated(after, "money"), false);
  assert.equal(lists.isOutdated(narrowed, "money"), true);
  lists.noteTold(after, null);
  assert.equal(lists.isOutdated(after, null), false);
  // Nobody has been given this one.
  assert.equal(lists.isOutdated(narrowed, "people"), false);
});

Deno.test("models are told that the list is a profile, in either era", async () => {
  await using world = await createWorld();
  const { token } = await world.person("anna");
  const words =
    /The listed tools are a profile, fixed for this connection; each tool that the person allowed/;
  for (const gateway of [world.gateway, world.sdkOnly]) {
    assert.match(await (await gateway.fetch(modernRequest(token, "server/discover"))).text(), words);
    assert.match(await (await gateway.fetch(post(initialize(), postHeaders(token)))).text(), words);
  }
});
