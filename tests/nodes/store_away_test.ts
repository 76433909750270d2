// When the shared store counts as away, and when not: with a server that answers as a test says, and with time that moves only when told.
import assert from "node:assert/strict";
import { wait } from "../../lib/kit/clock.ts";
import { hideStrictly } from "../../lib/kit/secret.ts";
import { defineStoreScript } from "../../lib/nodes/shared_store.ts";
import { createValkeyStore } from "../../lib/nodes/valkey_store.ts";
import { createLog } from "../../lib/observe/log.ts";
import { createFakeClock } from "../_support/fake_clock.ts";
import { ONE, type RespServer, startRespServer } from "../_support/resp_server.ts";

const SCRIPT = defineStoreScript("return 1");

function openStore(server: Pick<RespServer, "url">) {
  const clock = createFakeClock();
  const lines: string[] = [];
  const store = createValkeyStore({
    valkey: { url: hideStrictly(server.url), host: new URL(server.url).host },
    clock,
    log: createLog({ level: "debug", clock, write: (line) => void lines.push(line) }),
  });
  const decide = () => store.decide(SCRIPT, ["mm1:{a}:b"], [1]);
  return {
    store,
    clock,
    decide,
    events: () => lines.map((line) => JSON.parse(line)).map(({ event, fault }) => [event, fault]),
    lines,
    /** What the store does next by itself is then set to its time. */
    until: async (state: "up" | "degraded") => {
      while (store.state() !== state) await wait(1);
      await wait(0);
    },
    [Symbol.asyncDispose]: () => store.close(),
  };
}

/** Resolves when the server has been asked so often. */
async function untilAsked(server: RespServer, times: number): Promise<void> {
  while (server.commands.filter(([name]) => name === "EVALSHA").length < times) await wait(1);
}

Deno.test("a process that was busy for 200 ms, five times, has not missed an answer", async () => {
  await using server = startRespServer();
  await using opened = openStore(server);
  await opened.until("up");
  for (let time = 0; time < 5; time++) {
    const answer = opened.decide();
    opened.clock.stall(200);
    assert.equal(await answer, 1);
  }
  assert.deepEqual(opened.store.totals(), { answered: 5, missed: 0, skipped: 0 });
  assert.equal(opened.store.state(), "up");
});

Deno.test("a process that is busy again and again while it waits reads what has arrived in between", async () => {
  await using server = startRespServer(() => ONE);
  await using opened = openStore(server);
  await opened.until("up");
  const before = server.commands.length;
  server.answer = () => null;
  const answer = opened.decide();
  for (let time = 0; time < 13; time++) opened.clock.stall(200);
  while (server.commands.length === before) await wait(1);
  let isOver = false;
  void answer?.then(() => isOver = true);
  await wait(0);
  assert.equal(isOver, false);
  // However busy it is, there is an end.
  opened.clock.stall(200);
  assert.equal(await answer, null);
});

Deno.test("a store that is silent is waited for 30 ms, three times; then nobody waits, until a trial a second later", async () => {
  await using server = startRespServer();
  await using opened = openStore(server);
  const { clock, store, decide } = opened;
  await opened.until("up");
  server.answer = () => null;
  for (let miss = 1; miss <= 3; miss++) {
    assert.equal(store.state(), "up");
    let isOver = false;
    const answer = decide()?.then((reply) => {
      isOver = true;
      return reply;
    });
    clock.advance(29);
    await wait(0);
    assert.equal(isOver, false, "29 ms are not too long");
    clock.advance(6);
    assert.equal(await answer, null);
  }
  await opened.until("degraded");
  assert.equal(decide(), null);
  assert.deepEqual(store.totals(), { answered: 0, missed: 3, skipped: 1 });
  assert.deepEqual(opened.events(), [["store-degraded", "silent"]]);
  const asked = server.commands.length;
  clock.advance(999);
  await wait(0);
  assert.equal(server.commands.length, asked, "it is left alone for a second");
  server.answer = () => ONE;
  await server.goOn();
  clock.advance(1);
  await opened.until("up");
  assert.deepEqual(opened.events(), [["store-degraded", "silent"], ["store-back", undefined]]);
  // The connection was good: nobody had to make another one.
  assert.equal(server.commands.filter(([name]) => name === "HELLO").length, 1);
});

Deno.test("two misses between answers are no outage", async () => {
  await using server = startRespServer();
  await using opened = openStore(server);
  await opened.until("up");
  for (let round = 0; round < 3; round++) {
    server.answer = () => "-BUSY Redis is busy running a script\r\n";
    assert.deepEqual([await opened.decide(), await opened.decide()], [null, null]);
    server.answer = () => ONE;
    assert.equal(await opened.decide(), 1);
  }
  assert.equal(opened.store.state(), "up");
});

Deno.test("a store that nobody has asked for five seconds is tried, so that /ready is true", async () => {
  await using server = startRespServer();
  await using opened = openStore(server);
  await opened.until("up");
  server.answer = () => null;
  opened.clock.advance(5_000);
  for (let trial = 2; trial <= 4; trial++) {
    await untilAsked(server, trial);
    opened.clock.advance(35);
    await wait(0);
  }
  await opened.until("degraded");
});

