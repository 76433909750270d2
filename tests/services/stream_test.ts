import { clockOf } from "../_support/fake_clock.ts";
import assert from "node:assert/strict";
import fc from "fast-check";
import { type Refusal, Refused } from "../../lib/kit/errors.ts";
import { eventNames } from "../../lib/services/sse_event_names.ts";
import { MAX_UPSTREAM_BYTES } from "../../lib/kit/limits.ts";
import { createServiceClient, type ServiceObservation } from "../../lib/services/service_client.ts";

const URL_OF_STREAM = "http://sync.test/sync/todo/stream";
const SSE = { "content-type": "text/event-stream" };

function setUp(fetch: typeof globalThis.fetch, streamTimeoutMs = 60_000) {
  const seen: ServiceObservation[] = [];
  const requests: { readonly url: string; readonly init: RequestInit | undefined }[] = [];
  const client = createServiceClient({
    fetch: (input, init) => {
      requests.push({ url: String(input), init });
      return fetch(input, init);
    },
    clock: clockOf(() => 0),
    streamTimeoutMs,
    observe: (observation) => void seen.push(observation),
  });
  const gone = new AbortController();
  const listen = () =>
    client.listen({ service: "sync", url: URL_OF_STREAM, headers: { "x-a": "1" }, signal: gone.signal });
  return { listen, gone, seen, requests };
}

async function refusalOf(work: Promise<unknown>): Promise<Refusal> {
  const error: unknown = await work.then(() => assert.fail("it was answered"), (thrown: unknown) => thrown);
  assert.ok(error instanceof Refused, String(error));
  return error.refusal;
}

const streamOf = (...texts: string[]) =>
  ReadableStream.from(texts.map((text) => new TextEncoder().encode(text)));

/** As `fetch` makes it: whoever reads brings the buffer. */
const byteStreamOf = (parts: readonly Uint8Array<ArrayBuffer>[]) =>
  new ReadableStream({
    type: "bytes",
    start(controller) {
      for (const part of parts) if (part.byteLength > 0) controller.enqueue(part.slice());
      controller.close();
    },
  });

async function namesOf(body: ReadableStream<Uint8Array>, maxBytes = 1_000_000): Promise<string[]> {
  return await Array.fromAsync(eventNames(body, maxBytes, () => new RangeError("too large")));
}

Deno.test("a stream gives the names of its events, and one without a name is a message", async () => {
  const text =
    ': comment\n\nevent: changes\ndata: {"changes":[]}\n\nevent: heartbeat\ndata: {}\n\ndata: x\n\n' +
    "event: without data\n\nid: 7\nevent:last\r\ndata\r\n\r\nevent: cut off\ndata: ";
  assert.deepEqual(await namesOf(streamOf(text)), ["changes", "heartbeat", "message", "last"]);
});

Deno.test("however a stream is cut into pieces, its events are the same", async () => {
  const bytes = new TextEncoder().encode(
    `event: changes\ndata: ${"ä".repeat(1_500)}\n\nevent: heartbeat\r\ndata: {}\r\n\r\n${
      "x".repeat(300)
    }\n\n`,
  );
  await fc.assert(fc.asyncProperty(
    fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 30 }),
    async (cuts) => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
      const parts = places.slice(1).map((place, index) => bytes.subarray(places[index], place));
      assert.deepEqual(await namesOf(ReadableStream.from(parts)), ["changes", "heartbeat"]);
      assert.deepEqual(await namesOf(byteStreamOf(parts)), ["changes", "heartbeat"]);
    },
  ));
});

Deno.test("an event that never ends is given up, and ends are what the bytes are counted between", async () => {
  const line = `data: ${"x".repeat(93)}\n`;
  assert.deepEqual(
    await namesOf(streamOf(...Array.from({ length: 50 }, () => `${line}\n`)), 101).then((n) => n.length),
    50,
  );
  await assert.rejects(namesOf(streamOf(line, line), 150), RangeError);
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(1024 * 1024).fill(0x78)),
  });
  const { listen, seen } = setUp(() => Promise.resolve(new Response(endless, { headers: SSE })));
  const { events } = await listen();
  assert.ok(events);
  assert.deepEqual(await refusalOf(Array.fromAsync(events)), {
    reason: "upstream-failed",
    upstream: "sync",
    fault: "too-large",
  });
  assert.ok(MAX_UPSTREAM_BYTES > 1024 * 1024);
  assert.deepEqual(seen.map(({ outcome, ms }) => [outcome, ms]), [["ok", null], ["too-large", null]]);
});

