import { clockOf } from "../_support/fake_clock.ts";
import assert from "node:assert/strict";
import { describeRefusal, Refused } from "../../lib/kit/errors.ts";
import type { ServiceName } from "../../lib/kit/services.ts";
import { MAX_UPSTREAM_BYTES } from "../../lib/kit/limits.ts";
import {
  createServiceClient,
  type ServiceObservation,
  type ServiceRequest,
} from "../../lib/services/service_client.ts";

const REQUEST: ServiceRequest = { service: "sync", url: "http://sync.test/x" };

/** Fails as `fetch` does when its signal ends, and never otherwise. */
const silence: typeof fetch = (_input, init) =>
  new Promise((_resolve, reject) => {
    const { signal } = init ?? {};
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });

function createClient(fetch: typeof globalThis.fetch, timeoutMs = 5) {
  const seen: ServiceObservation[] = [];
  const client = createServiceClient({
    fetch,
    clock: clockOf(() => 0),
    timeoutMs,
    observe: (observation) => void seen.push(observation),
  });
  return { send: client.send, outcomes: () => seen.map(({ outcome }) => outcome) };
}

async function refusalOf(sent: Promise<unknown>) {
  const error: unknown = await sent.then(() => assert.fail("it was answered"), (thrown: unknown) => thrown);
  assert.ok(error instanceof Refused, String(error));
  return error.refusal;
}

Deno.test("no answer in time: refused as a timeout, in the words of the service that was asked", async () => {
  const words: Record<ServiceName, string> = {
    auth: "The auth service did not answer in time: try again later.",
    sync: "The sync service did not answer in time: try again later.",
    vault: "The key vault did not answer in time: try again later.",
    "sign-in": "The sign-in server did not answer in time: try again later.",
  };
  for (const upstream of ["auth", "sync", "vault", "sign-in"] as const) {
    const { send, outcomes } = createClient(silence);
    const refusal = await refusalOf(send({ ...REQUEST, service: upstream }));
    assert.deepEqual(refusal, { reason: "upstream-failed", upstream, fault: "timeout" });
    assert.deepEqual(describeRefusal(refusal), { status: 504, message: words[upstream] });
    assert.deepEqual(outcomes(), ["timeout"]);
  }
});

Deno.test("an answer whose body stops coming is a timeout as well, and the body is given up", async () => {
  let cancelled = false;
  const { send } = createClient((_input, init) => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"serverChanges":'));
        init?.signal?.addEventListener("abort", () => {
          cancelled = true;
          controller.error(init.signal?.reason);
        }, { once: true });
      },
    });
    return Promise.resolve(new Response(body));
  });
  assert.deepEqual(await refusalOf(send(REQUEST)), {
    reason: "upstream-failed",
    upstream: "sync",
    fault: "timeout",
  });
  assert.equal(cancelled, true);
});

Deno.test("a caller who goes away ends the request at once, and that is no fault of the service", async () => {
  const { send, outcomes } = createClient(silence, 60_000);
  const gone = new AbortController();
  const sent = refusalOf(send({ ...REQUEST, signal: gone.signal }));
  gone.abort();
  assert.deepEqual(await sent, { reason: "cancelled" });
  assert.deepEqual(outcomes(), []);
});

Deno.test("a redirect is never followed: one request, told to stop at the redirect", async () => {
  for (const status of [301, 302, 303, 307, 308]) {
    const modes: (RequestRedirect | undefined)[] = [];
    const { send } = createClient((_input, init) => {
      modes.push(init?.redirect);
      return Promise.resolve(new Response(null, { status, headers: { location: "http://elsewhere.test/" } }));
    });
    assert.deepEqual(await refusalOf(send(REQUEST)), {
      reason: "upstream-failed",
      upstream: "sync",
      fault: "redirected",
    });
    assert.deepEqual(modes, ["manual"]);
  }
});

Deno.test("a body of exactly the limit is read, one byte more is given up without reading the rest", async () => {
  const packed = { "content-length": "10", "content-encoding": "gzip" };
  const answerOf = (size: number, headers: Record<string, string> = {}) => {
    let sent = 0;
    let cancelled = false;
    const chunk = new Uint8Array(1024 * 1024).fill(0x20);
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const rest = size - sent;
        if (rest <= 0) return controller.close();
        const part = rest >= chunk.byteLength ? chunk : chunk.subarray(0, rest);
        sent += part.byteLength;
        // The last byte makes it JSON: white space around a number is fine.
        controller.enqueue(sent === size ? new Uint8Array([...part.subarray(1), 0x35]) : part);
      },
      cancel() {
        cancelled = true;
      },
    });
    return { response: new Response(body, { headers }), isCancelled: () => cancelled };
  };
  const fine = answerOf(MAX_UPSTREAM_BYTES);
  const whole = createClient(() => Promise.resolve(fine.response), 60_000);
  assert.deepEqual(await whole.send(REQUEST), { status: 200, json: 5, code: null });
  for (
    const [size, isCancelled, headers] of [
      [1, false, {}],
      [8 * 1024 * 1024, true, {}],
      [8 * 1024 * 1024, true, packed], // what it declares is its size before it is unpacked
    ] as const
  ) {
    const large = answerOf(MAX_UPSTREAM_BYTES + size, headers);
    const cut = createClient(() => Promise.resolve(large.response), 60_000);
    assert.deepEqual(await refusalOf(cut.send(REQUEST)), {
      reason: "upstream-failed",
      upstream: "sync",
      fault: "too-large",
    });
    assert.equal(large.isCancelled(), isCancelled);
  }
});

Deno.test("of an error body only a short word is kept, and nothing that could be data", async () => {
  const cases: [string, string | null][] = [
    ['{"code":"VAULT_NOT_INITIALISED","error":"vault not initialised"}', "VAULT_NOT_INITIALISED"],
    ['{"error":"sync_inactive","message":"inaktiv"}', "sync_inactive"],
    ['{"error":"pq: relation does not exist"}', null],
    [`{"code":"${"x".repeat(65)}"}`, null],
    ['{"code":5}', null],
    ['"text"', null],
    ["null", null],
    ["<html>", null],
    [`{"code":"WORD","pad":"${"x".repeat(5000)}"}`, null],
  ];
  for (const [body, code] of cases) {
    const { send, outcomes } = createClient(() => Promise.resolve(new Response(body, { status: 404 })));
    assert.deepEqual(await send(REQUEST), { status: 404, json: null, code }, body.slice(0, 80));
    assert.deepEqual(outcomes(), ["rejected"]);
  }
});
