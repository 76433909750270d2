// Two gateways as processes that share a secret and no store, behind a load balancer without affinity: what the official clients
// do goes on at whichever node a request comes to, and after the loss of the node that made a session, a cursor or a question.
import assert from "node:assert/strict";
import { CLIENTS, connectModern } from "./_official_clients.ts";
import { done, killNodeOf, makeNote, nodesOf, startServed, titlesOf } from "./_work.ts";

for (const [era, connect] of CLIENTS) {
  Deno.test(`the official client (${era}) lists, writes and turns pages at both nodes in turn`, async () => {
    await using served = await startServed();
    const { mcpUrl: url, anna, balancer } = served;
    await using client = await connect({ url, token: anna.token() });
    assert.ok((await client.toolNames()).includes("notes_search"));
    for (const title of ["a", "b", "c"]) await makeNote(client, title);
    balancer.turnTo(0);
    assert.deepEqual(await titlesOf(client), ["a", "b", "c"]);
    assert.deepEqual(nodesOf(balancer.passed, "tools/call").slice(-3), [0, 1, 0]);
    const failed = balancer.passed.filter(({ status }) => status === null || status >= 400);
    assert.deepEqual(failed.filter(({ method }) => method === "POST"), []);
    await client.end();
    await assertDiscreet(served);
  });

  Deno.test(`a session and a cursor (${era}) outlive the node that made them`, async () => {
    await using served = await startServed();
    const { mcpUrl: url, anna, balancer, nodes } = served;
    balancer.turnTo(0);
    await using client = await connect({ url, token: anna.token() });
    for (const title of ["a", "b", "c"]) await makeNote(client, title);
    let killed = 0;
    const titles = await titlesOf(client, async () => {
      // The node that made the cursor in hand, and the session too.
      if (killed++ === 0) await nodes[0]?.end("SIGKILL");
      balancer.turnTo(1);
    });
    assert.deepEqual(titles, ["a", "b", "c"]);
    // A node that starts anew knows nobody, and takes part all the same.
    await nodes[0]?.start();
    await nodes[1]?.end("SIGKILL");
    assert.deepEqual(await titlesOf(client), ["a", "b", "c"]);
    assert.equal(await makeNote(client, "d") !== "", true);
  });
}

Deno.test("a question that one node asked is answered at another, after the node that asked was lost too", async () => {
  await using served = await startServed();
  const { mcpUrl: url, anna, balancer } = served;
  let isLost = false;
  await using client = await connectModern({
    url,
    token: anna.token(),
    async person() {
      if (isLost) await killNodeOf(served, "tools/call");
      return "accept" as const;
    },
  });
  const [kept, first, second] = [
    await makeNote(client, "kept"),
    await makeNote(client, "first"),
    await makeNote(client, "second"),
  ];
  assert.equal((await done(client.call("notes_delete", { id: first }))).id, first);
  const [asked, answered] = nodesOf(balancer.passed, "tools/call").slice(-2);
  assert.notEqual(asked, answered);
  isLost = true;
  assert.equal((await done(client.call("notes_delete", { id: second }))).id, second);
  assert.equal(client.questions.length, 2);
  assert.notEqual(kept, "");
  assert.deepEqual(await titlesOf(client), ["kept"]);
});

/** No line of a process holds a text, a token or the secret. */
async function assertDiscreet(served: { lines(): string[] }): Promise<void> {
  await Promise.resolve();
  for (const line of served.lines()) assert.ok(!/eyJ|NODE_SECRET/.test(line), line.slice(0, 40));
}
