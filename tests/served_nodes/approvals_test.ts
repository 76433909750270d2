// What an app asks at one of two gateways as processes, and the person decides on their page, which asks whichever gateway the load
// balancer gives it: after the loss of the node that took the question too.
import assert from "node:assert/strict";
import { connectApp } from "../../soak/connected_app.ts";
import { createPersonPages } from "../../soak/deciding/person_pages.ts";
import { CLIENTS, connectLegacy } from "./_official_clients.ts";
import { done, killNodeOf, makeNote, refused, startServed, titlesOf } from "./_work.ts";

const SCOPES = ["notes:read", "notes:write", "notes:destructive"];

for (const [era, connect] of CLIENTS) {
  Deno.test(`an approval (${era}) survives the loss of the node that made it, and its yes counts once`, async () => {
    await using served = await startServed();
    const { mcpUrl: url, anna, issuer } = served;
    const [place] = anna.places;
    assert.ok(place);
    const app = await connectApp(issuer, url, anna, { name: "helper", scopes: SCOPES, place });
    const pages = createPersonPages(issuer, anna);
    await using client = await connect({ url, token: app.token() });
    const id = await makeNote(client, "to go");
    await makeNote(client, "to stay");

    const words = await refused(client.call("notes_delete", { id }));
    const approval = /\/approvals\/([0-9a-f]{32})\b/.exec(words)?.[1];
    assert.ok(approval, words);
    const lost = await killNodeOf(served, "tools/call");
    const shown = await pages.look(approval);
    assert.equal(shown.state, "open", shown.title);
    assert.equal((await pages.press(shown, "yes")).state, "done");
    // The node comes back with nothing in memory, and the same button is pressed there.
    await lost.start();
    for (const node of served.nodes.keys()) {
      served.balancer.turnTo(node);
      const again = await pages.press(shown, "yes");
      assert.equal(again.state, "done", again.title);
    }
    assert.deepEqual(await titlesOf(client), ["to stay"]);
    // The app is told at either node what came of it.
    for (const node of served.nodes.keys()) {
      served.balancer.turnTo(node);
      const told = await done(client.call("approvals_get", { id: approval }));
      assert.equal(told.status, "done", JSON.stringify(told));
    }
  });
}

Deno.test("without a store a 2025 client that can ask is given the link at once: its answer would reach the wrong node", async () => {
  await using served = await startServed();
  const { mcpUrl: url, anna, issuer } = served;
  await using client = await connectLegacy({ url, token: anna.token(), person: () => "accept" });
  const id = await makeNote(client, "to go");
  const words = await refused(client.call("notes_delete", { id }));
  assert.deepEqual(client.questions, []);
  const approval = /\/approvals\/([0-9a-f]{32})\b/.exec(words)?.[1];
  assert.ok(approval, words);
  const pages = createPersonPages(issuer, anna);
  assert.equal((await pages.press(await pages.look(approval), "yes")).state, "done");
  assert.equal((await done(client.call("notes_delete", { id }))).id, id);
  assert.deepEqual(await titlesOf(client), []);
});
