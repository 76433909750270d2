import { clockOf } from "../_support/fake_clock.ts";
import assert from "node:assert/strict";
import type { Principal } from "../../lib/people/principal.ts";
import { createVerifiedTokens } from "../../lib/people/verified_tokens.ts";
import { Refused } from "../../lib/kit/errors.ts";
import { TOKEN_CACHE_ENTRIES, TOKEN_CACHE_MS } from "../../lib/kit/limits.ts";
import { hideStrictly } from "../../lib/kit/secret.ts";
import { callOk, rpc } from "../_support/mcp.ts";
import { createWorld } from "../_support/world.ts";

const NOW = Date.parse("2026-03-01T12:00:00.000Z");

function bench(lifeMs = 15 * 60_000) {
  const clock = { now: NOW };
  let verified = 0;
  const cache = createVerifiedTokens({
    clock: clockOf(() => clock.now),
    verifier: {
      verify(token) {
        verified += 1;
        if (token.reveal().startsWith("bad")) {
          return Promise.reject(new Refused({ reason: "token-signature" }));
        }
        const principal: Principal = {
          issuer: "http://auth.test",
          subject: token.reveal(),
          role: "user",
          scopes: null,
          client: null,
          expiresAt: (NOW + lifeMs) / 1000,
        };
        return Promise.resolve(principal);
      },
    },
  });
  const known = (token: string) => cache.known(hideStrictly(token))?.subject;
  const verify = (token: string) => cache.verify(hideStrictly(token));
  return { cache, clock, known, verify, verified: () => verified };
}

Deno.test("a verified token is known for a minute, and only that one", async () => {
  const { clock, known, verify } = bench();
  assert.equal(known("anna"), undefined);
  await verify("anna");
  assert.equal(known("anna"), "anna");
  assert.equal(known("ann"), undefined);
  clock.now += TOKEN_CACHE_MS - 1;
  assert.equal(known("anna"), "anna");
  clock.now += 1;
  assert.equal(known("anna"), undefined);
});

Deno.test("a token is never known past its own end, nor longer when the clock is set back", async () => {
  const { clock, known, verify } = bench(20_000);
  await verify("anna");
  clock.now += 19_999;
  assert.equal(known("anna"), "anna");
  clock.now += 1;
  assert.equal(known("anna"), undefined);
  await verify("anna");
  clock.now -= 60_000;
  assert.equal(known("anna"), undefined);
});

Deno.test("a refused token is not kept, a forgotten one is verified again", async () => {
  const { cache, known, verify } = bench();
  await assert.rejects(verify("bad"), Refused);
  assert.equal(known("bad"), undefined);
  await verify("anna");
  cache.forget(hideStrictly("anna"));
  assert.equal(known("anna"), undefined);
});

Deno.test("the cache is bounded: the oldest goes first", async () => {
  const { known, verify } = bench();
  for (let i = 0; i <= TOKEN_CACHE_ENTRIES; i++) await verify(`person ${i}`);
  assert.equal(known("person 0"), undefined);
  assert.equal(known("person 1"), "person 1");
});

Deno.test("through the gateway: a token that has ended is refused although it was just good", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await callOk(world, anna, "habits_list");
  world.clock.now += 15 * 60_000 + 31_000;
  const late = await rpc(world, anna, "tools/list");
  assert.equal(late.status, 401);
  assert.equal(
    late.body.error?.message,
    "The bearer token has expired: get a fresh one and repeat the request.",
  );
});

Deno.test("through the gateway: another signature under a known token's text is looked at", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await callOk(world, anna, "habits_list");
  const [header, payload] = anna.token.split(".");
  const forged = { ...anna, token: `${header}.${payload}.${"A".repeat(86)}` };
  assert.equal((await rpc(world, forged, "tools/list")).status, 401);
});
