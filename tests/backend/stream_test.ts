import assert from "node:assert/strict";
import { z } from "zod";
import { openSqlite } from "../../sign_in/database/open_sqlite.ts";
import { migrate } from "../../backend/database/schema.ts";
import { STREAM_BUFFER_BYTES, STREAM_TABLES, STREAMS_PER_PERSON } from "../../backend/kit/limits.ts";
import { createChangeLog } from "../../backend/sync/change_log.ts";
import { openChangeStream } from "../../backend/sync/change_stream.ts";
import { parseChangeset } from "../../backend/sync/changeset.ts";
import { createLogClock } from "../../backend/sync/log_clock.ts";
import { createStreamHub } from "../../backend/sync/stream_hub.ts";
import { type Account, bearer, createTestBackend, type TestBackend } from "../_support/test_backend.ts";
import { EPOCH, push } from "./_sync.ts";
import { makeTeam } from "../_support/team.ts";

const Changes = z.object({
  changes: z.array(z.looseObject({ id: z.string() })),
  hasMore: z.boolean(),
  syncedUntil: z.string(),
  table: z.string(),
});

/** One stream, read event by event. */
interface Reader {
  next(): Promise<{ event: string; data: string } | undefined>;
  /** Ids of the next `changes` event. */
  ids(): Promise<string[]>;
  cancel(): Promise<void>;
}

async function open(
  test: TestBackend,
  who: Account,
  tables = "tasks",
  client = "reader",
): Promise<Reader> {
  const response = await test.sync(`/sync/todo/stream?collections=${tables}&since=${EPOCH}`, {
    headers: { ...bearer(who), "x-client-id": client },
  });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  assert.ok(response.body);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const next = async () => {
    for (;;) {
      const match = /^event: (.*)\ndata: (.*)\n\n/.exec(text);
      if (match) {
        text = text.slice(match[0].length);
        return { event: match[1] ?? "", data: match[2] ?? "" };
      }
      const { value, done } = await reader.read();
      if (done) return undefined;
      text += value;
    }
  };
  return {
    next,
    async ids() {
      const event = await next();
      assert.equal(event?.event, "changes");
      return Changes.parse(JSON.parse(event.data)).changes.map((change) => change.id);
    },
    cancel: () => reader.cancel(),
  };
}

const insert = (id: string, more: object = {}) => ({
  table: "tasks",
  id,
  op: "insert",
  data: { n: 1 },
  ...more,
});
const health = async (test: TestBackend) => {
  const Health = z.object({ connections: z.number(), users: z.number() });
  return Health.parse(await (await test.sync("/health")).json());
};

Deno.test("stream: what changes while a portion is read comes too", async () => {
  using db = openSqlite(":memory:");
  migrate(db);
  const log = createChangeLog({
    db,
    clock: createLogClock(0, () => 1),
    randomUUID: () => crypto.randomUUID(),
  });
  const hub = createStreamHub(() => Promise.resolve([]));
  const anna = { userId: "anna", clientId: "writer", app: "todo" };
  const reader = { ...anna, clientId: "reader", spaceIds: [] };
  const parsed = parseChangeset(JSON.stringify({ clientId: "writer", changes: [insert("late")] }));
  assert.ok(parsed.ok);
  const { changes } = parsed.changeset;
  let reads = 0;
  const stream = openChangeStream({
    ...anna,
    tables: ["tasks"],
    since: 0,
    expiresAt: Infinity,
    async read(table, since) {
      const portion = log.portion(reader, table, since);
      reads += 1;
      if (reads === 1) {
        log.append(anna, changes);
        await hub.publish(anna, changes);
      }
      return portion;
    },
    hub,
    every: () => () => {},
    now: () => 0,
  });
  const events = stream.pipeThrough(new TextDecoderStream()).getReader();
  assert.match((await events.read()).value ?? "", /"id":"late"/);
  await events.cancel();
});

Deno.test("stream: catches up, then brings what comes, but not what the same device wrote", async () => {
  await using test = await createTestBackend();
  const anna = await test.person("anna");
  await push(test, anna, [insert("before")]);
  const stream = await open(test, anna);
  assert.deepEqual(await stream.ids(), ["before"]);
  await push(test, anna, [insert("echo")], "reader");
  await push(test, anna, [insert("after")]);
  assert.deepEqual(await stream.ids(), ["after"]);
  await push(test, anna, [{ ...insert("elsewhere"), table: "notes" }]); // a table nobody asked for
  assert.deepEqual(await stream.ids(), ["elsewhere"]);
  await stream.cancel();
});

