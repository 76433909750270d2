import assert from "node:assert/strict";
import { adviceFor, decide, isBlocking, type PolicyQuestion } from "../../lib/policy/decide.ts";

const CLEAN: PolicyQuestion = {
  scope: "user-space",
  inScope: true,
  busy: false,
  takeRate: () => ({ ok: true }),
  hasMarker: () => false,
};
const never = () => assert.fail("must not be asked");

Deno.test("decide(): admin comes first, and costs nothing of the budget", async () => {
  const decision = await decide({
    ...CLEAN,
    scope: "admin",
    inScope: false,
    takeRate: never,
    hasMarker: never,
  });
  assert.deepEqual(decision, { decision: "deny", reason: "admin-scope-not-invokable" });
});

Deno.test("decide(): a tool outside the token's scopes is denied before the budget", async () => {
  const decision = await decide({ ...CLEAN, inScope: false, takeRate: never, hasMarker: never });
  assert.deepEqual(decision, { decision: "deny", reason: "scope-missing" });
});

Deno.test("decide(): too many calls at once are denied before the budget", async () => {
  const decision = await decide({ ...CLEAN, busy: true, takeRate: never, hasMarker: never });
  assert.deepEqual(decision, { decision: "deny", reason: "concurrency-exceeded", retryAfterSeconds: 1 });
});

Deno.test("decide(): a spent budget is denied with the seconds to wait", async () => {
  const decision = await decide({
    ...CLEAN,
    takeRate: () => ({ ok: false, retryAfterSeconds: 7 }),
    hasMarker: never,
  });
  assert.deepEqual(decision, { decision: "deny", reason: "rate-limit-exceeded", retryAfterSeconds: 7 });
  assert.equal(adviceFor(decision), "too many calls of this tool; wait 7 seconds.");
  assert.equal(
    adviceFor({ ...decision, retryAfterSeconds: 1 }),
    "too many calls of this tool; wait 1 second.",
  );
});

Deno.test("decide(): a marker flags and does not block", async () => {
  const decision = await decide({ ...CLEAN, hasMarker: () => true });
  assert.deepEqual(decision, { decision: "flagged", reason: "injection-marker" });
  assert.equal(isBlocking(decision, "enforce"), false);
});

Deno.test("isBlocking(): log-only lets pass what a caller does, never what it is not", async () => {
  const rate = await decide({ ...CLEAN, takeRate: () => ({ ok: false, retryAfterSeconds: 1 }) });
  assert.equal(isBlocking(rate, "enforce"), true);
  assert.equal(isBlocking(rate, "log-only"), false);
  assert.equal(isBlocking(await decide({ ...CLEAN, scope: "admin" }), "log-only"), true);
  assert.equal(isBlocking(await decide({ ...CLEAN, inScope: false }), "log-only"), true);
});
