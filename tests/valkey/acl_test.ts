// The configuration of the store that docs/deploy ships: the gateways' user can do what gateways do, and nothing else; nobody else
// can do anything. Only the port and the password are others.
import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { createNodeKeys } from "../../lib/nodes/node_keys.ts";
import { defineStoreScript } from "../../lib/nodes/shared_store.ts";
import { createStoreKeys } from "../../lib/nodes/store_keys.ts";
import { createSharedRateLimiter } from "../../lib/policy/shared_rate_limiter.ts";
import { callOk } from "../_support/mcp.ts";
import { addNode, SHARED } from "../_support/two_nodes.ts";
import { isValkeyInstalled, startValkey } from "../_support/valkey.ts";
import { createWorld } from "../_support/world.ts";
import { askServer, clock, type OpenStore, openStore, until } from "./_store.ts";

const ignore = !isValkeyInstalled();
const PASSWORD = "a password of the store";
const shipped = await Deno.readTextFile("docs/deploy/valkey.conf");

/** A server with the shipped configuration, and its address for the gateways' user. */
async function startShipped() {
  const changes = [["port 6379\n", "port PORT\n"], [
    "#CHANGE-ME",
    `#${hash("sha256", PASSWORD, "hex")}`,
  ]] as const;
  let text = shipped;
  for (const [from, to] of changes) {
    assert.ok(text.includes(from), from);
    text = text.replace(from, to);
  }
  const valkey = await startValkey(text.split("\n"));
  const url = `redis://mana:${encodeURIComponent(PASSWORD)}@127.0.0.1:${valkey.port}`;
  return { valkey, url };
}

Deno.test({
  name: "valkey.conf: gateways share limits and news as its user",
  ignore,
  async fn() {
    const { valkey, url } = await startShipped();
    await using _valkey = valkey;
    await using one = openStore(url);
    await using two = openStore(url);
    await until("up", one.store, two.store);
    const storeKeys = createStoreKeys(createNodeKeys([], () => new Uint8Array(32)));
    const limiters = [one, two].map(({ store }) =>
      createSharedRateLimiter({ store, storeKeys, clock, nodes: 2 })
    );
    const taken = [];
    for (let call = 0; call < 6; call++) taken.push((await limiters[call % 2]?.take("list anna", 4))?.ok);
    const missed = one.store.totals().missed + two.store.totals().missed;
    assert.ok(missed > 0 || taken.filter((ok) => ok).length === 4, JSON.stringify(taken));
    const { promise: heard, resolve } = Promise.withResolvers<string>();
    two.store.subscribe("mm1:news", resolve);
    await two.store.decide(defineStoreScript(`return 1`), ["mm1:{a}:b"], []); // sent after the subscription
    one.store.publish("mm1:news", "changed");
    assert.equal(await heard, "changed");
    assert.deepEqual(one.lines.concat(two.lines), []);
  },
});

Deno.test({
  name: "valkey.conf: whole gateways go on with it, and nothing of what they ask is refused",
  ignore,
  async fn() {
    const { valkey, url } = await startShipped();
    await using _valkey = valkey;
    const opened: OpenStore[] = [];
    await using world = await createWorld({
      env: SHARED,
      sharedStore: () => {
        const door = openStore(url);
        opened.push(door);
        return door.store;
      },
    });
    const nodes = [world, addNode(world)];
    await until("up", ...opened.map(({ store }) => store));
    const anna = await world.person("anna");
    for (const node of nodes) await callOk(node, anna, "todo_create", { title: "Buy milk" });
    for (const { store, lines } of opened) {
      assert.ok(store.totals().answered > 0);
      assert.deepEqual(lines, []);
    }
  },
});

Deno.test({
  name: "valkey.conf: its user reaches no other key, channel or command, and nobody else gets in",
  ignore,
  async fn() {
    const { valkey, url } = await startShipped();
    await using _valkey = valkey;
    const refusals = [
      ["SET", "mm2:a", "1"],
      ["EVAL", `return redis.call("SET", "mm2:a", "1")`, "0"],
      ["EVAL", `return redis.call("KEYS", "*")`, "0"],
      ["PUBLISH", "mm2:news", "x"],
      ["PSUBSCRIBE", "*"],
      ["KEYS", "*"],
      ["SCAN", "0"],
      ["MONITOR"],
      ["CONFIG", "GET", "*"],
      ["ACL", "LIST"],
      ["FLUSHALL"],
      ["SHUTDOWN"],
      ["REPLICAOF", "192.0.2.1", "6379"],
    ];
    await askServer(url, async (send) => {
      assert.equal(await send("SET", "mm1:a", "1", "PX", "1000"), "OK");
      assert.match(String(await send("INFO")), /^maxmemory_policy:noeviction\r$/m); // what the doctor looks at
      for (const command of refusals) {
        await assert.rejects(
          send(...command),
          /NOPERM|can't run|can't access|No permissions/i,
          command.join(" "),
        );
      }
      assert.equal(await send("SET", "mm1:b", "1", "PX", "1000"), "OK");
    });
    for (const other of [valkey.url, url.replace("mana:", "default:"), url.replace("a%20", "b%20")]) {
      await using door = openStore(other);
      while (door.lines.length === 0) await clock.wait(5);
      const { event, fault } = JSON.parse(door.lines[0] ?? "");
      assert.deepEqual([event, fault, door.store.state()], ["store-degraded", "password", "degraded"]);
    }
  },
});

Deno.test("valkey.conf: its user has each command that a script of ours uses, and the file has no password", async () => {
  const [, rules = ""] = /^user mana (.+)$/m.exec(shipped) ?? [];
  const allowed = rules.split(" ").filter((rule) => rule.startsWith("+")).map((rule) => rule.slice(1));
  const used = new Set<string>();
  for (const path of await filesBelow("lib")) {
    const text = await Deno.readTextFile(path);
    for (const [, command = ""] of text.matchAll(/redis\.call\(["'](\w+)["']/g)) {
      used.add(command.toLowerCase());
    }
  }
  assert.ok(used.size > 5);
  assert.deepEqual([...used].filter((command) => !allowed.includes(command)), []);
  assert.ok(allowed.every((rule) => !rule.includes("@")), rules);
  assert.ok(!rules.includes(">"), rules);
});

async function filesBelow(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...await filesBelow(path));
    else if (name.endsWith(".ts")) found.push(path);
  }
  return found;
}
