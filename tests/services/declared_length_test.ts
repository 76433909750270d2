/** Answers that declare a length are read in one go by the real client: what it makes of them is the subject here. */
import { clockOf } from "../_support/fake_clock.ts";
import assert from "node:assert/strict";
import { Refused } from "../../lib/kit/errors.ts";
import { MAX_UPSTREAM_BYTES } from "../../lib/kit/limits.ts";
import { createServiceClient } from "../../lib/services/service_client.ts";

const NEVER_MS = 60_000;

/** A service that answers each connection with these bytes and then says nothing more, as long as `use` runs. */
async function withService(
  bytes: Uint8Array,
  use: (url: string, asked: Promise<void>) => Promise<void>,
): Promise<void> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open: Deno.Conn[] = [];
  const asked = Promise.withResolvers<void>();
  const serving = (async () => {
    for await (const connection of listener) {
      open.push(connection);
      await connection.read(new Uint8Array(4_096));
      const writer = connection.writable.getWriter();
      // The reader may have had enough before all is out.
      void writer.write(bytes).catch(() => {}).finally(() => writer.releaseLock());
      asked.resolve();
    }
  })().catch(() => {});
  try {
    await use(`http://127.0.0.1:${listener.addr.port}/x`, asked.promise);
  } finally {
    listener.close();
    await serving;
    for (const connection of open) {
      try {
        connection.close();
      } catch {
        // The client was faster.
      }
    }
  }
}

function send(url: string, timeoutMs: number, signal?: AbortSignal) {
  const client = createServiceClient({ fetch, clock: clockOf(() => 0), timeoutMs });
  return client.send({ service: "sync", url, ...(signal === undefined ? {} : { signal }) });
}

async function refusalOf(sent: Promise<unknown>) {
  const error: unknown = await sent.then(() => assert.fail("it was answered"), (thrown: unknown) => thrown);
  assert.ok(error instanceof Refused, String(error));
  return error.refusal;
}

function answer(headers: readonly string[], body: Uint8Array | string): Uint8Array {
  const head = new TextEncoder().encode(`${["HTTP/1.1 200 OK", ...headers].join("\r\n")}\r\n\r\n`);
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const whole = new Uint8Array(head.length + bytes.length);
  whole.set(head);
  whole.set(bytes, head.length);
  return whole;
}

const refusedFor = (fault: string) => ({ reason: "upstream-failed", upstream: "sync", fault });

Deno.test("a declared body that stops coming is a timeout", async () => {
  await withService(answer(["content-length: 100"], '{"serverChanges":'), async (url) => {
    assert.deepEqual(await refusalOf(send(url, 50)), refusedFor("timeout"));
  });
});

Deno.test("a caller who goes away in the middle of a declared body is not waited for", async () => {
  await withService(answer(["content-length: 100"], '{"serverChanges":'), async (url, asked) => {
    const gone = new AbortController();
    const sent = refusalOf(send(url, NEVER_MS, gone.signal));
    await asked;
    gone.abort();
    assert.deepEqual(await sent, { reason: "cancelled" });
  });
});

Deno.test("what comes after the declared length is no part of the answer", async () => {
  await withService(answer(["content-length: 8", "connection: close"], '{"a": 1}{"a": 2}'), async (url) => {
    assert.deepEqual((await send(url, NEVER_MS)).json, { a: 1 });
  });
});

Deno.test("a packed body is counted as it is unpacked, whatever length it declares", async () => {
  const packed = await new Response(
    new Blob([new Uint8Array(MAX_UPSTREAM_BYTES + 1).fill(0x20)]).stream()
      .pipeThrough(new CompressionStream("gzip")),
  ).bytes();
  assert.ok(packed.byteLength < MAX_UPSTREAM_BYTES / 100);
  const headers = [`content-length: ${packed.byteLength}`, "content-encoding: gzip", "connection: close"];
  await withService(answer(headers, packed), async (url) => {
    assert.deepEqual(await refusalOf(send(url, NEVER_MS)), refusedFor("too-large"));
  });
});

Deno.test("a longer declared body than may be is given up", async () => {
  const headers = [`content-length: ${MAX_UPSTREAM_BYTES + 1}`, "connection: close"];
  const body = new Uint8Array(MAX_UPSTREAM_BYTES + 1).fill(0x20);
  await withService(answer(headers, body), async (url) => {
    assert.deepEqual(await refusalOf(send(url, NEVER_MS)), refusedFor("too-large"));
  });
});
