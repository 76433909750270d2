// What the operator of the store sees: every key, every value and every command of a mixed run, looked through for what it must not hold.
import assert from "node:assert/strict";
import { z } from "zod";
import { recordOf } from "../_support/listed.ts";
import { call, callOk } from "../_support/mcp.ts";
import { addNode, nodeSecret, SHARED } from "../_support/two_nodes.ts";
import { isValkeyInstalled, startValkey } from "../_support/valkey.ts";
import { createWorld } from "../_support/world.ts";
import { asked, send, YES } from "../confirmation/_asking.ts";
import { askServer, clock, type OpenStore, openStore, until } from "./_store.ts";

const ignore = !isValkeyInstalled();

/** Everything that the server is told, as `MONITOR` shows it. */
async function watch(port: number) {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(new TextEncoder().encode("MONITOR\r\n"));
  let text = "";
  const reading = (async () => {
    const part = new Uint8Array(65_536);
    for (let read = await conn.read(part); read !== null; read = await conn.read(part)) {
      text += new TextDecoder("latin1").decode(part.subarray(0, read));
    }
  })().catch(() => {});
  while (!text.includes("+OK")) await clock.wait(1);
  return {
    async all() {
      conn.close();
      await reading;
      return text;
    },
  };
}

const Keys = z.array(z.string());

Deno.test({
  name: "the store is told no token, id, name, tool or text, and keeps nothing without an end",
  ignore,
  async fn() {
    await using valkey = await startValkey();
    const opened: OpenStore[] = [];
    await using world = await createWorld({
      env: { ...SHARED, NODES: "2" },
      sharedStore: () => {
        const door = openStore(valkey.url);
        opened.push(door);
        return door.store;
      },
    });
    const nodes = [world, addNode(world)] as const;
    await until("up", ...opened.map(({ store }) => store));
    const monitor = await watch(valkey.port);
    const secrets: string[] = [];
    for (const name of ["annabel", "benedict"]) {
      const person = await world.person(name);
      const title = `Secretive-${name}`;
      const { id } = recordOf(await callOk(nodes[0], person, "todo_create", { title }), "task");
      await callOk(nodes[1], person, "todo_list");
      await callOk(nodes[0], person, "notes_search", { query: `Wanted-${name}` });
      const { state } = await asked(nodes[0], person, "todo_delete", { id });
      await send(nodes[1], person, "todo_delete", { id }, { state, answer: YES });
      await call(nodes[0], person, "todo_delete", { id });
      const [, payload = ""] = person.token.split(".");
      const { sub } = z.object({ sub: z.string() }).parse(JSON.parse(atob(payload)));
      secrets.push(
        name,
        title,
        `Wanted-${name}`,
        id,
        person.token,
        payload,
        sub,
        person.personalSpace,
        state,
      );
    }
    secrets.push("todo_", "todo.", "notes.", "mana.test", nodeSecret("1").slice(2));
    const keys = await askServer(valkey.url, async (send) => Keys.parse(await send("KEYS", "*")));
    assert.ok(keys.some((key) => key.endsWith(":rate")) && keys.some((key) => key.endsWith(":spent")));
    for (const key of keys) {
      assert.match(key, /^mm1:\{(trial|[\w-]{22})\}(:[a-z-]+)?(:[\w-]{22})?$/);
      assert.notEqual(await askServer(valkey.url, (send) => send("PTTL", key)), -1, `${key} has no end`);
    }
    const told = await monitor.all();
    assert.ok(told.includes("evalsha") || told.includes("EVALSHA"));
    for (const secret of secrets) assert.equal(told.includes(secret), false, secret);
  },
});
