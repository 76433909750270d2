// Questions to 2025 clients whose answer may reach a node that cannot bring it to the one that asked: the client would wait for a minute,
// so that the person is given the link to their page at once.
import assert from "node:assert/strict";
import { recordOf, titles } from "../_support/listed.ts";
import { callOk } from "../_support/mcp.ts";
import { createPlayedStore } from "../_support/played_store.ts";
import { SHARED } from "../_support/two_nodes.ts";
import { createWorld } from "../_support/world.ts";
import { NO } from "../confirmation/_asking.ts";
import { answerAt, askAt, beginAt } from "./_sessions.ts";

/** What a client that can show forms is sent first for a deletion: a question, or the refusal with the link. */
async function firstAnswer(
  env: Readonly<Record<string, string>>,
  store?: ReturnType<typeof createPlayedStore>,
) {
  await using world = await createWorld({
    env,
    hasPages: true,
    isStill: true,
    ...(store === undefined ? {} : { sharedStore: store.open }),
  });
  const anna = await world.person("anna");
  const { id } = recordOf(await callOk(world, anna, "todo_create", { title: "Buy milk" }), "task");
  const session = await beginAt(world, anna);
  const events = await askAt(world, anna, session, "todo_delete", { id });
  const first = await events.next();
  const isQuestion = first?.method === "elicitation/create";
  if (isQuestion) {
    await answerAt(world, anna, session, first.id, NO);
    while (await events.next() !== undefined);
  }
  assert.deepEqual(await titles(world, anna, "todo_list"), ["Buy milk"]);
  return isQuestion ? "question" : JSON.stringify(first);
}

const LINK = /Not done: the person has to allow this.*\/approvals\/[0-9a-f]{32}/;

Deno.test("several nodes without a store give a 2025 client the link, and one node asks in the form", async () => {
  assert.match(await firstAnswer({ ...SHARED, NODES: "2" }), LINK);
  assert.equal(await firstAnswer(SHARED), "question");
  assert.equal(
    await firstAnswer({ NODES: "2" }),
    "question",
    "without NODE_SECRET a session stays with its node",
  );
});

Deno.test("several nodes with a store ask in the form, and give the link while the store is away", async () => {
  const store = createPlayedStore();
  assert.equal(await firstAnswer({ ...SHARED, NODES: "2" }, store), "question");
  store.setAway(true);
  assert.match(await firstAnswer({ ...SHARED, NODES: "2" }, store), LINK);
});
