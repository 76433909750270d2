import { clockOf } from "../_support/fake_clock.ts";
import assert from "node:assert/strict";
import { describeRefusal, Refused } from "../../lib/kit/errors.ts";
import { MAX_PUSH_BYTES, PUSH_ATTEMPTS } from "../../lib/kit/limits.ts";
import { createSyncClient, PULL_ATTEMPTS, type SyncClientDeps } from "../../lib/changes/sync_client.ts";
import type { PushChange } from "../../lib/changes/sync_messages.ts";
import { createServiceClient } from "../../lib/services/service_client.ts";
import { createFakeServices, SYNC_URL } from "../records/_fake_services.ts";
import { at, callerOf, insert, refusalOf } from "../records/_harness.ts";

const anna = callerOf("anna");
const signal = new AbortController().signal;
const actor = { kind: "ai", principalId: "mcp:x", displayName: "x", rationale: "t" } as const;
const change = (id: string, data: Record<string, unknown> = {}): PushChange => ({
  table: "t",
  id,
  op: "insert",
  actor,
  origin: "agent",
  data: { id, ...data },
});
const push = (...changes: PushChange[]) => ({ app: "app", record: "thing", changes });

function setUp(given: Partial<SyncClientDeps> = {}) {
  const services = createFakeServices();
  const delays: number[] = [];
  const client = createSyncClient({
    services: createServiceClient({ fetch: services.fetch, clock: clockOf(() => 0) }),
    baseUrl: SYNC_URL,
    clientId: "mana-mcp",
    random: () => 0.5,
    clock: clockOf(() => 0, {
      wait(ms) {
        delays.push(ms);
        return Promise.resolve();
      },
    }),
    ...given,
  });
  const pull = (table = "t") => client.pull(anna, "app", table, at(0), signal);
  return { services, delays, client, pull };
}

/** Answers of the service, one per attempt; the last one stays. A string is thrown as a network failure. */
function answers(services: ReturnType<typeof createFakeServices>, ...list: (number | string | undefined)[]) {
  let turn = 0;
  services.intercept = () => {
    const next = list[Math.min(turn++, list.length - 1)];
    if (typeof next === "string") throw new TypeError(next);
    return next === undefined
      ? undefined
      : new Response("pq: relation does not exist at db-internal", { status: next });
  };
}

Deno.test("createSyncClient() throws a TypeError for a client id that cannot be a header", () => {
  for (const clientId of ["", "a b", "ä", "a\nb", "x".repeat(101)]) {
    assert.throws(() => setUp({ clientId }), { name: "TypeError", message: /clientId must be 1 to 100/ });
  }
});

Deno.test("pull() and push() use different client ids, and only push writes under its own", async () => {
  const { services, client, pull } = setUp();
  await client.push(anna, push(change("1")), signal);
  await pull();
  const [pushed, pulled] = services.requests;
  assert.equal(pushed?.headers.get("x-client-id"), "mana-mcp");
  assert.equal(JSON.parse(pushed?.body ?? "").clientId, "mana-mcp");
  assert.match(pulled?.headers.get("x-client-id") ?? "", /^mana-mcp-reader-[0-9a-z]+$/);
  assert.equal(pushed?.headers.get("authorization"), "Bearer token-anna");
  assert.equal(JSON.parse(pushed?.body ?? "").since, "9999-12-31T23:59:59.999Z");
  assert.equal(JSON.parse(pushed?.body ?? "").schemaVersion, 1);
});

Deno.test("app, table and cursor are percent-encoded", async () => {
  const { services, client } = setUp();
  await client.pull(anna, "../a?b", "t&since=1#", "2026-05-20T10:00:00+02:00", signal);
  await client.push(anna, { ...push(change("1")), app: "a/b" }, signal);
  assert.equal(
    services.requests[0]?.url.href,
    `${SYNC_URL}/sync/..%2Fa%3Fb/pull?collection=t%26since%3D1%23&since=2026-05-20T10%3A00%3A00%2B02%3A00`,
  );
  assert.equal(services.requests[1]?.url.pathname, "/sync/a%2Fb");
});

