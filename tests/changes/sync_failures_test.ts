import { clockOf } from "../_support/fake_clock.ts";
import assert from "node:assert/strict";
import { describeRefusal, Refused } from "../../lib/kit/errors.ts";
import { PUSH_ATTEMPTS } from "../../lib/kit/limits.ts";
import { PULL_ATTEMPTS } from "../../lib/changes/sync_client.ts";
import { at, refusalOf } from "../records/_harness.ts";
import { anna, answers, change, push, setUp, signal } from "./_sync_client.ts";

const FINAL: readonly [number, string][] = [
  [401, "upstream-token-refused"],
  [402, "sync-inactive"],
  [400, "upstream-failed"],
  [403, "upstream-failed"],
  [404, "upstream-failed"],
  [413, "upstream-failed"],
];

for (const [status, reason] of FINAL) {
  Deno.test(`status ${status} is ${reason} for pull and push, at once, and tells nothing of the body`, async () => {
    const { services, client, pull, delays } = setUp();
    answers(services, status);
    for (const work of [pull(), client.push(anna, push(change("1")), signal)]) {
      const refusal = await refusalOf(work);
      assert.equal(refusal.reason, reason);
      if (refusal.reason === "upstream-failed") {
        assert.deepEqual([refusal.fault, refusal.status], ["rejected", status]);
      }
      assert.doesNotMatch(JSON.stringify([refusal, describeRefusal(refusal)]), /pq|relation|internal/);
    }
    assert.equal(services.requests.length, 2);
    assert.deepEqual(delays, []);
  });
}

for (const fault of [500, 503, 429, 408, "connection reset"]) {
  Deno.test(`a pull is repeated on ${fault}, with growing pauses, and gives up in the end`, async () => {
    const once = setUp();
    answers(once.services, fault, undefined);
    assert.equal((await once.pull()).changes.length, 0);
    const never = setUp();
    answers(never.services, fault);
    const refusal = await refusalOf(never.pull());
    assert.equal(refusal.reason, "upstream-failed");
    assert.equal(never.services.requests.length, PULL_ATTEMPTS);
    assert.deepEqual(never.delays, [100, 200]);
  });

  Deno.test(`a push is repeated on ${fault} with the same bytes`, async () => {
    const { services, client, delays } = setUp();
    answers(services, fault, fault, undefined);
    await client.push(anna, push(change("1"), change("2")), signal);
    assert.equal(services.requests.length, 3);
    assert.equal(new Set(services.requests.map(({ body }) => body)).size, 1);
    assert.deepEqual(delays, [100, 200]);
    assert.equal(services.rows.length, 2);
  });
}

Deno.test("a push without any clear answer is unknown, with the ids", async () => {
  for (const fault of [500, 408, "connection reset"]) {
    const { services, client } = setUp();
    answers(services, fault);
    const refusal = await refusalOf(client.push(anna, push(change("1"), change("2")), signal));
    assert.deepEqual(refusal, { reason: "write-unknown", record: "thing", ids: ["1", "2"] });
    assert.equal(services.requests.length, PUSH_ATTEMPTS);
    assert.match(
      describeRefusal(refusal).message,
      /unknown whether the thing was stored \(1, 2\).*List before/,
    );
  }
});

Deno.test("a push that was only ever told to slow down is refused, not unknown", async () => {
  const { services, client } = setUp();
  answers(services, 429);
  assert.deepEqual(await refusalOf(client.push(anna, push(change("1")), signal)), {
    reason: "upstream-failed",
    upstream: "sync",
    fault: "rejected",
    status: 429,
  });
});

Deno.test("a push that may have arrived before a refusal is unknown", async () => {
  const { services, client } = setUp();
  answers(services, "connection reset", 401);
  assert.equal((await refusalOf(client.push(anna, push(change("1")), signal))).reason, "write-unknown");
  assert.equal(services.requests.length, 2);
});

