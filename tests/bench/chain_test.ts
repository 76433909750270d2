import assert from "node:assert/strict";
import { z } from "zod";
import { startGenerator } from "../../bench/load/generator.ts";
import { startGateway } from "../../bench/servers/gateway.ts";
import { startProcess } from "../../bench/servers/process.ts";
import { startUpstream, type Upstream } from "../../bench/servers/upstream.ts";
import { jobOf } from "../../bench/workloads/compare.ts";
import { habitsList, listTools, spacesList, todoCreate, todoList } from "../../bench/workloads/requests.ts";

/** The parts of a benchmark run, as real processes: numbers over wrong answers would be worth nothing. */

const SMALL = { habits: 3, tasks: 60, changes: 2_500, latencyMs: 0 };
const Page = z.object({
  serverChanges: z.array(z.looseObject({ eventId: z.string(), id: z.string(), op: z.string() })),
  syncedUntil: z.string(),
  hasMore: z.literal(true).optional(),
});

async function pull({ url }: Upstream, token: string, since: string): Promise<z.infer<typeof Page>> {
  const query = `collection=tasks&since=${encodeURIComponent(since)}`;
  const response = await fetch(`${url}/sync/todo/pull?${query}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return Page.parse(await response.json());
}

async function push({ url }: Upstream, token: string, changes: readonly unknown[]): Promise<void> {
  const response = await fetch(`${url}/sync/todo`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ clientId: "a", since: "", schemaVersion: 1, changes }),
  });
  Page.parse(await response.json());
}

Deno.test("the stub pages through a whole history, once, and then has nothing new", async () => {
  const upstream = await startUpstream();
  try {
    const [token = ""] = await upstream.tokens(SMALL, 1);
    const sizes: number[] = [];
    const events = new Set<string>();
    let since = "1970-01-01T00:00:00.000000000Z";
    for (let hasMore = true; hasMore;) {
      const page = await pull(upstream, token, since);
      sizes.push(page.serverChanges.length);
      for (const { eventId } of page.serverChanges) events.add(eventId);
      since = page.syncedUntil;
      hasMore = page.hasMore ?? false;
    }
    assert.deepEqual(sizes, [1_000, 1_000, 500]);
    assert.equal(events.size, SMALL.changes);
    // As far back as any cursor steps.
    const now = new Date(Date.now() - 10_000).toISOString();
    assert.deepEqual((await pull(upstream, token, now)).serverChanges, []);
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
    const [token = "", other = ""] = await upstream.tokens(SMALL, 2);
    const started = new Date(Date.now() - 1_000).toISOString();
    for (let i = 0; i < 25; i++) {
      await push(upstream, token, [{ table: "tasks", id: `new-${i}`, op: "insert", data: { title: "x" } }]);
    }
    const { serverChanges } = await pull(upstream, token, started);
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
    const [token = "", other = ""] = await upstream.tokens(SMALL, 2);
    const stream = await fetch(`${upstream.url}/sync/todo/stream?collections=tasks`, {
      headers: { authorization: `Bearer ${token}` },
    });
    assert.ok(stream.body);
    const reader = stream.body.pipeThrough(new TextDecoderStream()).getReader();
    assert.equal((await reader.read()).value, "event: heartbeat\ndata: {}\n\n");
    await push(upstream, other, [{ table: "notes", id: "a", op: "insert", data: {} }]);
    await push(upstream, token, [{ table: "tasks", id: "b", op: "insert", data: {} }]);
    const { value = "" } = await reader.read();
    assert.match(value, /^event: changes\ndata: \{"changes":\[\],.*"table":"tasks"\}\n\n$/);
    await reader.cancel();
  } finally {
    await upstream.stop();
  }
});

Deno.test("a peer that cannot be started says why", async () => {
  const child = startProcess({ name: "The peer", command: Deno.execPath(), args: ["eval", "Deno.exit(3)"] });
  await assert.rejects(child.line(), { message: "The peer ended with code 3" });
  await child.stop();
});

Deno.test("every workload is answered by the real gateway as the load generator expects, in both eras", async () => {
  const upstream = await startUpstream();
  const generator = startGenerator();
  const gateway = await startGateway(upstream.url);
  try {
    const tokens = await upstream.tokens(SMALL, 3);
    for (const era of ["modern", "legacy"] as const) {
      const requests = [listTools(era), spacesList(era), habitsList(era), todoList(era), todoCreate(era)];
      const job = jobOf({
        host: gateway.host,
        connections: 2,
        tokens,
        requests,
        inSession: era === "legacy",
      });
      await generator.prepare({ ...job, warmUpRequests: 0, parseEvery: 1 });
      const result = await generator.run();
      assert.equal(result.requests, tokens.length * requests.length);
      assert.ok(result.p50Ms > 0 && result.p50Ms <= result.p99Ms && result.p99Ms <= result.maxMs);
      await generator.finish();
    }
    assert.ok(gateway.startMs > 0);
  } finally {
    await gateway.stop();
    await generator.stop();
    await upstream.stop();
  }
});

Deno.test("an answer that is not as expected ends the run with what came instead", async () => {
  const upstream = await startUpstream();
  const generator = startGenerator();
  const gateway = await startGateway(upstream.url);
  try {
    const [good = ""] = await upstream.tokens(SMALL, 1);
    const job = (tokens: readonly string[], marker: string) => ({
      ...jobOf({
        host: gateway.host,
        connections: 1,
        tokens,
        requests: [{ ...spacesList("modern"), marker }],
        inSession: false,
      }),
      warmUpRequests: 1,
    });
    await assert.rejects(
      generator.prepare(job([good], "no such text")),
      /WrongAnswer: status 200, expected 200 with no such text: \{.*space-home/,
    );
    // Whatever its body holds.
    await assert.rejects(generator.prepare(job([`${good}x`], "{")), /WrongAnswer: status 401, expected 200/);
    await generator.prepare(job([good], "space-home"));
    await gateway.stop();
    await assert.rejects(generator.run(), /ResponseError|ConnectionReset|BrokenPipe/);
  } finally {
    await gateway.stop();
    await generator.stop();
    await upstream.stop();
  }
});
