import assert from "node:assert/strict";
import { MODULES } from "../../tools/modules.ts";
import { VIEWS } from "../../tools/views.ts";

/** Which tools have the views of this folder's subject. */

Deno.test("every tool that deletes has the approval card, and no other tool has it", () => {
  const tools = MODULES.flatMap((module) => module.tools);
  assert.ok(tools.length > 100);
  for (const { name, access, view } of tools) {
    assert.equal(view === "approval", access === "destructive", name);
  }
});

Deno.test("the task list is the view of todo.list, and each view in the list is one that was built", async () => {
  const tools = MODULES.flatMap((module) => module.tools);
  assert.deepEqual(tools.filter(({ view }) => view === "tasks").map(({ name }) => name), ["todo.list"]);
  for (const { name, html } of VIEWS) {
    const built = await import(`../../tools/views/${name}_html.ts`);
    assert.equal(html, built[`${name.toUpperCase()}_HTML`], name);
  }
});