Deno.test("a push whose 2xx answer is not the service's is repeated and then unknown", async () => {
  for (const body of ["{}", "<html>", "null"]) {
    const { services, client } = setUp();
    services.intercept = () => new Response(body);
    assert.equal((await refusalOf(client.push(anna, push(change("1")), signal))).reason, "write-unknown");
    assert.equal(services.requests.length, PUSH_ATTEMPTS);
  }
});

Deno.test("a redirect is followed by neither pull nor push", async () => {
  const { services, client, pull } = setUp();
  services.intercept = () => new Response(null, { status: 307, headers: { location: "http://evil.test/" } });
  const refused = { reason: "upstream-failed", upstream: "sync", fault: "redirected" };
  assert.deepEqual(await refusalOf(pull()), refused);
  assert.deepEqual(await refusalOf(client.push(anna, push(change("1")), signal)), refused);
  assert.equal(services.requests.length, 2);
});

Deno.test("an answer that is cut off is no answer", async () => {
  const { services, client, pull } = setUp();
  const cut = () =>
    new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('{"serverChanges":['));
          controller.error(new TypeError("connection closed before message completed"));
        },
      }),
    );
  services.intercept = cut;
  assert.deepEqual(await refusalOf(pull()), {
    reason: "upstream-failed",
    upstream: "sync",
    fault: "unreachable",
  });
  assert.equal((await refusalOf(client.push(anna, push(change("1")), signal))).reason, "write-unknown");
  services.intercept = () => new Response('{"serverChanges":[');
  assert.deepEqual(await refusalOf(pull()), {
    reason: "upstream-failed",
    upstream: "sync",
    fault: "malformed",
  });
});

Deno.test("a caller that leaves before anything was sent is cancelled, while waiting for an answer unknown", async () => {
  const { services, client, pull } = setUp();
  assert.deepEqual(await refusalOf(client.push(anna, push(change("1")), AbortSignal.abort())), {
    reason: "cancelled",
  });
  assert.equal(services.requests.length, 0);
  const caller = new AbortController();
  services.intercept = (_, inner) => {
    const { promise, reject } = Promise.withResolvers<Response>();
    inner.addEventListener("abort", () => reject(inner.reason));
    caller.abort();
    return promise;
  };
  const left = await refusalOf(client.push(anna, push(change("1")), caller.signal));
  assert.deepEqual(left, { reason: "write-unknown", record: "thing", ids: ["1"] });
  services.intercept = () => undefined;
  assert.deepEqual(await refusalOf(client.pull(anna, "app", "t", at(0), caller.signal)), {
    reason: "cancelled",
  });
  assert.equal((await pull()).changes.length, 0);
});

Deno.test("a caller whose time ends during a pause is answered at once", async () => {
  const caller = new AbortController();
  const { services, client } = setUp({
    clock: clockOf(() => 0, {
      wait() {
        caller.abort();
        return Promise.reject(new DOMException("aborted", "AbortError"));
      },
    }),
  });
  answers(services, 429);
  // Only told to slow down so far: nothing can have been stored.
  assert.equal(
    (await refusalOf(client.push(anna, push(change("1")), caller.signal))).reason,
    "upstream-failed",
  );
  assert.equal(services.requests.length, 1);
});

Deno.test("a timeout of the service is repeated like a lost connection", async () => {
  let sent = 0;
  const { client } = setUp({
    services: {
      send: () => {
        sent += 1;
        return Promise.reject(new Refused({ reason: "upstream-failed", upstream: "sync", fault: "timeout" }));
      },
      listen: () => assert.fail("nobody listens here"),
    },
  });
  assert.equal((await refusalOf(client.pull(anna, "app", "t", at(0), signal))).reason, "upstream-failed");
  assert.equal(sent, PULL_ATTEMPTS);
  assert.equal((await refusalOf(client.push(anna, push(change("1")), signal))).reason, "write-unknown");
  assert.equal(sent, PULL_ATTEMPTS + PUSH_ATTEMPTS);
});
