import assert from "node:assert/strict";
import { rpc } from "../_support/mcp.ts";
import { TOKEN_CACHE_MS } from "../../lib/kit/limits.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";

const JWKS = "/api/auth/jwks";
const asks = (world: World) => world.upstreamCalls.filter(({ url }) => url.endsWith(JWKS)).length;
const statusOf = async (world: World, person: Person) => (await rpc(world, person, "tools/list")).status;

/** The person with a token that names another signing key. */
function withKeyId(person: Person, kid: string): Person {
  const [header = "", ...rest] = person.token.split(".");
  const fields = JSON.parse(
    new TextDecoder().decode(Uint8Array.fromBase64(header, { alphabet: "base64url" })),
  );
  const changed = new TextEncoder().encode(JSON.stringify({ ...fields, kid }))
    .toBase64({ alphabet: "base64url", omitPadding: true });
  return { ...person, token: [changed, ...rest].join(".") };
}

function breakKeys(world: World): void {
  world.intercept = ({ url }) => url.endsWith(JWKS) ? new Response("", { status: 500 }) : undefined;
}

Deno.test("keys that were never had: HTTP 503, not 401, and fine as soon as they can be had", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  breakKeys(world);
  assert.equal(await statusOf(world, anna), 503);
  world.intercept = null;
  assert.equal(await statusOf(world, anna), 200);
});

Deno.test("an unknown key id asks for the keys once, then not again for ten seconds", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  assert.equal(await statusOf(world, anna), 200);
  assert.equal(asks(world), 1);
  world.clock.now += 11_000;
  for (let round = 0; round < 20; round++) {
    const answer = await rpc(world, withKeyId(anna, `made-up-${round}`), "tools/list");
    assert.equal(answer.status, 401);
    assert.equal(
      answer.body.error?.message,
      "The bearer token is signed with a key the auth service does not publish: sign in again.",
    );
    assert.match(answer.headers.get("www-authenticate") ?? "", /^Bearer realm="mana", error="invalid_token"/);
  }
  assert.equal(asks(world), 2);
  world.clock.now += 11_000;
  assert.equal(await statusOf(world, withKeyId(anna, "made-up")), 401);
  assert.equal(asks(world), 3);
});

Deno.test("unknown key ids do not hammer an auth service that is down either", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  assert.equal(await statusOf(world, anna), 200);
  breakKeys(world);
  world.clock.now += 11_000;
  for (let round = 0; round < 20; round++) {
    // Not 401: the key may be a new one that could not be asked for.
    assert.equal(await statusOf(world, withKeyId(anna, `made-up-${round}`)), 503);
  }
  assert.equal(asks(world), 2);
  assert.equal(await statusOf(world, anna), 200);
});

Deno.test("an outage is bridged with the keys there are, asking once in ten seconds, but not for ever", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  assert.equal(await statusOf(world, anna), 200);
  breakKeys(world);
  world.clock.now += 6 * 60_000;
  for (let round = 0; round < 10; round++) assert.equal(await statusOf(world, anna), 200);
  assert.equal(asks(world), 2);
  world.clock.now += TOKEN_CACHE_MS; // until then the token itself is believed
  assert.equal(await statusOf(world, anna), 200);
  assert.equal(asks(world), 3);
  await anna.refresh();
  world.clock.now += 9 * 60_000;
  assert.equal(await statusOf(world, anna), 503);
  world.intercept = null;
  world.clock.now += 11_000;
  assert.equal(await statusOf(world, anna), 200);
});

Deno.test("a key that the auth service no longer publishes stops working within minutes", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  assert.equal(await statusOf(world, anna), 200);
  world.intercept = ({ url }) => url.endsWith(JWKS) ? Response.json({ keys: [] }) : undefined;
  world.clock.now += 6 * 60_000;
  assert.equal(await statusOf(world, anna), 401);
});

Deno.test("keys of other kinds in the set are somebody else's business", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  world.intercept = async ({ url }) => {
    if (!url.endsWith(JWKS)) return undefined;
    const answer = await world.auth(JWKS);
    const { keys } = await answer.json();
    const odd = [
      { kty: "RSA", kid: "r", n: "x", e: "AQAB" },
      { kty: "OKP", crv: "X25519", kid: "x", x: "y" },
      5,
    ];
    return Response.json({ keys: [...odd, ...keys] });
  };
  assert.equal(await statusOf(world, anna), 200);
});

Deno.test("many first requests at once ask for the keys once", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const statuses = await Promise.all(Array.from({ length: 10 }, () => statusOf(world, anna)));
  assert.deepEqual(new Set(statuses), new Set([200]));
  assert.equal(asks(world), 1);
});
