// What nodes remember together in the store while NODE_SECRET is replaced: each node has another newest secret, and all of them have the
// secret that made the id or the question.
import assert from "node:assert/strict";
import { GrantUse } from "../../lib/disclosure/grant_use.ts";
import { SharedGrant } from "../../lib/disclosure/shared_grant.ts";
import { TELL_TAINT } from "../../lib/disclosure/use_scripts.ts";
import { createStoreKeys } from "../../lib/nodes/store_keys.ts";
import { recordOf } from "../_support/listed.ts";
import { callOk } from "../_support/mcp.ts";
import { createPlayedStore } from "../_support/played_store.ts";
import { addNode, nodeSecret } from "../_support/two_nodes.ts";
import { createWorld } from "../_support/world.ts";
import { asked, refusalIn, send, YES } from "../confirmation/_asking.ts";
import { keysOf } from "./_protocol_nodes.ts";
import { beginAt, endAt, sendAt } from "./_sessions.ts";

const OLD = { NODE_SECRET: nodeSecret("1", "2") };
const TURNED = { NODE_SECRET: nodeSecret("2", "1") };

/** A store that sets keys once, says which are there, and misses everything else. */
function rememberingStore() {
  const kept = new Set<string>();
  return createPlayedStore(({ lua }, [key = ""]) => {
    if (lua.includes("EXISTS")) return kept.has(key) ? 1 : 0;
    if (!lua.includes('"SET"')) return null;
    const isFirst = !kept.has(key);
    kept.add(key);
    return isFirst ? 1 : 0;
  });
}

Deno.test("a session that its client ended stays ended while NODE_SECRET is replaced", async () => {
  await using world = await createWorld({ env: OLD, sharedStore: rememberingStore().open });
  const anna = await world.person("anna");
  for (const [ends, asks] of [[OLD, TURNED], [TURNED, OLD]] as const) {
    const [ended, other] = [await beginAt(world, anna), await beginAt(world, anna)];
    assert.equal(await endAt(addNode(world, { env: ends }), anna, ended), 200);
    // It starts only now, so nobody has told it of the end.
    const late = addNode(world, { env: asks });
    assert.equal((await sendAt(late, anna, ended, "ping")).status, 404);
    assert.equal((await sendAt(late, anna, other, "ping")).status, 200);
  }
});

Deno.test("a yes counts once over all gateways of a store while NODE_SECRET is replaced", async () => {
  await using world = await createWorld({ env: OLD, sharedStore: rememberingStore().open });
  const anna = await world.person("anna");
  const { id } = recordOf(await callOk(world, anna, "todo_create", { title: "Buy milk" }), "task");
  const { state } = await asked(world, anna, "todo_delete", { id });
  const yesAt = (env: Record<string, string>) =>
    send(addNode(world, { env }), anna, "todo_delete", { id }, { state, answer: YES });
  assert.deepEqual((await yesAt(TURNED)).structuredContent, { ok: true, id });
  assert.match(refusalIn(await yesAt(OLD)), /\(confirmation-used\)/);
});

Deno.test("what an app has read at one gateway is known to the other while NODE_SECRET is replaced", async () => {
  const kept = new Map<string, string[]>();
  const store = createPlayedStore((script, [key = ""], [, ...marks]) => {
    if (script === TELL_TAINT) kept.set(key, marks.map(String));
    return kept.get(key) ?? [];
  });
  const rest = { memory: { isWhole: () => true }, clock: { calendar: () => 0 } };
  const use = new GrantUse({ left: 0 });
  const grantAt = (...kids: readonly string[]) =>
    new SharedGrant(
      { ...rest, store: store.open(), storeKeys: createStoreKeys(keysOf(...kids)) },
      "grant",
      use,
    );
  for (const [reads, writes] of [[["1", "2"], ["2", "1"]], [["2", "1"], ["1", "2"]]] as const) {
    kept.clear();
    assert.equal(await grantAt(...reads).tellTaint(true, ["home"], 0), true);
    const known = await grantAt(...writes).readTaint();
    assert.deepEqual(
      [known?.hasOthers, known?.hasPrivateOutside("team"), known?.hasPrivateOutside("home")],
      [true, true, false],
    );
  }
});