Deno.test("pull() reads stamps under both names and drops what is no change, one by one", async () => {
  const { services, client } = setUp();
  const good = { eventId: "e", table: "t", id: "1", op: "update" };
  const deep = JSON.parse(`${"[".repeat(5000)}${"]".repeat(5000)}`);
  const serverChanges = [
    { ...good, fields: { a: { value: 1, at: "s1" }, b: { value: 2, updatedAt: "s2" }, c: { value: null } } },
    { ...good, fields: { a: { value: 1, at: "s1", updatedAt: "s2" }, b: { value: 1, at: 7 } } },
    { table: "t", id: "1", op: "insert" },
    { table: "t", id: "1", op: "delete", deletedAt: null, spaceId: null },
    ...[null, 1, "x", [], {}, { ...good, id: 5 }, { ...good, id: "" }, { ...good, op: "upsert" }, {
      ...good,
      table: 1,
    }],
    ...[{ ...good, table: "other" }, { ...good, fields: [] }, { ...good, fields: { a: null } }],
    ...[{ ...good, fields: { a: { at: "s" } } }, { ...good, op: "insert", data: "x" }],
    { ...good, op: "insert", data: { a: deep } },
  ];
  services.intercept = () => Response.json({ serverChanges, syncedUntil: "2026-05-20T10:00:00.5Z" });
  const page = await client.pull(anna, "app", "t", at(0), signal);
  assert.equal(page.changes.length, 4);
  assert.equal(page.malformed, 15);
  assert.equal(page.syncedUntil, "2026-05-20T10:00:00.500000000Z");
  assert.equal(page.hasMore, false);
  const stamps = page.changes.map(({ fields }) =>
    fields && fields.map(({ name, stamp }) => `${name}=${stamp}`)
  );
  assert.deepEqual(stamps, [["a=s1", "b=s2", "c="], ["a=s1", "b="], null, null]);
  assert.deepEqual(page.changes[3], {
    eventId: null,
    id: "1",
    op: "delete",
    spaceId: "",
    data: null,
    fields: null,
    deletedAt: null,
  });
});

Deno.test("pull() refuses an answer that is not a page", async () => {
  const page = { serverChanges: [], syncedUntil: at(0) };
  for (
    const body of [null, [], {}, { changes: [], syncedUntil: at(0) }, { ...page, syncedUntil: "soon" }, {
      ...page,
      hasMore: "yes",
    }, { ...page, serverChanges: {} }]
  ) {
    const { services, pull } = setUp();
    services.intercept = () => Response.json(body);
    assert.deepEqual(await refusalOf(pull()), {
      reason: "upstream-failed",
      upstream: "sync",
      fault: "malformed",
    });
  }
});

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

Deno.test("a large push is cut into bodies below the limit, in order; a change that fits in none is refused", async () => {
  const { services, client } = setUp();
  // Three bytes a character on the wire.
  const text = "€".repeat(Math.floor(MAX_PUSH_BYTES / 3 / 3));
  const changes = ["1", "2", "3", "4"].map((id) => change(id, { text }));
  await client.push(anna, push(...changes), signal);
  assert.equal(services.requests.length, 2);
  for (const { body } of services.requests) {
    assert.ok(new TextEncoder().encode(body).byteLength <= MAX_PUSH_BYTES);
  }
  assert.deepEqual(services.rows.map((row) => row.change.id), ["1", "2", "3", "4"]);
  const refusal = await refusalOf(client.push(anna, push(change("5", { text: text.repeat(4) })), signal));
  assert.equal(refusal.reason, "value-not-storable");
  assert.match(describeRefusal(refusal).message, /larger than the sync service takes/);
});

Deno.test("a push of several bodies that is refused halfway is unknown, not refused", async () => {
  const { services, client } = setUp();
  answers(services, undefined, 402);
  const text = "x".repeat(MAX_PUSH_BYTES * 0.6);
  const refusal = await refusalOf(
    client.push(anna, push(change("1", { text }), change("2", { text })), signal),
  );
  assert.deepEqual(refusal, { reason: "write-unknown", record: "thing", ids: ["1", "2"] });
});

Deno.test("an error that is no refusal is a fault of ours and goes through", async () => {
  const { client } = setUp({
    services: {
      send: () => Promise.reject(new RangeError("bug")),
      listen: () => Promise.reject(new RangeError("bug")),
    },
  });
  await assert.rejects(client.push(anna, push(change("1")), signal), RangeError);
  await assert.rejects(client.pull(anna, "app", "t", at(0), signal), RangeError);
  await assert.rejects(client.listen(anna, "app", at(0), signal), RangeError);
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

Deno.test("a seed-age service stores the same push", async () => {
  const { services, client, pull } = setUp();
  services.write("anna", "app", [insert("t", "1", {})]);
  const field = { value: 1, at: at(1), updatedAt: at(1) };
  await client.push(
    anna,
    push({ table: "t", id: "1", op: "update", actor, origin: "agent", fields: { a: field } }),
    signal,
  );
  for (const era of ["head", "seed"] as const) {
    services.era = era;
    assert.equal((await pull()).changes[1]?.fields?.find(({ name }) => name === "a")?.stamp, at(1));
  }
});
