import assert from "node:assert/strict";
import { z } from "zod";
import { startGateway } from "../../bench/servers/gateway.ts";
import { startProcess } from "../../bench/servers/process.ts";
import { startUpstream, type Upstream } from "../../bench/servers/upstream.ts";
import { parseUsage } from "../../bench/servers/usage.ts";
import {
  emptyPull,
  habitsList,
  listTools,
  spacesList,
  todoCreate,
  todoList,
} from "../../bench/workloads/requests.ts";
import { checkAnswer } from "../../bench/wrk/check_answer.ts";
import { touchAll } from "../../bench/wrk/measure_round.ts";
import { openSession } from "../../bench/wrk/open_session.ts";
import type { Caller } from "../../bench/wrk/write_requests.ts";

/** The parts of a benchmark run, as real processes: numbers over wrong answers would be worth nothing. */

const SMALL = { habits: 3, tasks: 60, changes: 2_500, latencyMs: 0 };
const Page = z.object({
  serverChanges: z.array(z.looseObject({ eventId: z.string(), id: z.string(), op: z.string() })),
  syncedUntil: z.string(),
  hasMore: z.literal(true).optional(),
});

async function pull({ url }: Upstream, caller: Caller, since: string): Promise<z.infer<typeof Page>> {
  const query = `collection=tasks&since=${encodeURIComponent(since)}`;
  const response = await fetch(`${url}/sync/todo/pull?${query}`, {
    headers: caller,
  });
  return Page.parse(await response.json());
}

async function push({ url }: Upstream, caller: Caller, changes: readonly unknown[]): Promise<void> {
  const response = await fetch(`${url}/sync/todo`, {
    method: "POST",
    headers: { ...caller, "content-type": "application/json" },
    body: JSON.stringify({ clientId: "a", since: "", schemaVersion: 1, changes }),
  });
  Page.parse(await response.json());
}

Deno.test("the stub pages through a whole history, once, and then has nothing new", async () => {
  const upstream = await startUpstream();
  try {
    const [caller = {}] = await upstream.callers(SMALL, 1);
    const sizes: number[] = [];
    const events = new Set<string>();
    let since = "1970-01-01T00:00:00.000000000Z";
    for (let hasMore = true; hasMore;) {
      const page = await pull(upstream, caller, since);
      sizes.push(page.serverChanges.length);
      for (const { eventId } of page.serverChanges) events.add(eventId);
      since = page.syncedUntil;
      hasMore = page.hasMore ?? false;
    }
    assert.deepEqual(sizes, [1_000, 1_000, 500]);
    assert.equal(events.size, SMALL.changes);
    // As far back as any cursor steps.
    const now = new Date(Date.now() - 10_000).toISOString();
    assert.deepEqual((await pull(upstream, caller, now)).serverChanges, []);
    const unknown = await fetch(`${upstream.url}/sync/todo/pull?collection=tasks&since=x`);
    assert.equal(unknown.status, 401);
    await unknown.body?.cancel();
  } finally {
    await upstream.stop();
  }
});

Deno.test("what is pushed to the stub comes back to its author only, and old rows are deleted again", async () => {
  const upstream = await startUpstream();
  try {
    const [caller = {}, other = {}] = await upstream.callers(SMALL, 2);
    const started = new Date(Date.now() - 1_000).toISOString();
    for (let i = 0; i < 25; i++) {
      await push(upstream, caller, [{ table: "tasks", id: `new-${i}`, op: "insert", data: { title: "x" } }]);
    }
    const { serverChanges } = await pull(upstream, caller, started);
    const ids = (op: string) => serverChanges.filter((change) => change.op === op).map(({ id }) => id);
    assert.equal(ids("insert").length, 25);
    assert.deepEqual(ids("delete"), ["new-0", "new-1", "new-2", "new-3", "new-4"]);
    assert.deepEqual((await pull(upstream, other, started)).serverChanges, []);
  } finally {
    await upstream.stop();
  }
});

Deno.test("the stub tells a person's stream of a push, and nobody else's", async () => {
  const upstream = await startUpstream();
  try {
    const [caller = {}, other = {}] = await upstream.callers(SMALL, 2);
    const stream = await fetch(`${upstream.url}/sync/todo/stream?collections=tasks`, {
      headers: caller,
    });
    assert.ok(stream.body);
    const reader = stream.body.pipeThrough(new TextDecoderStream()).getReader();
    assert.equal((await reader.read()).value, "event: heartbeat\ndata: {}\n\n");
    await push(upstream, other, [{ table: "notes", id: "a", op: "insert", data: {} }]);
    await push(upstream, caller, [{ table: "tasks", id: "b", op: "insert", data: {} }]);
    const { value = "" } = await reader.read();
    assert.match(value, /^event: changes\ndata: \{"changes":\[\],.*"table":"tasks"\}\n\n$/);
    await reader.cancel();
  } finally {
    await upstream.stop();
  }
});

Deno.test("a program that cannot be started says why", async () => {
  const child = startProcess("The peer", Deno.execPath(), { args: ["eval", "Deno.exit(3)"] });
  await assert.rejects(child.line(), { message: "The peer ended with code 3" });
  await child.stop();
});

Deno.test("every workload is answered by the real gateway as the checks expect, in both eras", async () => {
  const upstream = await startUpstream();
  const gateway = await startGateway(upstream.url);
  try {
    const { host } = gateway;
    const callers = await upstream.callers(SMALL, 3);
    for (const era of ["modern", "legacy"] as const) {
      const whose = era === "modern"
        ? callers
        : await Promise.all(callers.map((caller) => openSession(host, caller)));
      const shapes = [listTools, spacesList, habitsList, todoList, todoCreate].map((request) => request(era));
      await touchAll({ host, shapes: [...shapes, habitsList(era, "strict")], callers: whose });
    }
    await touchAll({ host: upstream.host, shapes: [emptyPull()], callers });
    assert.ok(gateway.startMs > 0);
  } finally {
    await gateway.stop();
    await upstream.stop();
  }
});

Deno.test("an answer that is not as expected is an error that tells what came instead", async () => {
  const upstream = await startUpstream();
  const gateway = await startGateway(upstream.url);
  try {
    const [good = {}] = await upstream.callers(SMALL, 1);
    const shape = spacesList("modern");
    await assert.rejects(
      checkAnswer(gateway.host, { ...shape, marker: "no such text" }, good),
      /wrong answer, without no such text: 200 \{.*space-home/,
    );
    // Whatever its body holds.
    await assert.rejects(
      checkAnswer(gateway.host, { ...shape, marker: "{" }, { authorization: `${good.authorization}x` }),
      /wrong answer, another status than 200: 401/,
    );
    const { "mcp-method": _left, ...headers } = shape.headers;
    await assert.rejects(checkAnswer(gateway.host, { ...shape, headers }, good), /wrong answer/);
  } finally {
    await gateway.stop();
    await upstream.stop();
  }
});

Deno.test("what a process uses is read whatever its program is called", () => {
  const used = parseUsage(
    `7 (a (b) c) S ${Array.from({ length: 49 }, (_, i) => i + 4).join(" ")}\nName:\tx\nVmRSS:\t    2000 kB\n`,
  );
  assert.deepEqual(used, { cpuSeconds: (14 + 15) / 100, residentMb: 2.048 });
  assert.throws(() => parseUsage(""), TypeError);
});
