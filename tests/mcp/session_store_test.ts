import { clockOf, createFakeClock } from "../_support/fake_clock.ts";
import assert from "node:assert/strict";
import { Refused } from "../../lib/kit/errors.ts";
import { newSessionId } from "../../lib/mcp/legacy/session_ids.ts";
import { createSessionStore, type SessionLimits } from "../../lib/mcp/legacy/session_store.ts";

const ADA = { issuer: "https://auth.test", subject: "ada" };
const BOB = { issuer: "https://auth.test", subject: "bob" };

/** A store whose sessions are named s1, s2, … and whose closed sessions are listed. */
function createStore(limits: Partial<SessionLimits> = {}) {
  const clock = createFakeClock();
  const closed: string[] = [];
  const errors: unknown[] = [];
  let made = 0;
  const sessions = createSessionStore<{ close(): Promise<void> }>({
    clock,
    newId: () => `s${++made}`,
    onError: (error) => void errors.push(error),
    limits: { perPerson: 2, total: 3, idleMs: 1_000, ...limits },
  });
  const build = (id: string) => Promise.resolve({ close: () => Promise.resolve(void closed.push(id)) });
  const settled = () => new Promise<void>((resolve) => queueMicrotask(() => queueMicrotask(resolve)));
  return { clock, closed, errors, sessions, build, settled };
}

function refusedFor(reason: string): (error: unknown) => boolean {
  return (error) => error instanceof Refused && error.refusal.reason === reason;
}

Deno.test("newSessionId() is long, random and visible ASCII", () => {
  const ids = Array.from({ length: 100 }, newSessionId);
  assert.equal(new Set(ids).size, 100);
  for (const id of ids) assert.match(id, /^[0-9a-f]{48}$/);
});

Deno.test("enter() leases a session to its owner only", async () => {
  const { sessions, build } = createStore();
  (await sessions.open(ADA, build)).release();
  sessions.enter("s1", { ...ADA }).release();
  assert.throws(() => sessions.enter("s1", BOB), refusedFor("session-foreign"));
  assert.throws(
    () => sessions.enter("s1", { ...ADA, issuer: "https://other.test" }),
    refusedFor("session-foreign"),
  );
  assert.throws(() => sessions.enter("s2", ADA), refusedFor("session-unknown"));
  await sessions.closeAll();
});

Deno.test("a person's key cannot be forged by a subject that holds a separator", async () => {
  const { sessions, build } = createStore();
  (await sessions.open({ issuer: "a", subject: 'b","c' }, build)).release();
  assert.throws(() => sessions.enter("s1", { issuer: 'a","b', subject: "c" }), refusedFor("session-foreign"));
  await sessions.closeAll();
});

Deno.test("end() closes the session once and forgets the session", async () => {
  const { sessions, build, closed, settled } = createStore();
  (await sessions.open(ADA, build)).release();
  sessions.end("s1");
  sessions.end("s1");
  await settled();
  assert.deepEqual(closed, ["s1"]);
  assert.throws(() => sessions.enter("s1", ADA), refusedFor("session-unknown"));
  assert.equal(sessions.count(), 0);
});

Deno.test("an ended session is closed and gone, whatever is made of its end", async () => {
  const closed: string[] = [];
  const ended: number[] = [];
  const clock = createFakeClock();
  const sessions = createSessionStore<{ close(): Promise<void> }>({
    clock,
    newId: () => "s1",
    onError: () => {},
    limits: { perPerson: 2, total: 3, idleMs: 1_000 },
    onEnded(_, ms) {
      ended.push(ms);
      throw new Error("the trace is out of order");
    },
  });
  const build = (id: string) => Promise.resolve({ close: () => Promise.resolve(void closed.push(id)) });
  (await sessions.open(ADA, build)).release();
  clock.advance(300);
  assert.throws(() => sessions.end("s1"), /the trace is out of order/);
  assert.equal(sessions.count(), 0);
  await sessions.closeAll();
  assert.deepEqual([closed, ended], [["s1"], [300]]);
  assert.equal(clock.armed(), 0);
});

