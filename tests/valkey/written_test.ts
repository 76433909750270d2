// What the operator of the store sees: every key, every value and every command of a mixed run, looked through for what it must not hold.
import assert from "node:assert/strict";
import { z } from "zod";
import { recordOf } from "../_support/listed.ts";
import { call, callOk } from "../_support/mcp.ts";
import { addNode, type Node, nodeSecret, SHARED } from "../_support/two_nodes.ts";
import { isValkeyInstalled, startValkey } from "../_support/valkey.ts";
import { createWorld } from "../_support/world.ts";
import { createConnected } from "../_support/connected.ts";
import { modernRequest } from "../_support/mcp_request.ts";
import { connect, RESOURCE } from "../_support/oauth_flow.ts";
import { bearer, signIn } from "../_support/test_backend.ts";
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
const Payload = z.object({ sub: z.string() });

/** Payload and subject of a token, which are secrets as the token is. */
function partsOf(token: string): readonly string[] {
  const [, payload = ""] = token.split(".");
  return [token, payload, Payload.parse(JSON.parse(new TextDecoder().decode(fromBase64Url(payload)))).sub];
}

const fromBase64Url = (text: string) => Uint8Array.fromBase64(text, { alphabet: "base64url" });

/** Everything in the store has a name without meaning, and an end; nothing that it was told holds a secret. */
async function assertTellsNothing(
  url: string,
  told: string,
  purposes: readonly string[],
  secrets: readonly string[],
) {
  const keys = await askServer(url, async (send) => Keys.parse(await send("KEYS", "*")));
  for (const purpose of purposes) assert.ok(keys.some((key) => key.endsWith(`:${purpose}`)), purpose);
  for (const key of keys) {
    assert.match(key, /^mm1:\{(trial|[\w-]{22})\}(:[a-z-]+)?(:[\w-]{22})?$/);
    assert.notEqual(await askServer(url, (send) => send("PTTL", key)), -1, `${key} has no end`);
  }
  assert.match(told, /evalsha/i);
  for (const secret of [...secrets, "mana.test", "todo_", "todo.", "notes.", nodeSecret("1").slice(2)]) {
    assert.equal(told.includes(secret), false, secret);
  }
}

/** Opens a store for each gateway that asks for one. */
function createDoors(url: string) {
  const opened: OpenStore[] = [];
  return {
    open: () => {
      const door = openStore(url);
      opened.push(door);
      return door.store;
    },
    up: () => until("up", ...opened.map(({ store }) => store)),
  };
}

Deno.test({
  name: "the store is told no token, id, name, tool or text, and keeps nothing without an end",
  ignore,
  async fn() {
    await using valkey = await startValkey();
    const doors = createDoors(valkey.url);
    await using world = await createWorld({ env: { ...SHARED, NODES: "2" }, sharedStore: doors.open });
    const nodes = [world, addNode(world)] as const;
    await doors.up();
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
      secrets.push(name, title, `Wanted-${name}`, id, person.personalSpace, state, ...partsOf(person.token));
    }
    await assertTellsNothing(valkey.url, await monitor.all(), ["rate", "spent"], secrets);
  },
});

Deno.test({
  name:
    "of a connected app too: what it reads, what is counted of it and that it was ended say nothing to the store",
  ignore,
  async fn() {
    await using valkey = await startValkey();
    const doors = createDoors(valkey.url);
    await using world = await createConnected(
      { ...SHARED, NODES: "2" },
      undefined,
      { hasPages: true, sharedStore: doors.open },
    );
    const other = addNode(world);
    const app = await connect(world, world.anna, { allow: ["notes:read", "notes:write"] });
    await doors.up();
    const monitor = await watch(valkey.port);
    const at = async (node: Node, name: string, args: Record<string, unknown>) => {
      const request = modernRequest(app.access, "tools/call", { name, arguments: args }, { url: RESOURCE });
      return await (await node.gateway.fetch(request)).text();
    };
    const person = await signIn(world, "anna@mana.test");
    const url = "/api/v1/me/encryption-vault/init";
    await (await world.auth(url, { method: "POST", headers: bearer(person) })).body?.cancel();
    const made = await at(world, "notes_create", { title: "Secretive-title", content: "Secretive-content" });
    const [id = ""] = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(made) ?? [];
    assert.ok(id !== "", made);
    for (const node of [world, other]) await at(node, "notes_search", { query: "Secretive" });
    await world.anna.submit(await world.anna.open("/apps"), "/apps", { end: "yes" });
    for (const node of [world, other]) await at(node, "notes_search", { query: "Secretive" });
    const secrets = ["anna", "Secretive", id, ...partsOf(app.access), ...partsOf(person.token)];
    await assertTellsNothing(valkey.url, await monitor.all(), ["rate", "reads"], secrets);
  },
});
