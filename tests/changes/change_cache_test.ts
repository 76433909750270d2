import assert from "node:assert/strict";
import fc from "fast-check";
import { Refused } from "../../lib/kit/errors.ts";
import { MAX_PULL_PORTIONS, MEMBERSHIP_SETTLE_MS } from "../../lib/kit/limits.ts";
import { FOLD_MAX_AGE_MS } from "../../lib/changes/refresh_state.ts";
import type { SyncClient } from "../../lib/changes/sync_client.ts";
import { liveRecords } from "../../lib/changes/live_records.ts";
import { SettlingSpace } from "../../lib/spaces/settling_spaces.ts";
import { at, callerOf, insert, refusalOf, shared, update } from "../records/_harness.ts";
import { anna, gates, idsOf, setUp, thing } from "./_change_cache.ts";

Deno.test("the first read pulls everything, the next only what is new, ten seconds overlapping", async () => {
  const { services, ids, since } = setUp();
  services.write("anna", "app", [thing("1"), thing("2")]);
  assert.deepEqual(await ids(), ["1", "2"]);
  services.micros += 60_000_000;
  services.write("anna", "app", [thing("3")]);
  assert.deepEqual(await ids(), ["1", "2", "3"]);
  // The first cursor was 09:00:00.002000123.
  assert.deepEqual(since(), ["1970-01-01T00:00:00.000000000Z", "2026-05-20T08:59:50.002000123Z"]);
});

Deno.test("rows that a transaction committed late, behind the cursor, are picked up by the overlap", async () => {
  const { services, ids } = setUp();
  services.write("anna", "app", [thing("1")]);
  await ids();
  services.micros += 1_000_000;
  await ids();
  // Its timestamp is from before the last cursor.
  services.micros -= 3_000_000;
  services.write("anna", "app", [thing("late")]);
  services.micros += 3_000_000;
  assert.deepEqual(await ids(), ["1", "late"]);
});

Deno.test("what the overlap brings again is applied once, and its ids are forgotten in time", async () => {
  const { services, cache, ids, read } = setUp();
  services.write("anna", "app", [thing("1", { a: 1 })]);
  const { seq } = await read();
  assert.equal((await read()).seq, seq, "the same change came again");
  const bytes = cache.bytes();
  services.micros += 30_000_000;
  await ids();
  await ids();
  assert.ok(cache.bytes() < bytes, "the id is forgotten");
  assert.equal((await read()).seq, seq);
});

Deno.test("paging in any size, with shared timestamps, equals one big page", async () => {
  const group = fc.integer({ min: 1, max: 3 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(group, { maxLength: 12 }),
      fc.integer({ min: 4, max: 9 }),
      async (groups, pageSize) => {
        const { services, ids } = setUp();
        let made = 0;
        for (const size of groups) {
          services.micros += 1;
          services.step = 0;
          // One transaction time for the whole group: a page boundary can fall inside it.
          services.write("anna", "app", Array.from({ length: size }, () => thing(`${++made}`)));
        }
        services.micros += 1;
        services.pageSize = pageSize;
        assert.deepEqual(await ids(), Array.from({ length: made }, (_, index) => `${index + 1}`));
      },
    ),
  );
});

Deno.test("a service whose pages never end or never move on is refused", async () => {
  const malformed = { reason: "upstream-failed", upstream: "sync", fault: "malformed" };
  const stuck = setUp();
  stuck.services.intercept = () => Response.json({ serverChanges: [], syncedUntil: at(5), hasMore: true });
  assert.deepEqual(await refusalOf(stuck.read()), malformed);
  assert.equal(stuck.services.pulls().length, 2);
  const back = setUp();
  let turn = 0;
  back.services.intercept = () =>
    Response.json({ serverChanges: [], syncedUntil: at(turn++ % 2 === 0 ? 9 : 5), hasMore: true });
  assert.deepEqual(await refusalOf(back.read()), malformed);
  let pages = 0;
  const endless: Pick<SyncClient, "pull"> = {
    pull: () => {
      const syncedUntil = `2026-05-20T10:00:00.${String(pages++).padStart(9, "0")}Z`;
      return Promise.resolve({ changes: [], malformed: 0, syncedUntil, hasMore: true });
    },
  };
  assert.deepEqual(await refusalOf(setUp({ sync: endless }).read()), malformed);
  assert.ok(pages <= MAX_PULL_PORTIONS, String(pages));
});

Deno.test("another set of memberships starts from the beginning: joining does not redeliver", async () => {
  const { services, read, since } = setUp();
  services.write("ben", "app", [insert("t", "theirs", { createdAt: at(0) }, "team")]);
  services.micros += 60_000_000;
  const team = async (version: string) =>
    liveRecords(await read(anna, version), shared("team")).map(({ id }) => id);
  assert.deepEqual(await team("1"), []);
  services.memberships.set("anna", new Set(["team"]));
  assert.deepEqual(await team("2"), ["theirs"]);
  services.memberships.delete("anna");
  assert.deepEqual(await team("3"), [], "what was visible by membership goes with it");
  assert.deepEqual(new Set(since()), new Set(["1970-01-01T00:00:00.000000000Z"]));
});

