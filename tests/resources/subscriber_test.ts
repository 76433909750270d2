import { createFakeClock } from "../_support/fake_clock.ts";
import assert from "node:assert/strict";
import type { Principal } from "../../lib/people/principal.ts";
import type { ResolvedSpace } from "../../lib/spaces/spaces.ts";
import { Refused } from "../../lib/kit/errors.ts";
import { NOTIFY_MS, SUBSCRIBED_POLL_MS } from "../../lib/kit/limits.ts";
import type { RequestContext } from "../../lib/people/request_context.ts";
import { createResourceTools } from "../../lib/resources/resource_tools.ts";
import { parseResourceUri } from "../../lib/resources/resource_uri.ts";
import { createSubscriber } from "../../lib/resources/subscriber.ts";
import { applyChange } from "../../lib/changes/fold.ts";
import { createFoldedTable } from "../../lib/changes/folded/folded_table.ts";
import type { ChangeWatcher } from "../../lib/changes/change_watchers.ts";
import { parsePullPortion } from "../../lib/changes/sync_messages.ts";
import { MODULES } from "../../tools/modules.ts";
import { requestContextFor } from "../_support/request_context.ts";
import { callerOf, insert, personal, shared, update } from "../records/_harness.ts";

/** Lets everything go on that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}

const TEAM = "team";
const uri = (id?: string, space = TEAM) => `mana://spaces/${space}/habits${id === undefined ? "" : `/${id}`}`;

/** A subscriber over a log that the test writes, with a clock that the test turns. */
function setUp(expiresAt = 4_000_000_000) {
  const clock = createFakeClock();
  const log = createFoldedTable();
  const watchers = new Set<ChangeWatcher>();
  const sent: { readonly uri: string; readonly at: number }[] = [];
  const reads: { readonly at: number; readonly token: string; readonly isStrict: boolean }[] = [];
  const state = {
    /** Changes that the next pull brings. */
    news: new Array<Record<string, unknown>>(),
    hasRoom: true,
    overs: 0,
    isMember: true,
    shows: true,
    failure: null as Refused | null,
    errors: new Array<unknown>(),
  };
  /** A pull, the subscriber's own or that of any other read. */
  const bring = () => {
    const page = parsePullPortion({
      serverChanges: state.news.splice(0),
      syncedUntil: "2026-05-20T09:00:00Z",
    }, "habits");
    for (const change of page?.changes ?? []) {
      for (const watcher of watchers) watcher.before(log, change.id);
      if (!applyChange(log, change)) { for (const watcher of watchers) watcher.unaltered?.(change.id); }
    }
    for (const watcher of watchers) watcher.after(log);
  };
  const habits = MODULES.find(({ name }) => name === "habits")?.resource;
  assert.ok(habits);
  const tools = createResourceTools(habits);
  const resolved = (requested: string): ResolvedSpace => ({
    choice: state.isMember || requested !== TEAM
      ? { ok: true, space: requested === TEAM ? shared(TEAM) : personal("ada", requested) }
      : { ok: false, refusal: { reason: "space-not-member" } },
    directory: { source: "list", spaces: [] },
    membershipVersion: "1",
    settling: null,
  });
  const base = requestContextFor("ada");
  const caller = { ...base.caller, principal: { ...base.caller.principal, expiresAt } };
  const requestContext: RequestContext = {
    ...base,
    caller,
    again: () => state.failure === null ? Promise.resolve(caller) : Promise.reject(state.failure),
  };
  const subscriber = createSubscriber(
    {
      resources: {
        find(text) {
          const address = parseResourceUri(text);
          return address === null
            ? null
            : { address, resource: habits, tool: address.id === null ? tools.collection : tools.record };
        },
      },
      changes: {
        read(reader) {
          reads.push({
            at: clock.now(),
            token: reader.caller.token.reveal(),
            isStrict: reader.isStrict === true,
          });
          bring();
          return Promise.resolve(log);
        },
        watch(_principal: Principal, _app, _table, watcher) {
          watchers.add(watcher);
          return () => void watchers.delete(watcher);
        },
      },
      grants: { of: () => null },
      spaces: {
        isUntold: () => false,
        resolve: (_caller, requested) => Promise.resolve(resolved(requested ?? "")),
      },
      gate: { shows: () => state.shows, enter: () => assert.fail("nothing is called") },
      clock,
      tally: callerOf("ada").tally,
      onError: (error) => void state.errors.push(error),
    },
    requestContext,
    {
      send(text) {
        if (state.hasRoom) sent.push({ uri: text, at: clock.now() });
        return state.hasRoom;
      },
      onOver: () => void (state.overs += 1),
    },
  );
  const at = () => new Date(clock.now()).toISOString();
  const row = (id: string, data: Record<string, unknown> = {}) =>
    insert("habits", id, { createdAt: at(), spaceId: TEAM, authorId: "bob", visibility: "space", ...data });
  /** Something is written, and a hint comes. */
  const write = async (...changes: Record<string, unknown>[]) => {
    state.news.push(...changes);
    for (const watcher of [...watchers]) watcher.stale();
    await settle();
  };
  const advance = async (ms: number, step = 10) => {
    for (let passed = 0; passed < ms; passed += step) {
      clock.advance(step);
      await settle();
    }
  };
  return { bring, clock, requestContext, log, reads, row, sent, state, subscriber, watchers, write, advance };
}

