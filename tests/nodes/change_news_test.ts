/** A change made at one gateway is heard of at another, without the sync service's stream. */
import assert from "node:assert/strict";
import { createChangeNews } from "../../lib/changes/news/change_news.ts";
import { createMarks } from "../../lib/nodes/marks.ts";
import { createNodeKeys } from "../../lib/nodes/node_keys.ts";
import type { Principal } from "../../lib/people/principal.ts";
import { callerOf } from "../records/_harness.ts";
import { connect } from "../_support/oauth_flow.ts";
import { createConnected } from "../_support/connected.ts";
import { eventsOf, listenRaw } from "../_support/event_stream.ts";
import { callOk } from "../_support/mcp.ts";
import { createPlayedStore } from "../_support/played_store.ts";
import { makeTeam } from "../_support/team.ts";
import { addNode, SHARED } from "../_support/two_nodes.ts";
import { createWorld } from "../_support/world.ts";
import { uriOf } from "../resources/_resources.ts";

Deno.test("a resource subscription at one gateway hears of what its person, and a member of the space, write at another", async () => {
  const store = createPlayedStore();
  await using world = await createWorld({ env: SHARED, sharedStore: store.open });
  const [anna, ben] = [await world.person("anna"), await world.person("ben")];
  const team = await makeTeam(world, anna, ben);
  const other = addNode(world);
  const own = uriOf(anna.personalSpace, "todo");
  const shared = uriOf(team, "notes");
  for (const tool of ["todo_list", "notes_search"]) await callOk({ ...world, ...other }, anna, tool);
  await using events = eventsOf(await listenRaw(other, anna.token, [own, shared], 1));
  assert.ok((await events.next())?.params);
  await callOk(world, anna, "todo_create", { title: "in private", space: anna.personalSpace });
  assert.equal(await events.updated(), own);
  await callOk(world, ben, "notes_create", { title: "in the team", space: team });
  assert.equal(await events.updated(), shared);
  assert.equal(world.upstreamCalls.filter(({ url }) => url.includes("/stream")).length, 0);
  for (const { message } of store.published) assert.doesNotMatch(message, /todo|anna|private/);
});

Deno.test("a store that is away costs no write anything, and one message tells of a write when it is back", async () => {
  const store = createPlayedStore();
  await using world = await createConnected(SHARED, undefined, { sharedStore: store.open });
  const { access } = await connect(world, world.anna, { allow: ["todo:read", "todo:write"] });
  store.setAway(true);
  assert.equal((await world.call(access, "todo_create", { title: "while it is away" })).status, 200);
  assert.equal(store.published.length, 0);
  store.setAway(false);
  assert.equal((await world.call(access, "todo_create", { title: "and back" })).status, 200);
  assert.equal(store.published.length, 1);
});

Deno.test("a person's news wakes their own watchers and those of the space, of that app alone, and nobody after they stopped", () => {
  const heard: string[] = [];
  const [one, two] = [createNews(), createNews()];
  two.news.onHeard((person, app) => heard.push(`${person.split(" ").at(-1)} ${app}`));
  const stops = [
    two.news.watch(principal("anna"), "todo", undefined),
    two.news.watch(principal("anna"), "notes", "team"),
    two.news.watch(principal("ben"), "notes", "team"),
    two.news.watch(principal("carla"), "notes", "other"),
  ];
  const tell = (of: unknown) => two.hear({ of });
  one.news.wrote(principal("anna"), "notes", ["team", "team"]);
  two.hear(one.sent.pop());
  assert.deepEqual(heard.splice(0).sort(), ["anna notes", "ben notes"]);
  one.news.wrote(principal("anna"), "todo", []);
  two.hear(one.sent.pop());
  assert.deepEqual(heard.splice(0), ["anna todo"]);
  for (const stop of stops) stop();
  one.news.wrote(principal("anna"), "notes", ["team"]);
  two.hear(one.sent.pop());
  for (const odd of [undefined, "x", [["short"]], [[7]], Array.from({ length: 10 }, () => [])]) tell(odd);
  assert.deepEqual(heard, []);
});

/** News of one gateway; what it sends is kept, and `hear` is what another has sent. */
function createNews() {
  const sent: unknown[] = [];
  const heard: ((body: unknown) => void)[] = [];
  const marks = createMarks(createNodeKeys([], (count) => new Uint8Array(count)));
  const news = createChangeNews({
    marks,
    messages: {
      send: (_kind, body) => sent.push(body) > 0,
      on(_kind, parse, handle) {
        heard.push((body) => {
          const parsed = parse(body);
          if (parsed !== null) handle(parsed);
        });
        return () => {};
      },
    },
  });
  return { news, sent, hear: (body: unknown) => heard.forEach((each) => each(body)) };
}

function principal(name: string): Principal {
  return callerOf(name).principal;
}
