import assert from "node:assert/strict";
import { networkOf } from "../../lib/http/address_share.ts";
import { createShares } from "../../lib/http/shares.ts";
import {
  MAX_ARRIVING_PER_PERSON,
  MAX_BODY_BYTES,
  MAX_REQUESTS_IN_FLIGHT,
  MAX_UNKNOWN_PER_ADDRESS,
} from "../../lib/kit/limits.ts";
import { callOk, rpc } from "../_support/mcp.ts";
import { META, modernHeaders, post } from "../_support/mcp_request.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";

Deno.test("shares: what one holder has keeps nobody else out, and what is given back is there again", () => {
  const shares = createShares({ perHolder: 3, inAll: 5 });
  assert.equal(shares.take("anna", 3), "taken");
  assert.equal(shares.take("anna", 1), "share-full");
  assert.equal(shares.take("ben", 2), "taken");
  assert.equal(shares.take("ben", 1), "all-full");
  assert.equal(shares.total(), 5);
  shares.giveBack("anna", 1);
  assert.equal(shares.take("ben", 1), "taken");
  shares.giveBack("ben", 3);
  shares.giveBack("anna", 2);
  assert.equal(shares.total(), 0);
});

/** A POST of a person whose body begins and goes on when told. */
function slowly(world: World, person: Person, headers: Readonly<Record<string, string>> = {}) {
  let body: ReadableStreamDefaultController<Uint8Array> | undefined;
  const stream = new ReadableStream<Uint8Array>({ start: (controller) => void (body = controller) });
  const request = post(stream, { ...modernHeaders(person.token, "tools/list"), ...headers });
  const write = (text: string) => body?.enqueue(new TextEncoder().encode(text));
  write("{");
  const answer = world.gateway.fetch(request);
  let isAnswered = false;
  void answer.then(() => isAnswered = true);
  return {
    answer,
    isAnswered: () => isAnswered,
    write,
    finish(text: string) {
      write(text);
      body?.close();
    },
  };
}

/** The first `count` of these answers, and whatever else is answered by then without waiting for anything. */
async function answered(answers: readonly Promise<Response>[], count: number): Promise<Response[]> {
  const found: Response[] = [];
  const enough = Promise.withResolvers<void>();
  if (count === 0) enough.resolve();
  for (const answer of answers) {
    void answer.then((response) => {
      if (found.push(response) === count) enough.resolve();
    });
  }
  await enough.promise;
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve));
  return found;
}

Deno.test("a person whose thousand bodies trickle is told to wait, and locks nobody out, not even this person's whole requests", async () => {
  await using world = await createWorld();
  const [anna, ben] = [await world.person("anna"), await world.person("ben")];
  await rpc(world, anna, "tools/list"); // known from now on
  const slow = Array.from({ length: MAX_REQUESTS_IN_FLIGHT }, () => slowly(world, anna));
  const tooMany = MAX_REQUESTS_IN_FLIGHT - MAX_ARRIVING_PER_PERSON;
  const refused = await answered(slow.map(({ answer }) => answer), tooMany);
  assert.equal(refused.length, tooMany);
  for (const response of refused) {
    assert.equal(response.status, 429);
    assert.equal(response.headers.get("retry-after"), "1");
    await response.body?.cancel();
  }
  await callOk(world, ben, "habits_list");
  const text = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: { _meta: META } });
  const whole = await rpc(world, anna, "tools/list", {}, {
    headers: { "content-length": String(new TextEncoder().encode(text).byteLength) },
  });
  assert.equal(whole.status, 200);
  const open = slow.filter(({ isAnswered }) => !isAnswered());
  assert.equal(open.length, MAX_ARRIVING_PER_PERSON);
  for (const { finish } of open) finish(text.slice(1));
  for (const { answer } of open) assert.equal((await answer).status, 200);
  const again = slowly(world, anna);
  again.finish(text.slice(1));
  assert.equal((await again.answer).status, 200);
});

Deno.test("the memory of one person's bodies on their way is bounded, whatever length they claim", async () => {
  await using world = await createWorld();
  const [anna, ben] = [await world.person("anna"), await world.person("ben")];
  await rpc(world, anna, "tools/list");
  const slow = Array.from({ length: 9 }, () => slowly(world, anna));
  const large = `"${"x".repeat(MAX_BODY_BYTES - 2)}`;
  for (const { write } of slow) write(large);
  const refused = await answered(slow.map(({ answer }) => answer), 1);
  assert.deepEqual(refused.map(({ status }) => status), [429]);
  await callOk(world, ben, "habits_list");
  for (const { finish, isAnswered } of slow) if (!isAnswered()) finish("");
  for (const { answer } of slow) await (await answer).body?.cancel();
  const next = slowly(world, anna);
  next.finish("]");
  assert.equal((await next.answer).status, 400); // read to its end, and no message
});

Deno.test("a stop refuses what was still on its way, since nothing of it was done", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await rpc(world, anna, "tools/list");
  const slow = slowly(world, anna);
  await answered([slow.answer], 0);
  await world.gateway.stop();
  slow.finish("}");
  const response = await slow.answer;
  assert.equal(response.status, 503);
  assert.match(await response.text(), /The gateway is stopping/);
});

Deno.test("while the auth service is slow, made-up tokens of one address pile up to a bound, and keep no other address out", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const released = Promise.withResolvers<void>();
  world.intercept = async ({ url }) => {
    if (url.endsWith("/jwks")) await released.promise;
    return undefined;
  };
  const [head = "", claims = ""] = anna.token.split(".");
  const ask = (token: string, hostname: string) =>
    world.gateway.fetch(
      new Request("http://gateway.test/mcp", {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: "{}",
      }),
      { remoteAddr: { hostname } },
    );
  const made = Array.from(
    { length: MAX_UNKNOWN_PER_ADDRESS + 50 },
    (_, i) => ask(`${head}.${claims}.${btoa(`signature ${i}`).replaceAll("=", "")}`, "2001:db8::1"),
  );
  const other = ask(anna.token, "203.0.113.7");
  const refused = await answered([...made, other], 50);
  assert.deepEqual(new Set(refused.map(({ status }) => status)), new Set([429]));
  assert.equal(refused.length, 50);
  // Another address of the same network is the same customer.
  assert.equal((await ask(anna.token, "2001:db8::ffff")).status, 429);
  released.resolve();
  const statuses = await Promise.all(made.map(async (answer) => (await answer).status));
  assert.equal(statuses.filter((status) => status === 401).length, MAX_UNKNOWN_PER_ADDRESS);
  assert.notEqual((await other).status, 401);
  assert.notEqual((await ask(anna.token, "2001:db8::1")).status, 429);
});

Deno.test("networkOf() is an IPv4 address, or the half of an IPv6 address that its owner cannot choose", () => {
  for (
    const [address, expected] of [
      ["203.0.113.7", "203.0.113.7"],
      ["::ffff:203.0.113.7", "203.0.113.7"],
      ["2001:db8::1", "2001:db8:0:0"],
      ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
      ["2001:db8:1:2:ffff::", "2001:db8:1:2"],
      ["::1", "0:0:0:0"],
      ["fe80::1%eth0", "fe80:0:0:0"],
      ["", ""],
    ] as const
  ) assert.equal(networkOf(address), expected, address);
});