Deno.test("a burst of changes is one notification for each resource in 250 ms, and the last change is told", async () => {
  const { advance, clock, row, sent, subscriber, write } = setUp();
  subscriber.add(uri());
  subscriber.add(uri("1"));
  await settle();
  for (let made = 0; made < 100; made++) {
    await write(row(`${made % 3}`, { title: `${made}` }));
    await advance(20);
  }
  const last = clock.now();
  await advance(2 * NOTIFY_MS);
  for (const address of [uri(), uri("1")]) {
    const times = sent.filter((entry) => entry.uri === address).map((entry) => entry.at);
    assert.ok(
      times.length >= 2_000 / NOTIFY_MS - 2 && times.length <= 2_000 / NOTIFY_MS + 2,
      `${times.length}`,
    );
    times.slice(1).forEach((time, index) => assert.ok(time - (times[index] ?? 0) >= NOTIFY_MS, `${times}`));
    assert.ok((times.at(-1) ?? 0) >= last - 20 - NOTIFY_MS, "the last change is told");
  }
  await subscriber.stop();
  assert.equal(clock.armed(), 0);
});

Deno.test("what other reads bring is told no more often", async () => {
  const { advance, bring, row, sent, state, subscriber } = setUp();
  subscriber.add(uri());
  await settle();
  for (let made = 0; made < 100; made++) {
    state.news.push(row("1", { title: `${made}` }));
    bring();
    await advance(20);
  }
  sent.slice(1).forEach(({ at }, index) => assert.ok(at - (sent[index]?.at ?? 0) >= NOTIFY_MS));
  assert.ok(sent.length >= 7 && sent.length <= 9, `${sent.length}`);
  await subscriber.stop();
});

Deno.test("the first pull tells what was changed since the log was read; then it pulls strictly, also without a hint", async () => {
  const { advance, reads, row, sent, state, subscriber } = setUp();
  subscriber.add(uri());
  await settle();
  assert.deepEqual(reads.map(({ isStrict }) => isStrict), [false]);
  state.news.push(row("1"));
  await advance(SUBSCRIBED_POLL_MS, 1_000);
  assert.deepEqual(reads.map(({ isStrict }) => isStrict), [false, true]);
  await advance(NOTIFY_MS);
  assert.deepEqual(sent.map((entry) => entry.uri), [uri()]);
  await advance(SUBSCRIBED_POLL_MS, 1_000);
  assert.equal(reads.length, 3);
  assert.equal(sent.length, 1, "nothing new, nothing told");
  await subscriber.stop();
});

Deno.test("rows that are hidden before and after are told to nobody; what becomes visible or goes is told", async () => {
  const { advance, row, sent, subscriber, write } = setUp();
  for (const id of ["1", "2", "3"]) subscriber.add(uri(id));
  await settle();
  const told = async (...changes: Record<string, unknown>[]) => {
    const before = sent.length;
    await write(...changes);
    await advance(2 * NOTIFY_MS);
    return sent.slice(before).map((entry) => entry.uri);
  };
  const set = (id: string, values: Record<string, unknown>, stamp = "2026-05-20T10:00:00.000Z") =>
    update("habits", id, stamp, values, TEAM);
  assert.deepEqual(await told(row("1", { visibility: "private" })), []);
  assert.deepEqual(await told(set("1", { title: "still hidden" })), []);
  assert.deepEqual(await told(set("1", { visibility: "space" }, "2026-05-20T10:00:01.000Z")), [uri("1")]);
  assert.deepEqual(await told(set("1", { visibility: "private" }, "2026-05-20T10:00:02.000Z")), [uri("1")]);
  assert.deepEqual(await told(set("1", { title: "hidden again" }, "2026-05-20T10:00:03.000Z")), []);
  assert.deepEqual(await told(row("2", { visibility: "private", authorId: "ada" })), [uri("2")], "their own");
  assert.deepEqual(await told(row("3")), [uri("3")]);
  const hardDelete = { table: "habits", id: "3", op: "delete", spaceId: TEAM };
  assert.deepEqual(await told(hardDelete), [uri("3")]);
  assert.deepEqual(await told(hardDelete), [], "it was gone");
  assert.deepEqual(await told(row("1", { spaceId: "elsewhere" })), [], "the same id in another space");
  await subscriber.stop();
});

