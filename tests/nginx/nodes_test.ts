// Two gateways behind nginx with the block of nginx-nodes.conf, without affinity: what clients see when one of them goes.
import assert from "node:assert/strict";
import { z } from "zod";
import { connectLegacy, connectModern, type DemoClient } from "../../scripts/demo/demo_client.ts";
import { freePort } from "../../scripts/stack/free_port.ts";
import { newNodeSecret } from "../_support/nodes/served_nodes.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { createFront, type Front, metricOf } from "./_front.ts";
import { gatewaySite, isInstalled, nodesSite, type Site, startNginx } from "./_nginx.ts";

const ignore = !await isInstalled();
const Tasks = z.object({
  tasks: z.array(z.object({ title: z.string() })),
  nextCursor: z.string().optional(),
});
const NO_RATE_LIMIT = { RATE_LIMIT_READS: "0", RATE_LIMIT_WRITES: "0" };
/** Apps that write at the same time: so many calls can be under way at the node that is killed. */
const APPS = 4;

Deno.test({
  name:
    "nodes: both answer; when one is killed only the calls under way at it fail, none is carried out twice, and it is used again when it is back",
  ignore,
  fn: async () => {
    await using front = await createFront({ isTwo: true, env: NO_RATE_LIMIT, change: withHighRate });
    const token = await front.signUp("anna");
    const client = await connectModern({ url: `${front.base}/mcp`, token });
    try {
      await client.call("todo_create", { title: "First" });
      for (let count = 0; count < 10; count++) await client.call("todo_list", {});
      for (const number of [0, 1]) assert.ok(await callsAt(front, number) >= 4, `node ${number} is left out`);

      const { answered, failed } = await writeWhile(client, async () => {
        await front.nodes[1]?.stop("SIGKILL");
      });
      assert.ok(failed.length <= APPS, `${failed.length} failed`);
      for (const { problem } of failed) assert.match(problem, /502 Bad Gateway/);
      const titles = await titlesOf(client);
      for (const title of answered) assert.equal(titles.filter((found) => found === title).length, 1, title);
      for (const { title } of failed) assert.ok(titles.filter((found) => found === title).length <= 1, title);

      await front.restart(1);
      // Left out for some seconds after it was missed; each call meanwhile is answered by the other.
      while (await callsAt(front, 1) === 0) await client.call("todo_list", {});
    } finally {
      await client.close();
    }
  },
});

Deno.test({
  name:
    "nodes: the session and the cursor of a 2025 client go on at the other gateway when the one that made them is killed",
  ignore,
  fn: async () => {
    const env = { ...NO_RATE_LIMIT, NODE_SECRET: newNodeSecret(), NODES: "2" };
    await using front = await createFront({ isTwo: true, env, change: withHighRate });
    const token = await front.signUp("anna");
    const client = await connectLegacy({ url: `${front.base}/mcp`, token });
    try {
      for (const title of ["one", "two", "three"]) await client.call("todo_create", { title });
      const first = Tasks.parse(await client.call("todo_list", { limit: 1 }));
      for (const number of [0, 1]) assert.ok(await callsAt(front, number) > 0, `node ${number} is left out`);
      // Without affinity nobody knows which gateway made them: each is gone for a while.
      for (const number of [0, 1]) {
        await front.nodes[number]?.stop("SIGKILL");
        const cursor = first.nextCursor;
        const rest = Tasks.parse(await client.call("todo_list", { limit: 50, cursor }));
        const titles = [...first.tasks, ...rest.tasks].map(({ title }) => title);
        assert.deepEqual(titles.toSorted(), ["one", "three", "two"]);
        await front.restart(number);
        // Left out for some seconds after it was missed: the other one is not to go meanwhile.
        while (await callsAt(front, number) === 0) await client.call("todo_list", {});
      }
    } finally {
      await client.close();
    }
  },
});

/** One address stands for many people here, whose calls come as fast as they are answered. */
function withHighRate(site: Site): Site {
  return { ...site, changes: [...site.changes, ["rate=100r/s", "rate=10000r/s"]] };
}

/** Calls that a node has answered since its start. */
function callsAt({ nodePorts }: Front, number: number): Promise<number> {
  return metricOf(nodePorts[number] ?? 0, "mana_mcp_tool_invocations_total");
}

/** Several apps write as fast as they are answered, until some calls after `event` is over. */
async function writeWhile(client: DemoClient, event: () => Promise<void>) {
  const answered: string[] = [];
  const failed: { readonly title: string; readonly problem: string }[] = [];
  let isOver = false;
  const write = async (app: number) => {
    for (let count = 0, after = 0; after < 20; count++, after += isOver ? 1 : 0) {
      const title = `Task ${app}.${count}`;
      try {
        await client.call("todo_create", { title });
        answered.push(title);
      } catch (error) {
        failed.push({ title, problem: String(error) });
      }
    }
  };
  const writing = Promise.all(Array.from({ length: APPS }, (_, app) => write(app)));
  while (answered.length < 20) await new Promise((resolve) => setTimeout(resolve));
  await event();
  isOver = true;
  await writing;
  return { answered, failed };
}

