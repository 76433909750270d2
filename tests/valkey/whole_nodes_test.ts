// Two gateways as processes that share a secret and a real store, behind a load balancer without affinity: what the official clients
// do, what people decide and what is counted is one for both, and goes on while the store hangs and after it was lost.
import assert from "node:assert/strict";
import { z } from "zod";
import { CLIENTS, connectLegacy, connectModern } from "../served_nodes/_official_clients.ts";
import { done, killNodeOf, makeNote, type Served, startServed, titlesOf } from "../served_nodes/_work.ts";
import { legacyHeaders, modernRequest } from "../_support/mcp_request.ts";
import { isValkeyInstalled, startValkey, type Valkey } from "../_support/valkey.ts";

const ignore = !isValkeyInstalled();
const LIMIT = 20;

for (const [era, connect] of CLIENTS) {
  Deno.test(`with a store a question (${era}) of one node is answered at another`, { ignore }, async () => {
    await using valkey = await startValkey();
    await using served = await startShared(valkey);
    const { mcpUrl: url, anna, balancer } = served;
    await using client = await connect({ url, token: anna.token(), person: () => "accept" });
    const ids = [await makeNote(client, "first"), await makeNote(client, "second")];
    for (const [turn, id] of ids.entries()) {
      balancer.turnTo(turn);
      assert.equal((await done(client.call("notes_delete", { id }))).id, id);
    }
    assert.equal(client.questions.length, 2);
    assert.deepEqual(await titlesOf(client), []);
    await client.end();
  });

  Deno.test(
    `work (${era}) goes on while the store hangs, after it was lost, and when it is back`,
    { ignore },
    async () => {
      await using valkey = await startValkey();
      await using served = await startShared(valkey);
      const { mcpUrl: url, anna } = served;
      await using client = await connect({ url, token: anna.token(), person: () => "accept" });
      for (const title of ["a", "b", "c"]) await makeNote(client, title);
      valkey.stop();
      assert.deepEqual(await titlesOf(client), ["a", "b", "c"]);
      await untilStore(served, "degraded");
      valkey.goOn();
      await untilStore(served, "up");
      await valkey.kill();
      const killing = once(() => killNodeOf(served, "tools/call"));
      assert.deepEqual(await titlesOf(client, killing), ["a", "b", "c"]);
      await Promise.all(served.nodes.map((node) => node.end("SIGTERM")));
      await Promise.all(served.nodes.map((node) => node.start()));
      assert.deepEqual(await titlesOf(client), ["a", "b", "c"], "nodes start without a store");
      await valkey.restart();
      await untilStore(served, "up");
      assert.deepEqual(await titlesOf(client), ["a", "b", "c"]);
      for (const line of served.lines()) assert.ok(!line.includes(SECRET.slice(2)) && !line.includes("eyJ"));
    },
  );
}

Deno.test("with a store a yes that is given at both nodes at once counts at one, and again at none", {
  ignore,
}, async () => {
  await using valkey = await startValkey();
  await using served = await startShared(valkey);
  const { mcpUrl: url, anna, nodes } = served;
  await using client = await connectModern({ url, token: anna.token() });
  const id = await makeNote(client, "to go");
  const asked = await deleteNote(served, 0, id);
  assert.ok(asked.state, asked.text);
  // The node that asked is lost, and comes back with nothing in memory.
  await nodes[0]?.end("SIGKILL");
  await nodes[0]?.start();
  const given = await Promise.all([0, 1, 0, 1].map((node) => deleteNote(served, node, id, asked.state)));
  assert.equal(given.filter(({ isError }) => !isError).length, 1, given.map(({ text }) => text).join("\n"));
  const again = await deleteNote(served, 1, id, asked.state);
  assert.match(again.text, /confirmation-used/);
});

Deno.test("with a store a limit is one for both nodes, and while it hangs never more than the limit in all", {
  ignore,
}, async () => {
  await using valkey = await startValkey();
  await using served = await startShared(valkey, { RATE_LIMIT_READS: String(LIMIT) });
  const { anna } = served;
  assert.equal(await letThrough(served, anna.token(), "spaces_list"), LIMIT);
  valkey.stop();
  await untilStore(served, "degraded");
  assert.ok(await letThrough(served, anna.token(), "habits_list") <= LIMIT);
  valkey.goOn();
});

Deno.test("with a store a session that its client has ended is over at every node", { ignore }, async () => {
  await using valkey = await startValkey();
  await using served = await startShared(valkey);
  const { mcpUrl: url, anna, balancer, nodes } = served;
  await using client = await connectLegacy({ url, token: anna.token() });
  await makeNote(client, "a");
  const session = balancer.passed.findLast(({ session }) => session !== null)?.session;
  assert.ok(session);
  await client.end();
  for (const node of nodes) {
    const headers = legacyHeaders(anna.token(), session);
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });
    const answer = await fetch(`${node.url}/mcp`, { method: "POST", headers, body });
    assert.equal(answer.status, 404, await answer.text());
  }
});

const SECRET = `1:${"q".repeat(43)}`;

function startShared(valkey: Valkey, env: Readonly<Record<string, string>> = {}): Promise<Served> {
  return startServed({ NODE_SECRET: SECRET, VALKEY_URL: valkey.url, ...env });
}

function once(work: () => Promise<unknown>): () => Promise<void> {
  let isDone = false;
  return async () => {
    if (!isDone) await work();
    isDone = true;
  };
}

/** Calls of a tool that both nodes let through, of twice as many as the limit at each, by four callers at each. */
async function letThrough({ nodes }: Served, token: string, name: string): Promise<number> {
  let through = 0;
  const caller = async (url: string) => {
    for (let call = 0; call < LIMIT / 2; call++) {
      const request = modernRequest(token, "tools/call", { name, arguments: {} }, { url: `${url}/mcp` });
      const text = await (await fetch(request)).text();
      if (!text.includes("rate-limit-exceeded")) through += 1;
    }
  };
  await Promise.all(nodes.flatMap(({ url }) => [1, 2, 3, 4].map(() => caller(url))));
  return through;
}

const Deleted = z.object({
  result: z.looseObject({ isError: z.boolean().optional(), requestState: z.string().optional() }),
});

/** Asks a node to delete, or gives it the person's yes. */
async function deleteNote({ nodes, anna }: Served, node: number, id: string, state?: string) {
  const yes = { requestState: state, inputResponses: { confirm: { action: "accept", content: {} } } };
  const params = { name: "notes_delete", arguments: { id }, ...(state === undefined ? {} : yes) };
  const meta = { "io.modelcontextprotocol/clientCapabilities": { elicitation: { form: {} } } };
  const request = modernRequest(anna.token(), "tools/call", params, { url: `${nodes[node]?.url}/mcp`, meta });
  const text = await (await fetch(request)).text();
  const { result } = Deleted.parse(JSON.parse(text));
  return { isError: result.isError === true, state: result.requestState, text };
}

/** Waits until each node says so of the store; `/ready` keeps its answer for two seconds. */
async function untilStore({ nodes }: Served, state: "up" | "degraded"): Promise<void> {
  for (const { url } of nodes) {
    for (;;) {
      const answer = await fetch(`${url}/ready`);
      const { store } = z.object({ store: z.string() }).parse(await answer.json());
      assert.equal(answer.status, 200);
      if (store === state) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
