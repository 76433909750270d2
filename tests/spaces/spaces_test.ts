import { clockOf } from "../_support/fake_clock.ts";
import assert from "node:assert/strict";
import type { Caller, Principal } from "../../lib/people/principal.ts";
import { createSpaces } from "../../lib/spaces/spaces.ts";
import { Refused } from "../../lib/kit/errors.ts";
import { MEMBERSHIP_CACHE_MS, MEMBERSHIP_RENEWAL_MS } from "../../lib/kit/limits.ts";
import { hideStrictly } from "../../lib/kit/secret.ts";
import { createNoTrace } from "../../lib/observe/trace.ts";
import { createRequestTally } from "../../lib/observe/request_tally.ts";
import type { KeyedService } from "../../lib/services/keyed_service.ts";
import { createServiceClient } from "../../lib/services/service_client.ts";

const NOW = Date.parse("2026-03-01T12:00:00.000Z");
const ANNA: Principal = {
  issuer: "http://auth.test",
  subject: "anna",
  role: "user",
  scopes: null,
  client: null,
  expiresAt: NOW / 1000 + 900,
};

const RENEWED_AT = MEMBERSHIP_CACHE_MS - MEMBERSHIP_RENEWAL_MS;

/** The auth service takes every token but those that are in `refused`; each look-up takes it 20 ms. */
function bench() {
  const clock = { now: NOW };
  const refused = new Set<string>();
  const asked: string[] = [];
  const own = ["own"];
  const authService: KeyedService = {
    services: createServiceClient({
      clock: clockOf(() => clock.now),
      fetch: (_url, init) => {
        const token = new Headers(init?.headers).get("authorization")?.slice(7) ?? "";
        asked.push(token);
        clock.now += 20;
        if (refused.has(token)) return Promise.resolve(new Response("", { status: 401 }));
        return Promise.resolve(Response.json(own.map((id) => ({ id, metadata: { type: "personal" } }))));
      },
    }),
    name: "auth",
    url: "http://auth.test",
    serviceKey: null,
    clock: clockOf(() => clock.now),
  };
  const spaces = createSpaces({ authService, signInServer: authService, clock: authService.clock });
  const span = createNoTrace().start({ name: "test", kind: "internal", parent: null });
  const resolve = (token: string, tally = createRequestTally(span, { elapsed: () => clock.now })) => {
    const caller: Caller = { principal: ANNA, token: hideStrictly(token), tally };
    return spaces.resolve(caller, null);
  };
  return {
    clock,
    refused,
    asked,
    own,
    resolve,
    tally: () => createRequestTally(span, { elapsed: () => clock.now }),
  };
}

/** Lets what was started in the background come to its end: nothing here waits for a timer. */
const settled = () => new Promise<void>((resolve) => void setTimeout(resolve));

Deno.test("what is known is answered at once, until its time is over", async () => {
  const { clock, asked, resolve } = bench();
  assert.ok((await resolve("t1")).choice.ok);
  clock.now += RENEWED_AT - 1;
  const known = resolve("t2");
  assert.ok(!(known instanceof Promise) && known.choice.ok);
  await settled();
  assert.deepEqual(asked, ["t1"]);
  clock.now += MEMBERSHIP_CACHE_MS;
  assert.ok((await resolve("t2")).choice.ok);
  assert.deepEqual(asked, ["t1", "t2"]);
});

Deno.test("one look-up in flight per token, and what is said of one is not said of the person's next", async () => {
  const { clock, refused, asked, resolve } = bench();
  await resolve("t0");
  clock.now += MEMBERSHIP_CACHE_MS;
  refused.add("old");
  const [old, again, fresh] = await Promise.allSettled([resolve("old"), resolve("old"), resolve("new")]);
  assert.deepEqual(asked, ["t0", "old", "new"]);
  for (const outcome of [old, again]) {
    assert.ok(outcome.status === "rejected" && outcome.reason instanceof Refused);
    assert.equal(outcome.reason.refusal.reason, "upstream-token-refused");
  }
  assert.ok(fresh.status === "fulfilled" && fresh.value.choice.ok);
});

Deno.test("a look-up that failed is made again with the next call", async () => {
  const { clock, refused, asked, resolve } = bench();
  await resolve("t0");
  clock.now += MEMBERSHIP_CACHE_MS;
  refused.add("t1");
  await assert.rejects(async () => await resolve("t1"), Refused);
  refused.clear();
  assert.ok((await resolve("t1")).choice.ok);
  assert.deepEqual(asked, ["t0", "t1", "t1"]);
});

Deno.test("who keeps calling never waits: what is about to end is looked up anew meanwhile, once", async () => {
  const { clock, asked, own, resolve, tally } = bench();
  await resolve("t1");
  own.push("joined");
  clock.now += RENEWED_AT;
  const calls = tally();
  for (let call = 0; call < 3; call++) {
    const known = resolve("t2", calls);
    assert.ok(!(known instanceof Promise));
    assert.deepEqual(known.directory.spaces.map(({ id }) => id), ["own"]);
  }
  await settled();
  assert.deepEqual(asked, ["t1", "t2"]);
  // Nobody waited for it, so that it is in nobody's account.
  assert.equal(calls.totals().upstreamMs, 0);
  const renewed = await resolve("t3");
  assert.deepEqual(renewed.directory.spaces.map(({ id }) => id), ["own", "joined"]);
  // It is believed from when it was looked up, not from when the first one would have ended.
  clock.now += MEMBERSHIP_RENEWAL_MS;
  assert.ok(!(resolve("t3") instanceof Promise));
  await settled();
  assert.deepEqual(asked, ["t1", "t2"]);
});

Deno.test("a renewal that fails is not tried again by every call, and lengthens nothing", async () => {
  const { clock, refused, asked, resolve } = bench();
  await resolve("t1");
  refused.add("t1");
  clock.now += RENEWED_AT;
  for (let call = 0; call < 3; call++) {
    const known = resolve("t1");
    assert.ok(!(known instanceof Promise) && known.choice.ok);
    await settled();
  }
  assert.deepEqual(asked, ["t1", "t1"]);
  clock.now = NOW + 20 + MEMBERSHIP_CACHE_MS;
  await assert.rejects(async () => await resolve("t1"), Refused);
  assert.deepEqual(asked, ["t1", "t1", "t1"]);
});
