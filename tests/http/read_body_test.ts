import { createFakeClock } from "../_support/fake_clock.ts";
import assert from "node:assert/strict";
import { Refused } from "../../lib/kit/errors.ts";
import { type BodyLimits, readBody } from "../../lib/http/read_body.ts";

function request(body: BodyInit | null, headers: Record<string, string> = {}): Request {
  return new Request("http://gateway.test/", { method: "POST", body, headers });
}

function read(from: Request, overrides: Partial<BodyLimits> = {}) {
  return readBody(from, {
    maxBytes: 8,
    timeoutMs: 1_000,
    clock: createFakeClock(),
    ...overrides,
  });
}

function refusedFor(reason: string): (error: unknown) => boolean {
  return (error) => error instanceof Refused && error.refusal.reason === reason;
}

const bytes = (...values: number[]) => new Uint8Array(values);

Deno.test("readBody() returns the bytes of all chunks in order", async () => {
  const read123 = await read(request(ReadableStream.from([bytes(1, 2), bytes(), bytes(3)])));
  assert.deepEqual([...read123], [1, 2, 3]);
});

Deno.test("readBody() returns no bytes when there is no body", async () => {
  assert.deepEqual(await read(request(null)), bytes());
});

Deno.test("readBody() takes a body of exactly the limit", async () => {
  assert.equal((await read(request("12345678"))).byteLength, 8);
});

Deno.test("readBody() refuses a declared length over the limit without reading", async () => {
  let pulled = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled++;
      controller.enqueue(bytes(1));
    },
  }, { highWaterMark: 0 });
  await assert.rejects(read(request(body, { "content-length": "9" })), refusedFor("body-too-large"));
  assert.equal(pulled, 0);
});

Deno.test("readBody() counts the bytes of a body without a length and stops reading at the limit", async () => {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(5)),
    cancel: () => void (cancelled = true),
  }, { highWaterMark: 0 });
  await assert.rejects(read(request(body)), refusedFor("body-too-large"));
  assert.equal(cancelled, true);
});

Deno.test("readBody() counts the bytes of a body whose length is a lie", async () => {
  const body = ReadableStream.from([new Uint8Array(9)]);
  await assert.rejects(read(request(body, { "content-length": "2" })), refusedFor("body-too-large"));
});

Deno.test("readBody() keeps the bytes of a body and not the buffers they came in, and counts what it keeps", async () => {
  // Deno's server hands each part over as a view of 64 KiB. Who keeps the view keeps all of it, for each byte that trickles in;
  // who has copied the byte does not mind that the next part comes in the same buffer.
  const buffer = new Uint8Array(64 * 1024);
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent === 10_000) return controller.close();
      buffer[0] = sent++ % 251;
      controller.enqueue(buffer.subarray(0, 1));
    },
  }, { highWaterMark: 0 });
  let counted = 0;
  const account = { add: (bytes: number) => void (counted += bytes), close() {} };
  const limits = { maxBytes: 12_000, timeoutMs: 1_000, clock: createFakeClock() };
  const read = await readBody(request(body), limits, { waiting: () => account });
  assert.ok(read.every((byte, at) => byte === at % 251) && read.byteLength === 10_000);
  assert.equal(counted, read.buffer.byteLength);
  assert.equal(counted, limits.maxBytes);
});

Deno.test("readBody() cuts a body that trickles in too slowly", async () => {
  const clock = createFakeClock();
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(bytes(1)),
    cancel: () => void (cancelled = true),
  });
  const reading = read(request(body), { clock });
  const refused = assert.rejects(reading, refusedFor("body-timeout"));
  clock.advance(999);
  assert.equal(cancelled, false);
  clock.advance(1);
  await refused;
  assert.equal(cancelled, true);
});

Deno.test("readBody() leaves no timer behind", async () => {
  const clock = createFakeClock();
  await read(request("ok"), { clock });
  await assert.rejects(read(request("far too long"), { clock }));
  assert.equal(clock.armed(), 0);
});

Deno.test("readBody() says that the client went away when the body breaks off", async () => {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.error(new Error("reset")),
  });
  await assert.rejects(read(request(body)), refusedFor("cancelled"));
});
