/** Deleting through the clients that people run: the person is asked, and only their yes deletes. */
import assert from "node:assert/strict";
import { lastChange, NOTES, pushesOf, TASKS } from "../_support/device.ts";
import { notFound, recordOf, titles } from "../_support/listed.ts";
import { call, callOk } from "../_support/mcp.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";
import {
  type Answer,
  type Asker,
  type Host,
  legacyClient,
  modernClient,
  nothingPushed,
  refusalIn,
  YES,
} from "./_asking.ts";

const CLIENTS: readonly (readonly [string, (world: World, person: Person, host: Host) => Promise<Asker>])[] =
  [
    ["2026-07-28, v2 client", modernClient],
    ["legacy session, v1 client", legacyClient],
  ];
const DECLINED =
  "The call is not allowed (confirmation-declined): the question was declined, by the person or by a rule of this client. " +
  "Nothing was changed. Do not call it again unless the person asks for it.";
const CANCELLED =
  "The call is not allowed (confirmation-cancelled): the question was closed without an answer. Perhaps nobody saw " +
  "it: a client that runs without a window closes it by itself. Nothing was changed.";
const CANNOT_ASK =
  "The call is not allowed (destructive-not-allowed): todo_delete asks the person first, and this " +
  "client cannot ask: it declares no form elicitation. Use a client that does, or the Mana app where the " +
  "person has it, or have the operator add todo_delete to DESTRUCTIVE_TOOLS, which lets it run without asking.";

for (const [era, connect] of CLIENTS) {
  Deno.test(`${era}: a yes deletes the task that the question named`, async () => {
    await using world = await createWorld();
    const anna = await world.person("anna");
    const task = recordOf(await callOk(world, anna, "todo_create", { title: "Buy milk" }), "task");
    await using client = await connect(world, anna, () => YES);
    const result = await client.call("todo_delete", { id: task.id });
    assert.deepEqual(result.structuredContent, { ok: true, id: task.id });
    assert.deepEqual(client.questions, [
      'Delete the task "Buy milk"? The Mana app, where you use it, can bring it back.',
    ]);
    assert.deepEqual(await titles(world, anna, "todo_list"), []);
    const change = await lastChange(world, anna, TASKS, task.id);
    assert.equal(change.op, "delete");
    assert.ok(change.deletedAt);
  });

  Deno.test(`${era}: "Accept" alone is a yes, whether the client sends an empty form or none`, async () => {
    for (const answer of [{ action: "accept", content: {} }, { action: "accept" }] as const) {
      await using world = await createWorld();
      const anna = await world.person("anna");
      const note = recordOf(await callOk(world, anna, "notes_create", { title: "Plan" }), "note");
      await using client = await connect(world, anna, () => answer);
      const result = await client.call("notes_delete", { id: note.id });
      assert.deepEqual(result.structuredContent, { ok: true, id: note.id });
      assert.deepEqual(await titles(world, anna, "notes_search"), []);
    }
  });

  const refusals: readonly (readonly [string, Answer, string])[] = [
    ["no", { action: "decline" }, DECLINED],
    ["closing the question", { action: "cancel" }, CANCELLED],
  ];
  for (const [what, answer, words] of refusals) {
    Deno.test(`${era}: ${what} deletes nothing`, async () => {
      await using world = await createWorld();
      const anna = await world.person("anna");
      const note = recordOf(await callOk(world, anna, "notes_create", { title: "Plan" }), "note");
      await using client = await connect(world, anna, () => answer);
      await nothingPushed(world, async () => {
        assert.equal(refusalIn(await client.call("notes_delete", { id: note.id })), words);
      });
      assert.equal(client.questions.length, 1);
      assert.deepEqual(await titles(world, anna, "notes_search"), ["Plan"]);
    });
  }

  Deno.test(`${era}: a client that cannot ask is told so, and how to go on`, async () => {
    await using world = await createWorld();
    const anna = await world.person("anna");
    const task = recordOf(await callOk(world, anna, "todo_create", { title: "Buy milk" }), "task");
    await using client = await connect(world, anna, null);
    const calls = dataCalls(world).length;
    assert.equal(refusalIn(await client.call("todo_delete", { id: task.id })), CANNOT_ASK);
    assert.equal(dataCalls(world).length, calls, "a client that cannot ask costs the services nothing");
    assert.deepEqual(await titles(world, anna, "todo_list"), ["Buy milk"]);
  });

  Deno.test(`${era}: what is not there is refused before anybody is asked`, async () => {
    await using world = await createWorld();
    const anna = await world.person("anna");
    const ben = await world.person("ben");
    const foreign = recordOf(await callOk(world, ben, "todo_create", { title: "Ben's" }), "task").id;
    const gone = recordOf(await callOk(world, anna, "todo_create", { title: "Gone" }), "task").id;
    await using client = await connect(world, anna, () => YES);
    await client.call("todo_delete", { id: gone });
    client.questions.length = 0;
    await nothingPushed(world, async () => {
      for (const id of ["unknown", foreign, gone]) {
        assert.equal(refusalIn(await client.call("todo_delete", { id })), notFound("task", id));
      }
    });
    assert.deepEqual(client.questions, []);
    assert.deepEqual(await titles(world, ben, "todo_list"), ["Ben's"]);
  });

  Deno.test(`${era}: a record that changes while the person thinks is asked about again`, async () => {
    await using world = await createWorld();
    const anna = await world.person("anna");
    const { id } = recordOf(await callOk(world, anna, "habits_create", { title: "Run" }), "habit");
    await using client = await connect(world, anna, async (sentence) => {
      if (!sentence.includes('"Run"')) return { action: "decline" };
      await callOk(world, anna, "habits_update", { id, title: "Marry" });
      return YES;
    });
    assert.equal(refusalIn(await client.call("habits_delete", { id })), DECLINED);
    assert.deepEqual(client.questions, [
      'Delete the habit "Run"? The Mana app, where you use it, can bring it back.',
      'This has changed since you were asked. Delete the habit "Marry"? The Mana app, where you use it, can bring it back.',
    ]);
    assert.deepEqual(await titles(world, anna, "habits_list"), ["Marry"]);
  });
}

