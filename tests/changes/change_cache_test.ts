import { clockOf } from "../_support/fake_clock.ts";
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Caller } from "../../lib/people/principal.ts";
import { Refused } from "../../lib/kit/errors.ts";
import { MAX_PULL_PORTIONS } from "../../lib/kit/limits.ts";
import type { FoldedTable } from "../../lib/changes/fold.ts";
import { type ChangeCacheDeps, createChangeCache } from "../../lib/changes/change_cache.ts";
import { FOLD_MAX_AGE_MS, FOLD_SETTLE_MS } from "../../lib/changes/refresh_state.ts";
import { createSyncClient, type SyncClient } from "../../lib/changes/sync_client.ts";
import { liveRecords } from "../../lib/changes/live_records.ts";
import { createServiceClient } from "../../lib/services/service_client.ts";
import { createFakeServices, SYNC_URL } from "../records/_fake_services.ts";
import { at, callerOf, insert, personal, refusalOf, shared, update } from "../records/_harness.ts";

const anna = callerOf("anna");
const space = personal("anna", "org-anna");

function setUp(given: Partial<ChangeCacheDeps> = {}) {
  const services = createFakeServices();
  const time = { now: 0 };
  const client = createServiceClient({ fetch: services.fetch, clock: clockOf(() => 0) });
  const sync = createSyncClient({
    services: client,
    baseUrl: SYNC_URL,
    clientId: "mana-mcp",
    random: () => 0.5,
    clock: clockOf(() => 0),
  });
  const cache = createChangeCache({ sync, clock: clockOf(() => time.now), ...given });
  const read = (caller: Caller = anna, membershipVersion = "1", signal = new AbortController().signal) =>
    cache.read({ caller, membershipVersion, signal }, "app", "t");
  const ids = async (caller?: Caller, membershipVersion?: string) =>
    idsOf(await read(caller, membershipVersion));
  const since = () => services.pulls().map(({ url }) => url.searchParams.get("since"));
  return { services, time, cache, read, ids, since };
}

function idsOf(log: FoldedTable): string[] {
  return liveRecords(log, space).map(({ id }) => id);
}

const thing = (id: string, data: Record<string, unknown> = {}) =>
  insert("t", id, { createdAt: at(0), ...data });

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

Deno.test("concurrent readers share one pull", async () => {
  const { services, ids } = setUp();
  services.write("anna", "app", [thing("1")]);
  const lists = await Promise.all([ids(), ids(callerOf("anna", "other-token")), ids()]);
  assert.deepEqual(lists, [["1"], ["1"], ["1"]]);
  assert.equal(services.pulls().length, 1);
});

/** Holds each pull back until it is let go. */
function gates(services: ReturnType<typeof createFakeServices>) {
  const waiting: (() => void)[] = [];
  services.intercept = (_, signal) => {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    waiting.push(() => resolve(undefined));
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    return promise;
  };
  const started = async (count: number) => {
    while (services.pulls().length < count) await Promise.resolve();
  };
  return { waiting, started };
}

Deno.test("one reader that leaves does not end the pull of the others", async () => {
  const { services, read, ids } = setUp();
  services.write("anna", "app", [thing("1")]);
  const { waiting, started } = gates(services);
  const leaver = new AbortController();
  const left = refusalOf(read(anna, "1", leaver.signal));
  const stays = ids();
  await started(1);
  leaver.abort();
  assert.deepEqual(await left, { reason: "cancelled" });
  waiting.shift()?.();
  assert.deepEqual(await stays, ["1"]);
  assert.equal(services.pulls().length, 1);
});

Deno.test("a pull that everyone has left is stopped, and the next reader is not harmed by it", async () => {
  const { services, read, ids } = setUp();
  services.write("anna", "app", [thing("1")]);
  const { started } = gates(services);
  const leaver = new AbortController();
  const left = refusalOf(read(anna, "1", leaver.signal));
  await started(1);
  leaver.abort();
  services.intercept = () => undefined;
  assert.deepEqual(await ids(), ["1"]);
  assert.deepEqual(await left, { reason: "cancelled" });
});

Deno.test("a reader whose own write was acknowledged during a pull gets a later pull, one for all of them", async () => {
  const { services, cache, ids } = setUp();
  const { waiting, started } = gates(services);
  const before = ids();
  await started(1);
  // The service has answered the pull's query by now, in effect: what is written next is not in it.
  const snapshot = services.rows.length;
  cache.wrote(anna.principal, "app", "t");
  const after = [ids(), ids()];
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  assert.equal(services.pulls().length, 1, "one at a time, so that pages are applied in order");
  waiting.shift()?.();
  assert.deepEqual(await before, []);
  assert.equal(services.rows.length, snapshot);
  services.write("anna", "app", [thing("mine")]);
  await started(2);
  waiting.shift()?.();
  assert.deepEqual(await Promise.all(after), [["mine"], ["mine"]]);
  assert.equal(services.pulls().length, 2);
});

Deno.test("writes of another person or table do not disturb a pull", async () => {
  const { services, cache, ids } = setUp();
  const { waiting, started } = gates(services);
  const first = ids();
  await started(1);
  cache.wrote(callerOf("ben").principal, "app", "t");
  cache.wrote(anna.principal, "app", "other");
  const second = ids();
  waiting.shift()?.();
  await Promise.all([first, second]);
  assert.equal(services.pulls().length, 1);
});

