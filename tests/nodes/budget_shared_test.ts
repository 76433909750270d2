/** The whole gateway asks the store that it shares: what for, when not, and what it does where nobody answers. */
import assert from "node:assert/strict";
import { createConnected, tellOfGrant } from "../_support/connected.ts";
import { connect } from "../_support/oauth_flow.ts";
import { createPlayedStore } from "../_support/played_store.ts";
import { signIn } from "../_support/test_backend.ts";
import { SHARED } from "../_support/two_nodes.ts";

Deno.test("an app's call that opens texts asks the store, the person's own does not; without an answer the gateway hands out its share", async () => {
  const asked: string[] = [];
  const store = createPlayedStore((_script, keys, args) => {
    const [key = ""] = keys;
    if (/:(reads|taint)$/.test(key)) asked.push(key);
    assert.doesNotMatch(JSON.stringify([keys, args]), /anna|_personal|note /);
    return null;
  });
  await using world = await createConnected({ ...SHARED, NODES: "2" }, undefined, {
    sharedStore: store.open,
  });
  const owner = await signIn(world, "anna@mana.test");
  const { access } = await connect(world, world.anna, { allow: ["notes:read"] });
  for (let index = 0; index < 5; index++) {
    assert.equal(
      (await world.call(owner.token, "notes_create", { title: `note ${index}`, content: "words" })).status,
      200,
    );
  }
  assert.equal((await world.call(owner.token, "notes_search", { query: "" })).status, 200);
  assert.equal(asked.length, 0);
  tellOfGrant(world, { read_budget: 6 });
  const { text } = await world.call(access, "notes_search", { query: "" });
  assert.match(text, /0 of 3 records of this hour left/);
  assert.ok(
    asked.some((key) => key.endsWith(":reads")) && asked.some((key) => key.endsWith(":taint")),
    asked.join(),
  );
});