const REPLIES: readonly (readonly [reply: string, fault: string])[] = [
  ["-LOADING Redis is loading the dataset in memory\r\n", "loading"],
  ["-READONLY You can't write against a read only replica.\r\n", "read-only"],
  ["-MOVED 866 10.0.0.7:6379\r\n", "cluster"],
  ["-NOPERM this user has no permissions\r\n", "forbidden"],
  ["-OOM command not allowed when used memory > 'maxmemory'.\r\n", "full"],
  ["-MISCONF Redis is configured to save RDB snapshots\r\n", "no-writes"],
  ["-ERR something else\r\n", "answer"],
  ["_\r\n", "answer"],
  ["#t\r\n", "answer"],
  ["*1\r\n_\r\n", "answer"],
  ["%1\r\n+a\r\n:1\r\n", "answer"],
];

for (const [reply, fault] of REPLIES) {
  Deno.test(`a store that answers ${JSON.stringify(reply)} is away, for ${fault}, until it decides`, async () => {
    await using server = startRespServer();
    await using opened = openStore(server);
    await opened.until("up");
    server.answer = ([name]) => name === "HELLO" ? ONE : reply;
    for (let miss = 0; miss < 3; miss++) assert.equal(await opened.decide(), null);
    await opened.until("degraded");
    assert.deepEqual(opened.events(), [["store-degraded", fault]]);
    server.answer = () => ONE;
    opened.clock.advance(1_000);
    await opened.until("up");
    assert.equal(await opened.decide(), 1);
  });
}

Deno.test("one write that is refused is enough, whatever is read: a store that is told nothing knows nothing", async () => {
  for (const word of ["READONLY", "OOM", "MISCONF", "NOREPLICAS"]) {
    await using server = startRespServer();
    await using opened = openStore(server);
    await opened.until("up");
    const before = opened.store.generation();
    server.answer = ([_name, sha]) => sha === SCRIPT.sha ? `-${word} refused\r\n` : ONE;
    const reading = opened.store.decide(defineStoreScript("return 2"), ["mm1:{a}:b"], []);
    assert.deepEqual([await reading, await opened.decide()], [1, null]);
    assert.equal(opened.store.state(), "degraded", word);
    await opened.until("degraded");
    opened.clock.advance(1_000);
    await opened.until("up");
    assert.ok(opened.store.generation() > before, "what it was to know meanwhile it does not know");
  }
});

for (const garbage of ["HTTP/1.1 400 Bad Request\r\n\r\n", "\0\x01\x02\r\n", ":notanumber\r\n$-5\r\n"]) {
  Deno.test(`a store that answers ${JSON.stringify(garbage)} is away, and the gateway goes on`, async () => {
    await using server = startRespServer();
    await using opened = openStore(server);
    await opened.until("up");
    server.answer = () => garbage;
    while (opened.store.state() === "up") {
      const answer = opened.decide();
      opened.clock.advance(35);
      assert.notEqual(await answer, 1);
    }
    await opened.until("degraded");
    server.answer = () => ONE;
    opened.clock.advance(1_000);
    await opened.until("up");
    assert.equal(await opened.decide(), 1);
  });
}

const HANDSHAKES: readonly (readonly [reply: string, fault: string])[] = [
  ["-WRONGPASS invalid username-password pair or user is disabled.\r\n", "password"],
  ["-NOAUTH HELLO must be called with the client already authenticated\r\n", "password"],
  ["-ERR unknown command 'HELLO'\r\n", "answer"],
  ["-NOPROTO unsupported protocol version\r\n", "answer"],
  ["SSH-2.0-OpenSSH_9.2\r\n", "answer"],
];

for (const [reply, fault] of HANDSHAKES) {
  Deno.test(`a server that greets with ${JSON.stringify(reply)} is named as ${fault}, without the address`, async () => {
    await using server = startRespServer(() => reply);
    const url = server.url.replace("//", "//somebody:pass-word@");
    await using opened = openStore({ url });
    while (opened.lines.length === 0) {
      await wait(1);
      opened.clock.advance(10);
    }
    assert.deepEqual(opened.events(), [["store-degraded", fault]]);
    assert.ok(!/pass-word|somebody|127\.0\.0\.1/.test(opened.lines.join("")));
    assert.equal(opened.decide(), null);
  });
}

Deno.test("a server that takes connections and says nothing is given up after a second, each time", async () => {
  await using server = startRespServer(() => null);
  await using opened = openStore(server);
  while (server.commands.length === 0) await wait(1);
  opened.clock.advance(1_000);
  while (opened.lines.length === 0) await wait(1);
  assert.deepEqual(opened.events(), [["store-degraded", "silent"]]);
});

Deno.test("a store that comes and goes is told once a minute", async () => {
  await using server = startRespServer();
  await using opened = openStore(server);
  await opened.until("up");
  const flap = async () => {
    server.cut();
    await opened.until("degraded");
    opened.clock.advance(1_000);
    await opened.until("up");
  };
  for (let time = 0; time < 5; time++) await flap();
  assert.deepEqual(opened.events(), [["store-degraded", "closed"], ["store-back", undefined]]);
  opened.clock.advance(60_000);
  await opened.until("up");
  await flap();
  assert.equal(opened.events().length, 4);
});

Deno.test("closed at any moment, the store leaves no timer and no connection", async () => {
  await using server = startRespServer();
  for (let moment = 0; moment < 6; moment++) {
    const opened = openStore(server);
    if (moment > 0) await opened.until("up");
    if (moment === 2) server.answer = () => null;
    const answer = moment > 1 ? opened.decide() : null;
    if (moment > 3) opened.clock.advance(10);
    await opened.store.close();
    await answer;
    assert.equal(opened.clock.armed(), 0, `moment ${moment}`);
    assert.equal(opened.decide(), null);
    server.answer = () => ONE;
  }
});
