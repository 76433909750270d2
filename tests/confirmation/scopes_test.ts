/** A token with scopes deletes only with the scope for it, and is asked all the same. */
import assert from "node:assert/strict";
import { recordOf } from "../_support/listed.ts";
import { callOk, rpc } from "../_support/mcp.ts";
import { scoped } from "../_support/scoped_person.ts";
import { createWorld } from "../_support/world.ts";
import { asked, nothingPushed, send, YES } from "./_asking.ts";

for (const scope of ["todo:destructive todo:read", "mana:destructive"]) {
  Deno.test(`${scope}: asked, and the yes deletes`, async () => {
    await using world = await createWorld();
    const anna = await world.person("anna");
    const { id } = recordOf(await callOk(world, anna, "todo_create", { title: "Buy milk" }), "task");
    const agent = await scoped(world, anna, scope);
    const { state } = await asked(world, agent, "todo_delete", { id });
    const done = await send(world, agent, "todo_delete", { id }, { state, answer: YES });
    assert.deepEqual(done.structuredContent, { ok: true, id });
  });
}

Deno.test("without the scope there is neither a tool nor a question, opted in or not", async () => {
  for (const env of [{}, { DESTRUCTIVE_TOOLS: "todo.delete" }]) {
    await using world = await createWorld({ env });
    const anna = await world.person("anna");
    const { id } = recordOf(await callOk(world, anna, "todo_create", { title: "Buy milk" }), "task");
    for (const scope of ["todo:write todo:read", "mana:write mana:read", "notes:destructive", ""]) {
      const agent = await scoped(world, anna, scope);
      await nothingPushed(world, async () => {
        const answer = await rpc(world, agent, "tools/call", { name: "todo_delete", arguments: { id } });
        assert.equal(answer.status, 403, scope);
        assert.match(answer.headers.get("www-authenticate") ?? "", /insufficient_scope.*todo:destructive/);
        assert.ok(!(await rpc(world, agent, "tools/list")).text.includes("todo_delete"), scope);
      });
    }
  }
});
