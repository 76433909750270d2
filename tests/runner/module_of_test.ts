import assert from "node:assert/strict";
import { moduleOf } from "../../runner/mana/module_of.ts";

Deno.test("a tool belongs to the module that its name begins with, in each spelling that gateways and clients use", () => {
  assert.equal(moduleOf("todo_create"), "todo");
  assert.equal(moduleOf("todo.save_project"), "todo");
  assert.equal(moduleOf("mcp__mana__notes_search"), "notes");
  const modules = ["news", "newsResearch"];
  assert.equal(moduleOf("news_research_find", modules), "newsResearch");
  assert.equal(moduleOf("newsResearch.find", modules), "newsResearch");
  assert.equal(moduleOf("news-research_find", modules), "newsResearch");
  assert.equal(moduleOf("news_read", modules), "news");
  assert.equal(moduleOf("newsletters_send", modules), "newsletters");
  assert.equal(moduleOf("ping"), "ping");
});