Deno.test("an idle session ends by the timer, which is gone with the last session", async () => {
  const { sessions, build, clock, closed, settled } = createStore();
  (await sessions.open(ADA, build)).release();
  clock.advance(600);
  (await sessions.open(BOB, build)).release();
  clock.advance(399);
  assert.equal(sessions.count(), 2);
  clock.advance(1);
  await settled();
  assert.deepEqual(closed, ["s1"]);
  assert.equal(clock.armed(), 1);
  clock.advance(600);
  await settled();
  assert.deepEqual(closed, ["s1", "s2"]);
  assert.equal(clock.armed(), 0);
});

Deno.test("an idle session ends on access even when the timer is late", async () => {
  const { sessions, build, clock } = createStore();
  const late = createSessionStore<{ close(): Promise<void> }>({
    clock: clockOf(clock.now),
    newId: () => "s1",
    onError: () => {},
    limits: { perPerson: 2, total: 3, idleMs: 1_000 },
  });
  (await late.open(ADA, build)).release();
  clock.advance(1_000);
  assert.throws(() => late.enter("s1", ADA), refusedFor("session-unknown"));
  await sessions.closeAll();
});

Deno.test("use postpones the end, and a lease holds it off for as long as it lasts", async () => {
  const { sessions, build, clock } = createStore();
  (await sessions.open(ADA, build)).release();
  clock.advance(999);
  const stream = sessions.enter("s1", ADA);
  const call = sessions.enter("s1", ADA);
  clock.advance(10_000);
  call.release();
  call.release(); // counts once
  clock.advance(10_000);
  assert.equal(sessions.count(), 1);
  stream.release();
  clock.advance(999);
  assert.equal(sessions.count(), 1);
  clock.advance(1_000);
  assert.equal(sessions.count(), 0);
  assert.equal(clock.armed(), 0);
});

Deno.test("touch() postpones the end for the owner only, and leaves a session that is in use alone", async () => {
  const { sessions, build, clock } = createStore();
  (await sessions.open(ADA, build)).release();
  (await sessions.open(BOB, build)).release();
  clock.advance(999);
  const session = sessions.touch("s1", ADA);
  assert.throws(() => sessions.touch("s2", ADA), refusedFor("session-foreign"));
  assert.throws(() => sessions.touch("s9", ADA), refusedFor("session-unknown"));
  clock.advance(999); // s2 has ended, s1 was used
  assert.equal(sessions.count(), 1);
  const stream = sessions.enter("s1", ADA);
  assert.equal(stream.session, session);
  sessions.touch("s1", ADA);
  clock.advance(10_000);
  assert.equal(sessions.count(), 1, "a session in use does not end, touched or not");
  stream.release();
  clock.advance(1_000);
  assert.equal(sessions.count(), 0);
  assert.throws(() => sessions.touch("s1", ADA), refusedFor("session-unknown"));
  assert.equal(clock.armed(), 0);
});

Deno.test("a lease that outlives its session brings nothing back", async () => {
  const { sessions, build, clock } = createStore();
  const stream = await sessions.open(ADA, build);
  await sessions.open(BOB, build);
  sessions.end("s1");
  stream.release();
  clock.advance(10_000);
  assert.equal(sessions.count(), 1);
  assert.equal(clock.scheduled(), 11); // once per idle time, not once per millisecond for a session that is gone
  await sessions.closeAll();
});

Deno.test("open() closes the person's longest idle session to make room", async () => {
  const { sessions, build, clock, closed, settled } = createStore();
  (await sessions.open(ADA, build)).release();
  clock.advance(1);
  (await sessions.open(ADA, build)).release();
  clock.advance(1);
  sessions.enter("s1", ADA).release(); // s2 is the oldest now
  clock.advance(1);
  (await sessions.open(ADA, build)).release();
  await settled();
  assert.deepEqual(closed, ["s2"]);
  assert.equal(sessions.count(), 2);
  await sessions.closeAll();
});

