// That a person's yes counts once over all gateways, with a real store and while it is away.
import assert from "node:assert/strict";
import { recordOf } from "../_support/listed.ts";
import { callOk } from "../_support/mcp.ts";
import { addNode, SHARED } from "../_support/two_nodes.ts";
import { isValkeyInstalled, startValkey } from "../_support/valkey.ts";
import { createWorld } from "../_support/world.ts";
import { asked, refusalIn, send, YES } from "../confirmation/_asking.ts";
import { askServer, type OpenStore, openStore, until } from "./_store.ts";

const ignore = !isValkeyInstalled();
const USED = "The call is not allowed (confirmation-used): this answer was used already, each counts once. " +
  "Nothing was changed. Call the tool again to ask the person anew.";

Deno.test({
  name:
    "with a store a yes counts once over all gateways, of many at the same time too; what is kept of it expires",
  ignore,
  async fn() {
    await using valkey = await startValkey();
    const opened: OpenStore[] = [];
    await using world = await createWorld({
      env: SHARED,
      sharedStore: () => {
        const door = openStore(valkey.url);
        opened.push(door);
        return door.store;
      },
    });
    const nodes = [world, addNode(world), addNode(world)];
    await until("up", ...opened.map(({ store }) => store));
    const anna = await world.person("anna");
    const { id } = recordOf(await callOk(world, anna, "todo_create", { title: "Buy milk" }), "task");
    const { state } = await asked(world, anna, "todo_delete", { id });
    const answers = await Promise.all(
      nodes.map((node) => send(node, anna, "todo_delete", { id }, { state, answer: YES })),
    );
    const missed = opened.reduce((sum, { store }) => sum + store.totals().missed, 0);
    const done = answers.filter(({ isError }) => isError !== true);
    // A machine that is too busy may miss an answer: then that gateway decides alone.
    assert.ok(done.length >= 1 && done.length <= 1 + missed, `${done.length} done, ${missed} missed`);
    if (missed === 0) {
      assert.deepEqual(done[0]?.structuredContent, { ok: true, id });
      const refused = answers.filter(({ isError }) => isError === true);
      assert.deepEqual(refused.map((answer) => refusalIn(answer)), [USED, USED]);
    }
    const lives = await askServer(valkey.url, async (send) => {
      const keys = await send("KEYS", "mm1:*:spent");
      return Array.isArray(keys) ? Promise.all(keys.map((key) => send("PTTL", String(key)))) : [];
    });
    assert.equal(lives.length, 1);
    assert.ok(lives.every((life) => Number(life) > 0 && Number(life) <= 15 * 60_000), String(lives));
  },
});

Deno.test({
  name: "while the store is gone a yes still counts at the gateway it comes to, once",
  ignore,
  async fn() {
    await using valkey = await startValkey();
    await using door = openStore(valkey.url);
    await using world = await createWorld({ env: SHARED, sharedStore: () => door.store });
    await until("up", door.store);
    const anna = await world.person("anna");
    const { id } = recordOf(await callOk(world, anna, "todo_create", { title: "Buy milk" }), "task");
    const { state } = await asked(world, anna, "todo_delete", { id });
    await valkey.kill();
    await until("degraded", door.store);
    const yes = () => send(world, anna, "todo_delete", { id }, { state, answer: YES });
    assert.deepEqual((await yes()).structuredContent, { ok: true, id });
    assert.equal(refusalIn(await yes()), USED);
  },
});