Deno.test("a list that the web app sends again unchanged is no news; a key of an object is", async () => {
  const { advance, row, sent, subscriber, write } = setUp();
  subscriber.add(uri("1"));
  await settle();
  const told = async (change: Record<string, unknown>) => {
    const before = sent.length;
    await write(change);
    await advance(2 * NOTIFY_MS);
    return sent.slice(before).map((entry) => entry.uri);
  };
  const set = (second: number, values: Record<string, unknown>) =>
    update("habits", "1", `2026-05-20T10:00:0${second}.000Z`, values, TEAM);
  assert.deepEqual(await told(row("1", { tags: ["a"], schedule: { days: [1] } })), [uri("1")]);
  assert.deepEqual(await told(set(1, { tags: ["a"] })), []);
  assert.deepEqual(await told(set(2, { tags: ["b"] })), [uri("1")]);
  assert.deepEqual(await told(set(3, { "schedule.time": "08:00" })), [uri("1")]);
  await subscriber.stop();
});

Deno.test("who may not see it any more when it is sent is not told, nor while that is not known", async () => {
  for (const change of ["membership", "scope"] as const) {
    const { advance, row, sent, state, subscriber, write } = setUp();
    subscriber.add(uri());
    await settle();
    await write(row("0"));
    await advance(2 * NOTIFY_MS);
    assert.equal(sent.length, 1);
    state.hasRoom = false;
    await write(row("1"));
    await advance(2 * NOTIFY_MS); // pulled, and due as soon as the reader has room
    if (change === "membership") state.isMember = false;
    else state.shows = false;
    state.hasRoom = true;
    subscriber.flush();
    await advance(2 * NOTIFY_MS);
    assert.equal(sent.length, 1, change);
    state.isMember = state.shows = true;
    subscriber.flush();
    await advance(2 * NOTIFY_MS);
    assert.equal(sent.length, 1, "nor later");
    await subscriber.stop();
  }
  const { advance, row, sent, state, subscriber, write } = setUp();
  subscriber.add(uri());
  await settle();
  state.hasRoom = false;
  await write(row("0"));
  await advance(2 * NOTIFY_MS);
  state.hasRoom = true;
  state.failure = new Refused({ reason: "upstream-failed", upstream: "auth", fault: "timeout" });
  subscriber.flush();
  await advance(2 * NOTIFY_MS);
  assert.equal(sent.length, 0);
  state.failure = null;
  await advance(2 * SUBSCRIBED_POLL_MS, 1_000);
  assert.equal(sent.length, 1, "told as soon as it is known again");
  assert.equal(state.overs, 0);
  await subscriber.stop();
});

Deno.test("a subscriber whose token has ended or was taken back says so once, and asks for nothing more", async () => {
  const ended = setUp(20);
  ended.subscriber.add(uri());
  await settle();
  assert.equal(ended.reads.length, 1);
  await ended.advance(2 * SUBSCRIBED_POLL_MS, 1_000);
  assert.deepEqual([ended.state.overs, ended.reads.length], [1, 1]);
  ended.subscriber.renew(requestContextFor("eve", "eve-1"));
  await settle();
  assert.equal(ended.reads.length, 1, "another person's token is none");
  ended.subscriber.renew(requestContextFor("ada", "ada-2"));
  await settle();
  assert.equal(ended.reads.at(-1)?.token, "ada-2");
  await ended.subscriber.stop();

  const revoked = setUp();
  revoked.subscriber.add(uri());
  await settle();
  revoked.state.failure = new Refused({ reason: "token-revoked" });
  await revoked.write(revoked.row("1"));
  await revoked.advance(SUBSCRIBED_POLL_MS, 1_000);
  assert.deepEqual([revoked.state.overs, revoked.sent.length, revoked.reads.length], [1, 0, 1]);
  await revoked.subscriber.stop();
});

Deno.test("a reader that does not read is told once when it does", async () => {
  const { advance, row, sent, state, subscriber, write } = setUp();
  subscriber.add(uri());
  await settle();
  state.hasRoom = false;
  for (let made = 0; made < 20; made++) {
    await write(row(`${made}`));
    await advance(NOTIFY_MS);
  }
  assert.equal(sent.length, 0);
  state.hasRoom = true;
  subscriber.flush();
  await advance(2 * NOTIFY_MS);
  assert.equal(sent.length, 1);
  await subscriber.stop();
});

Deno.test("what is no longer wanted is neither pulled nor told, and a stopped one leaves nothing behind", async () => {
  const { advance, clock, reads, row, sent, state, subscriber, watchers, write } = setUp();
  subscriber.add(uri("1"));
  subscriber.add(uri("2"));
  await settle();
  subscriber.remove(uri("1"));
  await write(row("1"), row("2"));
  await advance(2 * NOTIFY_MS);
  assert.deepEqual(sent.map((entry) => entry.uri), [uri("2")]);
  subscriber.remove(uri("2"));
  assert.equal(watchers.size, 0);
  const { length } = reads;
  await advance(2 * SUBSCRIBED_POLL_MS, 1_000);
  assert.equal(reads.length, length);
  subscriber.add(uri("3"));
  await subscriber.stop();
  assert.deepEqual([watchers.size, clock.armed(), state.errors.length], [0, 0, 0]);
  assert.equal(subscriber.add(uri("4")), false);
});