Deno.test("a host that drops the session id is told that it cannot ask, at once", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const task = recordOf(await callOk(world, anna, "todo_create", { title: "Buy milk" }), "task");
  await using client = await legacyClient(world, anna, () => YES, ["mcp-session-id"]);
  await nothingPushed(world, async () => {
    assert.equal(refusalIn(await client.call("todo_delete", { id: task.id })), CANNOT_ASK);
  });
  assert.deepEqual(client.questions, []);
});

Deno.test("the question never counts as a running call, so a stop does not wait for the person", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const note = recordOf(await callOk(world, anna, "notes_create", { title: "Plan" }), "note");
  await using client = await legacyClient(world, anna, async () => {
    const metrics = await (await world.gateway.fetch(new Request("http://gateway.test/metrics"))).text();
    assert.match(metrics, /mana_mcp_calls_in_flight\{[^}]*\} 0/);
    assert.match(metrics, /mana_mcp_tool_invocations_total\{[^}]*tool="notes.delete",outcome="asked"\} 1/);
    return YES;
  });
  assert.deepEqual((await client.call("notes_delete", { id: note.id })).structuredContent, {
    ok: true,
    id: note.id,
  });
  assert.equal((await lastChange(world, anna, NOTES, note.id)).op, "delete");
  assert.equal(pushesOf(world).length, 2);
});

Deno.test("a plain call of 2026-07-28 without capabilities gets the same words", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const outcome = await call(world, anna, "todo_delete", { id: "x" });
  assert.deepEqual(outcome, { ok: false, message: CANNOT_ASK });
});

/** What the gateway asked the services; whether there is a page to ask on is asked once. */
function dataCalls({ upstreamCalls }: World) {
  return upstreamCalls.filter(({ url }) => !url.includes("/.well-known/"));
}
