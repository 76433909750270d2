import assert from "node:assert/strict";
import { describeRefusal } from "../../lib/kit/errors.ts";
import { MAX_PUSH_BYTES } from "../../lib/kit/limits.ts";
import { SYNC_URL } from "../records/_fake_services.ts";
import { at, insert, refusalOf } from "../records/_harness.ts";
import { actor, anna, answers, change, push, setUp, signal } from "./_sync_client.ts";

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
    actor: null,
    origin: null,
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
