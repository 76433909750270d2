/** Asking in a session whose server is made anew for each call: every question is one of its own, for the whole session. */
import assert from "node:assert/strict";
import { z } from "zod";
import { lastChange, TASKS } from "../_support/device.ts";
import { recordOf, titles } from "../_support/listed.ts";
import { callOk, sendRaw } from "../_support/mcp.ts";
import { legacyHeaders, message, openSession, post } from "../_support/mcp_request.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";
import { NO, YES } from "./_asking.ts";

const Question = z.looseObject({
  id: z.number(),
  method: z.literal("elicitation/create"),
  params: z.looseObject({ message: z.string() }),
});
const Answer = z.looseObject({ id: z.number(), result: z.looseObject({ isError: z.boolean().optional() }) });

async function openAsker(world: World, person: Person): Promise<Record<string, string>> {
  const session = await openSession(world.gateway.fetch, person.token, {
    capabilities: { elicitation: {} },
    clientInfo: { name: "sleeper", version: "1" },
  });
  const headers = legacyHeaders(person.token, session);
  const initialized = JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" });
  assert.equal((await sendRaw(world, headers, initialized)).status, 202);
  return headers;
}

/** Calls a tool and hands out the messages of the answer one by one, while it is being made. */
async function calling(world: World, headers: Record<string, string>, name: string, args: unknown) {
  const call = message("tools/call", { name, arguments: args }, 2);
  const response = await world.gateway.fetch(post(call, headers));
  assert.equal(response.status, 200);
  if (response.headers.get("content-type") === "application/json") {
    const answers: unknown[] = [await response.json()];
    return { next: () => Promise.resolve(answers.shift()), leave: () => Promise.resolve() };
  }
  assert.ok(response.body);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    async next(): Promise<unknown> {
      for (;;) {
        const [, data, rest] = /^(?:(?!data: ).*\n)*data: (.*)\n\n([\s\S]*)$/.exec(text) ?? [];
        if (data !== undefined) {
          text = rest ?? "";
          return JSON.parse(data);
        }
        const part = await reader.read();
        if (part.done) return undefined;
        text += part.value;
      }
    },
    leave: () => reader.cancel(),
  };
}

const reply = (id: number, result = YES) => JSON.stringify({ jsonrpc: "2.0", id, result });

Deno.test("a sleeping session lists, writes under its client's name, and asks", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const headers = await openAsker(world, anna);
  const list = JSON.stringify({ jsonrpc: "2.0", id: 2, method: "tools/list" });
  assert.match((await sendRaw(world, headers, list)).text, /"todo_delete"/);
  const create = await calling(world, headers, "todo_create", { title: "Buy milk" });
  const created = Answer.parse(await create.next());
  assert.equal(created.result.isError, undefined);
  assert.equal(await create.next(), undefined);
  const change = await lastChange(world, anna, TASKS);
  assert.equal(change.actor?.displayName, "own token (sleeper)");
  const deletion = await calling(world, headers, "todo_delete", { id: change.id });
  const question = Question.parse(await deletion.next());
  assert.match(question.params.message, /Buy milk/);
  assert.equal((await sendRaw(world, headers, reply(question.id))).status, 202);
  assert.equal(Answer.parse(await deletion.next()).result.isError, undefined);
  assert.equal(await deletion.next(), undefined);
  assert.deepEqual(await titles(world, anna, "todo_list"), []);
});

Deno.test("a late yes to an old question is no yes to a new one", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const milk = recordOf(await callOk(world, anna, "todo_create", { title: "Buy milk" }), "task");
  const taxes = recordOf(await callOk(world, anna, "todo_create", { title: "Do taxes" }), "task");
  const headers = await openAsker(world, anna);
  const first = await calling(world, headers, "todo_delete", { id: milk.id });
  const old = Question.parse(await first.next());
  const cancel = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 2 } };
  assert.equal((await sendRaw(world, headers, JSON.stringify(cancel))).status, 202);
  // Its stream ends, after the server's word that it has given up the question.
  const given = z.object({ params: z.looseObject({ requestId: z.number() }) }).parse(await first.next());
  assert.deepEqual([given.params.requestId, await first.next()], [old.id, undefined]);
  const second = await calling(world, headers, "todo_delete", { id: taxes.id });
  const fresh = Question.parse(await second.next());
  assert.match(fresh.params.message, /Do taxes/);
  assert.notEqual(fresh.id, old.id);
  // Whichever of the two is taken for the answer is taken at once: the no that follows would come too late.
  assert.equal((await sendRaw(world, headers, reply(old.id))).status, 202);
  assert.equal((await sendRaw(world, headers, reply(fresh.id, NO))).status, 202);
  assert.equal(Answer.parse(await second.next()).result.isError, true);
  assert.deepEqual((await titles(world, anna, "todo_list")).sort(), ["Buy milk", "Do taxes"]);
});

Deno.test("the question of a call whose client went away can still be answered", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const milk = recordOf(await callOk(world, anna, "todo_create", { title: "Buy milk" }), "task");
  const headers = await openAsker(world, anna);
  const deletion = await calling(world, headers, "todo_delete", { id: milk.id });
  const question = Question.parse(await deletion.next());
  await deletion.leave();
  const deleted = Promise.withResolvers<void>();
  world.intercept = async (request) => {
    if (request.method !== "POST" || !request.url.includes("/sync/")) return undefined;
    const stored = await world.backend.sync.fetch(request);
    deleted.resolve();
    return stored;
  };
  assert.equal((await sendRaw(world, headers, reply(question.id))).status, 202);
  await deleted.promise;
  assert.deepEqual(await titles(world, anna, "todo_list"), []);
});
