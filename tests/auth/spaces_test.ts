import assert from "node:assert/strict";
import type { Caller, Principal } from "../../lib/auth/principal.ts";
import { createSpaces } from "../../lib/auth/spaces.ts";
import { Refused } from "../../lib/errors.ts";
import { MEMBERSHIP_CACHE_MS } from "../../lib/limits.ts";
import { hideStrictly } from "../../lib/secret.ts";
import { createNoTrace } from "../../lib/trace.ts";
import { createTrail } from "../../lib/trail.ts";
import { createUpstreamClient } from "../../lib/upstream.ts";

const NOW = Date.parse("2026-03-01T12:00:00.000Z");
const ANNA: Principal = {
  issuer: "http://auth.test",
  subject: "anna",
  role: "user",
  scopes: null,
  client: null,
  expiresAt: NOW / 1000 + 900,
};

/** The auth service takes every token but those that are in `refused`. */
function bench() {
  const clock = { now: NOW };
  const refused = new Set<string>();
  const asked: string[] = [];
  const spaces = createSpaces({
    upstream: createUpstreamClient({
      monotonic: () => clock.now,
      fetch: (_url, init) => {
        const token = new Headers(init?.headers).get("authorization")?.slice(7) ?? "";
        asked.push(token);
        if (refused.has(token)) return Promise.resolve(new Response("", { status: 401 }));
        return Promise.resolve(Response.json([{ id: "own", metadata: { type: "personal" } }]));
      },
    }),
    authUrl: "http://auth.test",
    serviceKey: null,
    now: () => clock.now,
  });
  const span = createNoTrace().start({ name: "test", kind: "internal", parent: null });
  const resolve = (token: string) => {
    const caller: Caller = {
      principal: ANNA,
      token: hideStrictly(token),
      trail: createTrail(span, () => clock.now),
    };
    return spaces.resolve(caller, null);
  };
  return { clock, refused, asked, resolve };
}

Deno.test("what is known is answered at once, until its time is over", async () => {
  const { clock, asked, resolve } = bench();
  assert.ok((await resolve("t1")).choice.ok);
  const known = resolve("t2");
  assert.ok(!(known instanceof Promise) && known.choice.ok);
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
