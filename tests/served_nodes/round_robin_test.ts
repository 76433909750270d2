// The load balancer of the tests: what it promises is what the other tests of this folder lean on.
import assert from "node:assert/strict";
import { freePort } from "../../scripts/stack/free_port.ts";
import { NO_NODE, NODE_LOST, startRoundRobin } from "../_support/nodes/round_robin.ts";

Deno.test("each request goes to the next node, and its stream is passed on as it comes", async () => {
  const rest = Promise.withResolvers<void>();
  await using one = serve(() => new Response("one"));
  await using other = serve(() => new Response(firstThen("first", rest.promise)));
  await using balancer = startRoundRobin([one.url, other.url]);
  const answer = async () => await (await fetch(balancer.url)).text();
  assert.equal(await answer(), "one");
  const reader = (await fetch(balancer.url)).body?.getReader();
  assert.equal(new TextDecoder().decode((await reader?.read())?.value), "first");
  assert.equal(await answer(), "one");
  rest.resolve();
  await reader?.cancel();
  balancer.turnTo(0);
  assert.equal(await answer(), "one");
  assert.deepEqual(balancer.passed.map(({ node }) => node), [0, 1, 0, 0]);
});

Deno.test("a node that does not listen is passed over, and a request that a node took along is never sent again", async () => {
  let asked = 0;
  await using losing = loseEach(() => asked++);
  await using good = serve(() => new Response("good"));
  const gone = `http://127.0.0.1:${freePort()}`;
  await using balancer = startRoundRobin([gone, losing.url, good.url]);
  const post = async () => {
    const answer = await fetch(balancer.url, { method: "POST", body: '{"method":"tools/call"}' });
    return `${answer.status} ${await answer.text()}`;
  };
  assert.equal(await post(), `502 ${NODE_LOST}`);
  assert.equal(await post(), "200 good");
  assert.equal(asked, 1);
  assert.deepEqual(balancer.passed.map(({ node, rpc, status }) => [node, rpc, status]), [
    [1, "tools/call", 502],
    [2, "tools/call", 200],
  ]);

  await using nobody = startRoundRobin([gone, gone]);
  const refused = await fetch(nobody.url);
  assert.deepEqual([refused.status, await refused.text()], [503, NO_NODE]);
});

interface Served extends AsyncDisposable {
  readonly url: string;
}

function serve(handle: () => Response): Served {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handle);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Takes requests and ends their connections, as a process does that is killed. */
function loseEach(took: () => void): Served {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const losing = (async () => {
    for await (const connection of listener) {
      await connection.read(new Uint8Array(1024));
      took();
      connection.close();
    }
  })();
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    async [Symbol.asyncDispose]() {
      listener.close();
      await losing;
    },
  };
}

function firstThen(first: string, rest: Promise<void>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    async start(controller) {
      controller.enqueue(new TextEncoder().encode(first));
      await rest;
      controller.close();
    },
  });
}