Deno.test("a refused token fails its own read only", async () => {
  const { services, ids } = setUp();
  services.write("anna", "app", [thing("1")]);
  services.intercept = ({ headers }) =>
    headers.get("authorization")?.endsWith("expired") ? new Response(null, { status: 401 }) : undefined;
  const stale = refusalOf(ids(callerOf("anna", "expired")));
  const fresh = ids();
  assert.deepEqual(await stale, { reason: "upstream-token-refused", upstream: "sync" });
  assert.deepEqual(await fresh, ["1"]);
});

Deno.test("a failed pull fails the read, keeps what there was, and the next read goes on from it", async () => {
  const { services, ids, since } = setUp();
  services.write("anna", "app", [thing("1")]);
  await ids();
  services.micros += 60_000_000;
  services.write("anna", "app", [thing("2")]);
  services.intercept = () => new Response(null, { status: 400 });
  assert.equal((await refusalOf(ids())).reason, "upstream-failed");
  services.intercept = () => undefined;
  assert.deepEqual(await ids(), ["1", "2"]);
  assert.equal(since()[2], since()[1], "from the same place");
});

Deno.test("a long pull that fails halfway goes on from its last whole page", async () => {
  const { services, ids, since } = setUp();
  services.step = 60_000_000;
  services.write("anna", "app", ["1", "2", "3", "4", "5"].map((id) => thing(id)));
  services.pageSize = 2;
  let pulls = 0;
  services.intercept = () => ++pulls === 2 ? new Response(null, { status: 400 }) : undefined;
  assert.equal((await refusalOf(ids())).reason, "upstream-failed");
  assert.deepEqual(await ids(), ["1", "2", "3", "4", "5"]);
  // Page 1 ended at 09:02:00; the overlap applies.
  assert.equal(since()[2], "2026-05-20T09:01:50.000000000Z");
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

Deno.test("a state is built anew once the service's own memberships have settled, and then every hour", async () => {
  const { services, time, read, since } = setUp();
  const full = () => since().filter((text) => text?.startsWith("1970")).length;
  services.write("ben", "app", [insert("t", "theirs", { createdAt: at(0) }, "team")]);
  const team = async () => liveRecords(await read(), shared("team")).map(({ id }) => id);
  services.micros += 60_000_000;
  // The service still believes the old memberships, so these rows lie behind the cursor when it learns better.
  assert.deepEqual(await team(), []);
  services.memberships.set("anna", new Set(["team"]));
  assert.deepEqual(await team(), []);
  time.now += FOLD_SETTLE_MS;
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

Deno.test("any sequence of writes and reads shows the same as one read at the end", async () => {
  const step = fc.record({
    id: fc.constantFrom("1", "2", "3"),
    isInsert: fc.boolean(),
    value: fc.nat(9),
    stamp: fc.nat(5),
    pause: fc.constantFrom(0, 1, 4_000_000, 25_000_000),
    isReading: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const { services, read } = setUp();
      services.pageSize = 4;
      const show = (log: FoldedTable) =>
        liveRecords(log, space).map((view) => [view.id, view.cell("a")?.value]);
      for (const { id, isInsert, value, stamp, pause, isReading } of steps) {
        services.micros += pause;
        services.write("anna", "app", [
          isInsert
            ? insert("t", id, { a: value, createdAt: at(stamp) })
            : update("t", id, at(stamp), { a: value }),
        ]);
        if (isReading) await read();
      }
      const incremental = show(await read());
      assert.deepEqual(incremental, show(await read(anna, "from the beginning")));
    }),
    { numRuns: 60 },
  );
});

Deno.test("changes that commit late, failed pulls and small pages end in what one read of the whole log shows", async () => {
  const step = fc.record({
    id: fc.constantFrom("1", "2"),
    op: fc.constantFrom("insert", "update", "update", "delete", "hard delete"),
    value: fc.nat(9),
    stamp: fc.nat(3),
    pause: fc.constantFrom(0, 1, 2_000_000),
    lateness: fc.constantFrom(0, 0, 1_500_000, 4_000_000),
    reading: fc.constantFrom("none", "whole", "whole", "fails at the second page"),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 25 }),
      fc.integer({ min: 4, max: 8 }),
      async (steps, size) => {
        const { services, read } = setUp();
        services.pageSize = size;
        const show = (log: FoldedTable) =>
          liveRecords(log, space).map((view) => [view.id, view.cell("a")?.value]).sort();
        for (const { id, op, value, stamp, pause, lateness, reading } of steps) {
          services.micros += pause + 1;
          const now = services.micros;
          // Its transaction began before what was read meanwhile.
          services.micros -= lateness;
          services.write("anna", "app", [
            op === "insert"
              ? insert("t", id, { a: value, createdAt: at(stamp) })
              : op === "update"
              ? update("t", id, at(stamp), { a: value })
              : { table: "t", id, op: "delete", ...(op === "delete" ? { deletedAt: at(stamp) } : {}) },
          ]);
          services.micros = Math.max(now, services.micros);
          let pulls = 0;
          services.intercept = () =>
            reading === "fails at the second page" && ++pulls === 2
              ? new Response(null, { status: 400 })
              : undefined;
          if (reading !== "none") await read().catch(() => {});
        }
        services.intercept = () => undefined;
        const incremental = show(await read());
        assert.deepEqual(incremental, show(await read(anna, "from the beginning")));
      },
    ),
    { numRuns: 300 },
  );
});