Deno.test("stream: wakes the members of a space, and nobody else", async () => {
  await using test = await createTestBackend();
  const [anna, ben, cara] = [await test.person("anna"), await test.person("ben"), await test.person("cara")];
  const spaceId = await makeTeam(test, anna, ben);
  const [bens, caras] = [await open(test, ben), await open(test, cara)];
  await push(test, anna, [insert("team", { spaceId }), insert("private")]);
  assert.deepEqual(await bens.ids(), ["team"]);
  test.heartbeat();
  assert.deepEqual(await caras.next(), { event: "heartbeat", data: "{}" });
  assert.deepEqual(await bens.next(), { event: "heartbeat", data: "{}" });
  await Promise.all([bens.cancel(), caras.cancel()]);
});

Deno.test("stream: a long history comes page by page, whole and in order", async () => {
  await using test = await createTestBackend();
  const anna = await test.person("anna");
  const ids = Array.from({ length: 2500 }, (_, i) => `r${i}`);
  await push(test, anna, ids.map((id) => insert(id, { data: { text: "x".repeat(2000) } }))); // 5 MB: over the buffer
  const stream = await open(test, anna);
  const told: string[] = [];
  while (told.length < ids.length) told.push(...await stream.ids());
  assert.deepEqual(told, ids);
  await stream.cancel();
});

Deno.test("stream: ends at a stop, with its timer and its place in the counts", async () => {
  await using test = await createTestBackend();
  const anna = await test.person("anna");
  const streams = [
    await open(test, anna),
    await open(test, anna),
    await open(test, await test.person("ben")),
  ];
  assert.deepEqual(await health(test), { connections: 3, users: 2 });
  assert.match(await (await test.sync("/metrics")).text(), /^mana_sync_connections_total 3$/m);
  test.backend.endStreams();
  for (const stream of streams) assert.equal(await stream.next(), undefined);
  assert.deepEqual(await health(test), { connections: 0, users: 0 });
  assert.equal(test.timers(), 0);
});

Deno.test("stream: a reader that goes away is forgotten", async () => {
  await using test = await createTestBackend();
  const anna = await test.person("anna");
  const stream = await open(test, anna);
  assert.equal(test.timers(), 1);
  await stream.cancel();
  assert.deepEqual([await health(test), test.timers()], [{ connections: 0, users: 0 }, 0]);
  assert.equal(await push(test, anna, [insert("x")]), 200);
});

Deno.test("stream: a reader that does not read is dropped at the next heartbeat", async () => {
  await using test = await createTestBackend();
  const anna = await test.person("anna");
  const response = await test.sync(`/sync/todo/stream?collections=tasks`, { headers: bearer(anna) });
  for (let i = 0; i < 3; i++) {
    await push(test, anna, [insert(`big${i}`, { data: { text: "x".repeat(STREAM_BUFFER_BYTES) } })]);
  }
  test.heartbeat();
  assert.deepEqual([await health(test), test.timers()], [{ connections: 0, users: 0 }, 0]);
  const text = await response.text(); // what was buffered, then the end
  assert.ok(text.length < 2 * STREAM_BUFFER_BYTES);
});

Deno.test("stream: ends when its token has expired", async () => {
  await using test = await createTestBackend();
  const anna = await test.person("anna");
  const stream = await open(test, anna);
  test.clock.now += 899_000;
  test.heartbeat();
  assert.equal((await stream.next())?.event, "heartbeat");
  test.clock.now += 1000;
  test.heartbeat();
  assert.equal(await stream.next(), undefined);
});

Deno.test("stream: one person cannot open streams or watch tables without end", async () => {
  await using test = await createTestBackend();
  const anna = await test.person("anna");
  const watching = await open(test, anna);
  const tables = Array.from({ length: STREAM_TABLES }, (_, i) => ({ ...insert("x"), table: `t${i}` }));
  await push(test, anna, tables, "reader");
  assert.equal(await watching.next(), undefined);

  const streams = [];
  for (let i = 0; i < STREAMS_PER_PERSON; i++) streams.push(await open(test, anna));
  const refused = await test.sync("/sync/todo/stream", { headers: bearer(anna) });
  assert.deepEqual([refused.status, await refused.text()], [429, "too many streams\n"]);
  await Promise.all(streams.map((stream) => stream.cancel()));
});