async function titlesOf(client: DemoClient): Promise<readonly string[]> {
  const titles: string[] = [];
  let cursor: string | undefined;
  do {
    const page = Tasks.parse(await client.call("todo_list", { limit: 50, ...(cursor ? { cursor } : {}) }));
    titles.push(...page.tasks.map(({ title }) => title));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return titles;
}

Deno.test({
  name:
    "nodes: a POST that was sent to a gateway is never sent to another; whatever reached none is answered by the other",
  ignore,
  fn: async () => {
    await using folder = await temporaryFolder();
    const [port, breakingPort] = [freePort(), freePort()];
    const received: string[] = [];
    await using whole = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
      received.push(`${request.method} ${await request.text()}`);
      return new Response("done");
    });
    const upstreams = [`127.0.0.1:${breakingPort}`, `127.0.0.1:${whole.addr.port}`];
    const site = await nodesSite(port, upstreams);
    // Each request is to be tried at the gateway that breaks off.
    const changes = [...site.changes, [/max_fails=1/, "max_fails=0"], [
      /max_fails=1/,
      "max_fails=0",
    ]] as const;
    await using _nginx = await startNginx(folder.path, { ...site, changes });
    const ask = async (method: string, body?: string) => {
      const init = body === undefined ? { method } : { method, body };
      const answer = await fetch(`http://127.0.0.1:${port}/mcp`, init);
      await answer.body?.cancel();
      return answer.status;
    };
    const requests = [["POST", "a"], ["POST", "b"], ["GET"], ["GET"], ["DELETE"], ["DELETE"]] as const;

    // Nobody listens at the first address: nothing was sent there.
    for (const [method, body] of requests) assert.equal(await ask(method, body), 200, method);
    assert.equal(received.length, requests.length);

    let broken = 0;
    using breaking = Deno.listen({ hostname: "127.0.0.1", port: breakingPort });
    const accepting = (async () => {
      for await (const connection of breaking) {
        // Takes the request, which it may have carried out, and is gone.
        await connection.read(new Uint8Array(64 * 1024));
        broken += 1;
        connection.close();
      }
    })();
    received.length = 0;
    const statuses: number[] = [];
    for (let count = 0; count < 8; count++) statuses.push(await ask("POST", String(count)));
    assert.deepEqual([...new Set(statuses)].sort(), [200, 502]);
    assert.equal(broken, statuses.filter((status) => status === 502).length);
    assert.equal(received.length, statuses.length - broken);
    // To open a stream or to end a session twice is as good as once: HTTP lets these be repeated (RFC 9110, section 9.2.2).
    for (const method of ["GET", "DELETE", "GET", "DELETE"]) assert.equal(await ask(method), 200, method);
    breaking.close();
    await accepting;
  },
});

Deno.test({
  name: "nginx: addresses of one IPv6 network are counted together, and those of another and of IPv4 are not",
  ignore,
  fn: async () => {
    await using folder = await temporaryFolder();
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      () => new Response("done"),
    );
    const port = freePort();
    const site = gatewaySite(port, `127.0.0.1:${server.addr.port}`);
    // The sender's address is what the test says.
    const changes = [
      ...site.changes,
      ["server_name 127.0.0.1;", "set_real_ip_from 127.0.0.1; real_ip_header X-Test;"],
      ["rate=100r/s", "rate=1r/m"],
      ["burst=200", "burst=4"],
    ] as const;
    await using _nginx = await startNginx(folder.path, { ...site, changes });
    const passed = async (addresses: readonly string[]) => {
      let count = 0;
      for (const address of addresses) {
        const answer = await fetch(`http://127.0.0.1:${port}/mcp`, { headers: { "x-test": address } });
        await answer.body?.cancel();
        assert.ok(answer.status === 200 || answer.status === 429);
        if (answer.status === 200) count += 1;
      }
      return count;
    };
    const eight = (address: (number: number) => string) =>
      Array.from({ length: 8 }, (_, number) => address(number + 1));
    const FEW = 5; // one, and the burst
    for (
      const network of [
        (host: number) => `2001:db8::${host}`,
        (host: number) => `2001:db8:0:1:${host}::1`,
        (host: number) => `2001:db8:1:2:3:4:5:${host}`,
        (host: number) => `2001:db8:5::${host}:1`,
      ]
    ) assert.equal(await passed(eight(network)), FEW, network(1));
    for (
      const addresses of [
        eight((network) => `2001:db8:7:${network}::1`),
        eight((host) => `192.0.2.${host}`),
        eight((host) => `::ffff:198.51.100.${host}`),
      ]
    ) assert.equal(await passed(addresses), addresses.length, addresses[0]);
  },
});