Deno.test("what is no stream is refused or returned as what it is, and nothing of it is read", async () => {
  const cases: readonly [Response, Refusal | number, string][] = [
    [new Response("", { status: 302, headers: { location: "http://elsewhere.test/" } }), {
      reason: "upstream-failed",
      upstream: "sync",
      fault: "redirected",
    }, "redirected"],
    [Response.json({}), { reason: "upstream-failed", upstream: "sync", fault: "malformed" }, "malformed"],
    [new Response(null, { headers: SSE }), {
      reason: "upstream-failed",
      upstream: "sync",
      fault: "malformed",
    }, "malformed"],
    [new Response("unauthorized: secret\n", { status: 401 }), 401, "rejected"],
    [new Response("too many streams\n", { status: 429 }), 429, "rejected"],
    [new Response(null, { status: 204 }), 204, "rejected"],
  ];
  for (const [response, expected, outcome] of cases) {
    const { listen, seen, requests } = setUp(() => Promise.resolve(response));
    if (typeof expected === "number") assert.deepEqual(await listen(), { status: expected, events: null });
    else assert.deepEqual(await refusalOf(listen()), expected);
    assert.deepEqual(seen, [{ service: "sync", outcome, ms: null }]);
    assert.equal(requests.length, 1);
    assert.equal(requests[0]?.init?.redirect, "manual");
  }
});

Deno.test("headers that never come are a timeout; an unreachable host and one who leaves are what they are", async () => {
  const silence: typeof fetch = (_input, init) =>
    new Promise((_resolve, reject) => {
      init?.signal?.addEventListener("abort", () => reject(init.signal?.reason), { once: true });
    });
  assert.deepEqual(await refusalOf(setUp(silence, 1).listen()), {
    reason: "upstream-failed",
    upstream: "sync",
    fault: "timeout",
  });
  assert.deepEqual(await refusalOf(setUp(() => Promise.reject(new TypeError("db.internal"))).listen()), {
    reason: "upstream-failed",
    upstream: "sync",
    fault: "unreachable",
  });
  const leaving = setUp(silence);
  const refusal = refusalOf(leaving.listen());
  leaving.gone.abort();
  assert.deepEqual(await refusal, { reason: "cancelled" });
  assert.deepEqual(leaving.seen, []);
});

Deno.test("a stream ends with its signal and is given up; one that breaks is refused in fixed words", async () => {
  let cancelled = 0;
  const source = {
    start: (controller: { enqueue(part: Uint8Array<ArrayBuffer>): void }) =>
      controller.enqueue(new TextEncoder().encode("event: a\ndata: 1\n\n")),
    cancel: () => void cancelled++,
  };
  const usual = () => new ReadableStream<Uint8Array>(source);
  const bytes = () => new ReadableStream({ type: "bytes", ...source });
  for (
    const [open, how] of [[usual, "signal"], [usual, "leaving"], [bytes, "signal"], [
      bytes,
      "leaving",
    ]] as const
  ) {
    const { listen, gone } = setUp(() => Promise.resolve(new Response(open(), { headers: SSE })));
    const { events } = await listen();
    assert.ok(events);
    const names: string[] = [];
    for await (const name of events) {
      names.push(name);
      if (how === "leaving") break;
      gone.abort();
    }
    assert.deepEqual(names, ["a"]);
  }
  await new Promise((resolve) => setTimeout(resolve, 0)); // cancelling is not waited for
  assert.equal(cancelled, 4);
  const broken = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new TypeError("pq: x")),
  });
  const { listen, seen } = setUp(() => Promise.resolve(new Response(broken, { headers: SSE })));
  const { events } = await listen();
  assert.ok(events);
  assert.deepEqual(await refusalOf(Array.fromAsync(events)), {
    reason: "upstream-failed",
    upstream: "sync",
    fault: "unreachable",
  });
  assert.deepEqual(seen.map(({ outcome }) => outcome), ["ok", "unreachable"]);
});