Deno.test("a state is built anew once the space that is read has settled, and then every hour", async () => {
  const { services, time, cache, since } = setUp();
  const full = () => since().filter((text) => text?.startsWith("1970")).length;
  services.write("ben", "app", [insert("t", "theirs", { createdAt: at(0) }, "team")]);
  const settling = new SettlingSpace("team", 0);
  const { signal } = new AbortController();
  const team = async () =>
    liveRecords(
      await cache.read({ caller: anna, membershipVersion: "1", signal, settling }, "app", "t"),
      shared("team"),
    ).map(({ id }) => id);
  services.micros += 60_000_000;
  // The service still believes the old memberships, so these rows lie behind the cursor when it learns better.
  assert.deepEqual(await team(), []);
  services.memberships.set("anna", new Set(["team"]));
  time.now += MEMBERSHIP_SETTLE_MS - 1;
  assert.deepEqual(await team(), []);
  time.now += 1;
  assert.deepEqual(await team(), ["theirs"]);
  assert.equal(full(), 2);
  time.now += FOLD_MAX_AGE_MS - 1;
  await team();
  assert.equal(full(), 2);
  time.now += 1;
  services.intercept = () => new Response(null, { status: 400 });
  await refusalOf(team());
  services.intercept = () => undefined;
  assert.deepEqual(await team(), ["theirs"]);
});

Deno.test("people and tables are kept apart", async () => {
  const { services, cache, ids } = setUp();
  services.write("anna", "app", [thing("1")]);
  services.write("ben", "app", [thing("2")]);
  assert.deepEqual(await ids(), ["1"]);
  assert.deepEqual(await ids(callerOf("ben")), ["2"]);
  const other = { ...anna, principal: { ...anna.principal, issuer: "https://other.test" } };
  assert.deepEqual(await ids(other), ["1"]);
  assert.equal(services.pulls().length, 3);
  assert.equal(services.pulls()[2]?.url.searchParams.get("since"), "1970-01-01T00:00:00.000000000Z");
  const reader = { caller: anna, membershipVersion: "1", signal: new AbortController().signal };
  assert.deepEqual(idsOf(await cache.read(reader, "app", "t2")), []);
  assert.deepEqual(idsOf(await cache.read(reader, "app2", "t")), []);
});

Deno.test("memory over all people is bounded: the least recently used table goes", async () => {
  const { services, cache, ids, since } = setUp({ maxBytes: 80_000 });
  for (const person of ["anna", "ben", "cara"]) {
    services.write(person, "app", [thing("1", { a: "x".repeat(25_000) })]);
  }
  services.micros += 60_000_000;
  await ids();
  await ids(callerOf("ben"));
  await ids();
  assert.ok(cache.bytes() > 50_000 && cache.bytes() < 60_000, String(cache.bytes()));
  await ids(callerOf("cara"));
  assert.ok(cache.bytes() <= 80_000);
  const full = (text: string | null | undefined) => text?.startsWith("1970") === true;
  await ids();
  assert.ok(!full(since().at(-1)), "anna was used last");
  await ids(callerOf("ben"));
  assert.ok(full(since().at(-1)), "ben had to go");
});

Deno.test("a table that is being pulled stays, however long ago its pull began: others go for it", async () => {
  const { services, cache, ids, since } = setUp({ maxBytes: 80_000 });
  for (const person of ["anna", "ben", "cara"]) {
    services.write(person, "app", [thing("1", { a: "x".repeat(25_000) })]);
  }
  services.micros += 60_000_000;
  const { waiting, started } = gates(services);
  const first = ids();
  await started(1);
  services.intercept = () => undefined;
  await ids(callerOf("ben"));
  await ids(callerOf("cara"));
  waiting.shift()?.();
  assert.deepEqual(await first, ["1"]);
  assert.ok(cache.bytes() > 50_000 && cache.bytes() <= 80_000, String(cache.bytes()));
  const full = (text: string | null | undefined) => text?.startsWith("1970") === true;
  await ids();
  assert.ok(!full(since().at(-1)), "anna's was being pulled");
  await ids(callerOf("cara"));
  assert.ok(!full(since().at(-1)), "cara was used after ben");
  await ids(callerOf("ben"));
  assert.ok(full(since().at(-1)), "ben had to go");
});

Deno.test("one table that is larger than all the memory is refused and not kept", async () => {
  const { services, cache, ids } = setUp({ maxBytes: 10_000 });
  services.write("anna", "app", [thing("1", { a: "x".repeat(25_000) })]);
  assert.deepEqual(await refusalOf(ids()), {
    reason: "upstream-failed",
    upstream: "sync",
    fault: "too-large",
  });
  assert.equal(cache.bytes(), 0);
});

Deno.test("entries that are no change are counted and left out", async () => {
  const counted: unknown[] = [];
  const { services, ids } = setUp({ observeMalformed: (...what) => counted.push(what) });
  services.write("anna", "app", [thing("1"), { table: "t", id: "2", op: "upsert" }]);
  assert.deepEqual(await ids(), ["1"]);
  assert.deepEqual(counted, [["app", "t", 1]]);
});

Deno.test("changes of a record that no tool could name are counted, and the rest of the page is there", async () => {
  const counted: unknown[] = [];
  const { services, ids } = setUp({ observeMalformed: (...what) => counted.push(what) });
  const [longest, longer] = ["i".repeat(256), "i".repeat(257)];
  services.write("anna", "app", [
    thing(longer),
    thing("1"),
    update("t", longer, at(1), { a: 1 }),
    thing(longest),
  ]);
  assert.deepEqual(await ids(), ["1", longest]);
  assert.deepEqual(counted, [["app", "t", 2]]);
});

Deno.test("errors that are no refusals go through to every reader", async () => {
  const { read } = setUp({ sync: { pull: () => Promise.reject(new RangeError("bug")) } });
  const [first, second] = await Promise.allSettled([read(), read()]);
  assert.ok(first.status === "rejected" && first.reason instanceof RangeError);
  assert.ok(second.status === "rejected" && !(second.reason instanceof Refused));
});
