import assert from "node:assert/strict";
import { JWKS_COOLDOWN_MS, JWKS_MAX_AGE_MS, JWKS_STALE_MS } from "../../lib/kit/limits.ts";
import { bench, NOW, refusedFor, token } from "./_verifier.ts";

Deno.test("verify() asks for the keys again once per cooldown when a key id is unknown", async () => {
  const { verifier, publish, fetched, clock } = bench();
  const first = await publish("k1");
  await verifier.verify(await token(first));
  assert.equal(fetched(), 1);
  const second = await publish("k2");
  const rotated = await token(second, { header: { kid: "k2" } });
  assert.equal(await refusedFor(verifier, rotated), "token-key-unknown");
  assert.equal(fetched(), 1);
  clock.now += JWKS_COOLDOWN_MS;
  assert.ok(await verifier.verify(rotated));
  assert.equal(fetched(), 2);
  for (let i = 0; i < 20; i++) {
    const madeUp = await token(second, { header: { kid: `made-up-${i}` } });
    assert.equal(await refusedFor(verifier, madeUp), "token-key-unknown");
  }
  assert.equal(fetched(), 2);
});

Deno.test("verify() shares one key fetch between concurrent callers", async () => {
  const { verifier, publish, fetched } = bench();
  const jwt = await token(await publish("k1"));
  await Promise.all(Array.from({ length: 10 }, () => verifier.verify(jwt)));
  assert.equal(fetched(), 1);
});

Deno.test("verify() answers upstream-failed, not a token fault, while the auth service is down", async () => {
  const { verifier, publish, jwks, clock } = bench();
  const key = await publish("k1");
  jwks.down = true;
  const jwt = await token(key, { claims: { exp: NOW / 1000 + 100_000 } });
  assert.equal(await refusedFor(verifier, jwt), "upstream-failed");
  jwks.down = false;
  assert.ok(await verifier.verify(jwt));
  jwks.down = true;
  clock.now += JWKS_MAX_AGE_MS;
  assert.ok(await verifier.verify(jwt), "a short outage must not log everybody out");
  clock.now = NOW + JWKS_STALE_MS;
  assert.equal(await refusedFor(verifier, jwt), "upstream-failed");
});

Deno.test("verify() stops believing a withdrawn key", async () => {
  const { verifier, publish, jwks, clock } = bench();
  const jwt = await token(await publish("k1"));
  assert.ok(await verifier.verify(jwt));
  jwks.keys.length = 0;
  clock.now += JWKS_MAX_AGE_MS;
  assert.equal(await refusedFor(verifier, jwt), "token-key-unknown");
});

Deno.test("verify() believes neither a key set nor a failure longer when the clock is set back", async () => {
  const { verifier, publish, jwks, clock, fetched } = bench();
  const key = await publish("k1");
  const jwt = await token(key);
  assert.ok(await verifier.verify(jwt));
  clock.now -= 1_000;
  jwks.down = true;
  assert.equal(await refusedFor(verifier, jwt), "upstream-failed", "nobody knows how old the set is");
  jwks.down = false;
  assert.ok(await verifier.verify(jwt));
  assert.equal(fetched(), 4, "a connection that fails is tried twice");
  clock.now += JWKS_MAX_AGE_MS;
  jwks.down = true;
  assert.ok(await verifier.verify(jwt));
  assert.equal(fetched(), 6);
  jwks.down = false;
  jwks.keys.length = 0;
  clock.now -= 1;
  const rotated = await token(await publish("k2"), { header: { kid: "k2" } });
  assert.ok(await verifier.verify(rotated), "the failure is no reason to wait any more");
  assert.equal(await refusedFor(verifier, jwt), "token-key-unknown");
});