Deno.test("open() refuses when all sessions of the person are in use, and never closes another's", async () => {
  const { sessions, build, closed } = createStore({ total: 10 });
  (await sessions.open(BOB, build)).release();
  const first = await sessions.open(ADA, build);
  await sessions.open(ADA, build);
  await assert.rejects(sessions.open(ADA, build), refusedFor("sessions-full"));
  assert.deepEqual(closed, []);
  first.release();
  await sessions.open(ADA, build);
  await sessions.closeAll();
});

Deno.test("open() refuses when the store is full, before anything is built", async () => {
  const { sessions, build } = createStore({ total: 1 });
  (await sessions.open(ADA, build)).release();
  let built = false;
  await assert.rejects(
    sessions.open(BOB, (id) => {
      built = true;
      return build(id);
    }),
    refusedFor("sessions-full"),
  );
  assert.equal(built, false);
  await sessions.closeAll();
});

Deno.test("open() makes room in a full store by what has expired", async () => {
  const { sessions, build, clock } = createStore({ total: 1 });
  (await sessions.open(ADA, build)).release();
  clock.advance(1_000);
  (await sessions.open(BOB, build)).release();
  assert.equal(sessions.count(), 1);
  await sessions.closeAll();
});

Deno.test("many open() at once cannot pass the limit together", async () => {
  const { sessions, build } = createStore({ total: 10 });
  const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => sessions.open(ADA, build)));
  assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 2);
  assert.equal(sessions.count(), 2);
  await sessions.closeAll();
});

Deno.test("open() frees the place when building fails", async () => {
  const { sessions, clock } = createStore();
  await assert.rejects(sessions.open(ADA, () => Promise.reject(new Error("no server"))), /no server/);
  assert.equal(sessions.count(), 0);
  assert.equal(clock.armed(), 0);
});

Deno.test("a session is unknown while it is being built", async () => {
  const { sessions, build } = createStore();
  const opening = sessions.open(ADA, build);
  assert.throws(() => sessions.enter("s1", ADA), refusedFor("session-unknown"));
  (await opening).release();
  sessions.enter("s1", ADA).release();
  await sessions.closeAll();
});

Deno.test("closeAll() closes everything, also what is still being built, and lets nothing in", async () => {
  const { sessions, build, closed, clock, settled } = createStore();
  (await sessions.open(ADA, build)).release();
  const opening = assert.rejects(sessions.open(ADA, build), refusedFor("stopping"));
  await sessions.closeAll();
  await opening;
  await settled();
  assert.deepEqual(closed.sort(), ["s1", "s2"]);
  assert.equal(clock.armed(), 0);
  await assert.rejects(sessions.open(ADA, build), refusedFor("stopping"));
  assert.throws(() => sessions.enter("s1", ADA), refusedFor("session-unknown"));
});

Deno.test("a session that fails to close is reported, and is over", async () => {
  const { sessions, errors } = createStore();
  (await sessions.open(ADA, () => Promise.resolve({ close: () => Promise.reject(new Error("stuck")) })))
    .release();
  await sessions.closeAll();
  assert.equal(errors.length, 1);
  assert.equal(sessions.count(), 0);
});

Deno.test("an id that is in use is never given out again", async () => {
  const { build } = createStore();
  const sessions = createSessionStore<{ close(): Promise<void> }>({
    ...{ clock: clockOf(() => 0), newId: () => "same", onError: () => {} },
    limits: { perPerson: 2, total: 3, idleMs: 1_000 },
  });
  (await sessions.open(ADA, build)).release();
  await assert.rejects(sessions.open(BOB, build), /the new id is already in use/);
  assert.throws(() => sessions.enter("same", BOB), refusedFor("session-foreign"));
  await sessions.closeAll();
});
