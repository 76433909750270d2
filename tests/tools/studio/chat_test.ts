import assert from "node:assert/strict";
import { masterKey, pushInsert, seal, type WireTable } from "../../_support/device.ts";
import { listed, notFound } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld } from "../../_support/world.ts";

const CONVERSATIONS: WireTable = { app: "chat", table: "conversations" };
const MESSAGES: WireTable = { app: "chat", table: "messages" };

Deno.test("chat: conversations are listed, pinned ones first, and messages are read in the order they came", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  const put = async (id: string, text: string, more = {}) =>
    await pushInsert(world, anna, CONVERSATIONS, id, { title: await seal(key, text), ...more });
  await put("c1", "Urlaub planen", { isPinned: true });
  await put("c2", "Rezepte");
  await put("c3", "Alt", { isArchived: true });
  const titles = async (args = {}) =>
    (await listed(world, anna, "chat_list", args)).rows.map((row) => row.title);
  assert.deepEqual(await titles(), ["Urlaub planen", "Rezepte"]);
  assert.deepEqual(await titles({ query: "rezept" }), ["Rezepte"]);
  assert.deepEqual(await titles({ includeArchived: true }), ["Urlaub planen", "Alt", "Rezepte"]);

  const said = [["c1", "user", "Wohin?"], ["c1", "assistant", "Ans Meer."], ["c2", "user", "x"]];
  for (const [index, [conversationId, sender, text]] of said.entries()) {
    const messageText = await seal(key, text);
    await pushInsert(world, anna, MESSAGES, `m${index}`, { conversationId, sender, messageText });
  }
  const read = await callOk(world, anna, "chat_read", { id: "c1" });
  assert.equal(read.title, "Urlaub planen");
  assert.ok(Array.isArray(read.messages));
  assert.deepEqual(read.messages.map(({ sender, messageText }) => [sender, messageText]), [
    ["user", "Wohin?"],
    ["assistant", "Ans Meer."],
  ]);
  assert.equal(await callRefused(world, anna, "chat_read", { id: "no" }), notFound("conversation", "no"));
});
