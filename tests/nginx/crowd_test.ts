// What those who want to keep others out get behind the shipped nginx.conf, and what everybody else and the gateway notice of it.
import assert from "node:assert/strict";
import { z } from "zod";
import { connectModern } from "../../scripts/demo/demo_client.ts";
import { MAX_ARRIVING_PER_PERSON } from "../../lib/kit/limits.ts";
import { callHeaders, callMessage, modernHeaders, modernMessage, post } from "../_support/mcp_request.ts";
import { flood, holdSilently, trickleBodies, trickleHeaders } from "./_crowd.ts";
import { createFront, type Front, metricOf } from "./_front.ts";
import { isInstalled, type Site } from "./_nginx.ts";
import { connectionsTo, residentBytes } from "./_process_numbers.ts";

const Tasks = z.object({ tasks: z.array(z.object({ title: z.string() })) });
/** Calls that are sent as long as there are attackers may not meet the gateway's own limit per minute. */
const NO_RATE_LIMIT = { RATE_LIMIT_READS: "0", RATE_LIMIT_WRITES: "0" };
/** Connections of nginx to the gateway: kept ones, bodies on their way, requests of the flood, and the ordinary ones. */
const MOST_CONNECTIONS = 64 + 70 + 40 + 10;
/** What the gateway may grow by: garbage of some thousand requests. Trickling bodies alone once took 500 MB in this time. */
const MOST_GROWTH_BYTES = 250 * 1024 * 1024;
/** What nginx.conf lets one address do. */
const RATE = 100;
const BURST = 200;

Deno.test({
  name:
    "nginx: silent connections, trickling headers and bodies and a flood from elsewhere fail no call of an ordinary client, and take nothing of the gateway",
  ignore: !await isInstalled(),
  fn: async () => {
    await using front = await createFront({ env: NO_RATE_LIMIT, change: withShippedBodyTimeout });
    const [token, attacker] = [await front.signUp("anna"), await front.signUp("mallory")];
    using elsewhere = Deno.createHttpClient({ localAddress: "127.0.0.2" });
    const before = await numbersOf(front);
    const started = performance.now();
    const silent = holdSilently(front.port, 500);
    const headers = trickleHeaders(front.port, 200);
    const bodies = trickleBodies(front.port, 50, attacker);
    const nobodies = trickleBodies(front.port, 20, null);
    const calls = flood(20, 100, () => fetch(callOf(front, attacker), { client: elsewhere }));
    const refused = flood(20, 100, () => fetch(listOf(front, "a.made-up.token"), { client: elsewhere }));
    const crowds = [silent, headers, bodies, nobodies, calls, refused];
    // The last of them are the bodies, which the gateway ends after 30 seconds in all.
    const over = Promise.all(crowds.map(({ ended }) => ended));
    try {
      const most = await workMeanwhile(front, token, over);
      assert.ok(most.connections <= MOST_CONNECTIONS, `${most.connections} connections`);
      assert.ok(most.callsInFlight <= 1 + 20, `${most.callsInFlight} calls in flight`);
      assert.ok(
        most.memory - before.memory < MOST_GROWTH_BYTES,
        `${most.memory} bytes, ${before.memory} before`,
      );
      assert.equal(most.failures, 0);
    } finally {
      await Promise.all(crowds.map((crowd) => crowd.stop()));
    }
    const seconds = (performance.now() - started) / 1000;
    assert.deepEqual([...silent.outcomes.keys()], ["closed"]);
    assert.deepEqual([...headers.outcomes.keys()].filter((outcome) => !/^closed$|^408$/.test(outcome)), []);
    // The person's share of bodies that are waited for, and the others at once.
    assert.deepEqual(Object.fromEntries(bodies.outcomes), {
      "408": MAX_ARRIVING_PER_PERSON,
      "429": 50 - MAX_ARRIVING_PER_PERSON,
    });
    assert.deepEqual(Object.fromEntries(nobodies.outcomes), { "401": 20 });
    const outcomes = [calls, refused].map((crowd) => Object.fromEntries(crowd.outcomes));
    const [{ "200": answered = 0 } = {}, { "401": unknown = 0 } = {}] = outcomes;
    assert.ok(answered > 0 && unknown > 0, JSON.stringify(outcomes));
    assert.ok(answered + unknown <= BURST + RATE * (seconds + 1), JSON.stringify(outcomes));
    const { "429": early = 0 } = outcomes[0] ?? {};
    const { "429": late = 0 } = outcomes[1] ?? {};
    assert.equal(answered + unknown + early + late, 2 * 20 * 100, JSON.stringify(outcomes));
  },
});

/** What a person's app does until the others are over: each call is answered. Returns the most that the gateway had meanwhile. */
async function workMeanwhile(front: Front, token: string, over: Promise<unknown>) {
  using own = Deno.createHttpClient({ localAddress: "127.0.0.3" });
  const client = await connectModern({
    url: `${front.base}/mcp`,
    token,
    fetch: (input, init) => fetch(input, { ...init, client: own }),
  });
  const most = await numbersOf(front);
  let isOver = false;
  const end = over.finally(() => isOver = true);
  try {
    for (let count = 1; !isOver; count++) {
      await client.call("todo_create", { title: `Task ${count}` });
      const { tasks } = Tasks.parse(await client.call("todo_list", { limit: 1 }));
      assert.equal(tasks.length, 1);
      const now = await numbersOf(front);
      for (const name of NUMBERS) most[name] = Math.max(most[name], now[name]);
    }
    await end;
    return most;
  } finally {
    await client.close();
  }
}

/** A busy test may be late with the next letter of a body: only the gateway's limit of 30 seconds in all is to end it. */
function withShippedBodyTimeout(site: Site): Site {
  return { ...site, changes: site.changes.filter(([from]) => from !== "client_body_timeout 10s;") };
}

const NUMBERS = ["connections", "callsInFlight", "memory", "failures"] as const;

/** What the gateway has, as itself and the system say. */
async function numbersOf(front: Front): Promise<Record<typeof NUMBERS[number], number>> {
  const [port = 0] = front.nodePorts;
  const pid = front.nodes[0]?.pid ?? 0;
  return {
    connections: await connectionsTo(pid, port),
    callsInFlight: await metricOf(port, "mana_mcp_calls_in_flight"),
    memory: await residentBytes(pid),
    failures: await metricOf(port, "mana_mcp_listener_failures_total"),
  };
}

function callOf({ base }: Front, token: string): Request {
  return post(callMessage("todo_list", {}), callHeaders(token, "todo_list"), `${base}/mcp`);
}

function listOf({ base }: Front, token: string): Request {
  return post(modernMessage("tools/list"), modernHeaders(token, "tools/list"), `${base}/mcp`);
}
