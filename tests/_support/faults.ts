// The ways in which a service fails, each full of a mark that may reach nobody.
import assert from "node:assert/strict";
import type { World } from "./world.ts";

/** Text that no answer and no log line may ever hold; every faulty answer is full of it. */
export const MARKER = "db-internal-7f3a.example";

/** Where a faulty service would send its caller. */
export const ELSEWHERE = `http://${MARKER}/elsewhere`;

/** Ways in which a service fails. Each call makes a new answer, or throws as `fetch` does. */
export const FAULTS = {
  "401": () => text(401),
  "402": () => json(402, { error: "sync_inactive", message: MARKER }),
  "403": () => text(403),
  "404": () => text(404),
  "408": () => text(408),
  "429": () => text(429),
  "500": () => text(500),
  "503 as JSON": () => json(503, { error: MARKER, code: MARKER, message: MARKER }),
  "HTML instead of JSON": () =>
    new Response(`<html>${MARKER}</html>`, { headers: { "content-type": "text/html" } }),
  "truncated JSON": () => new Response(`{"serverChanges":[{"table":"${MARKER}`, { headers: JSON_TYPE }),
  "bytes that are no UTF-8": () =>
    new Response(new Uint8Array([0x22, 0xff, 0xfe, 0x22]), { headers: JSON_TYPE }),
  "an empty body": () => new Response("", { headers: JSON_TYPE }),
  "JSON of another shape": () =>
    json(200, [{ changes: [{ table: MARKER, id: MARKER, op: "insert" }], id: 5, masterKey: MARKER }]),
  "a redirect": () => new Response(MARKER, { status: 302, headers: { location: ELSEWHERE } }),
  "a permanent redirect": () => new Response(MARKER, { status: 308, headers: { location: ELSEWHERE } }),
  "a body without end": () => new Response(endless(), { headers: JSON_TYPE }),
  "an error body without end": () => new Response(endless(), { status: 500 }),
  "a lost connection": (): Response => {
    throw new TypeError(`error sending request for ${MARKER}: connection refused`);
  },
  "a body that breaks off": () => new Response(broken(), { headers: JSON_TYPE }),
} as const satisfies Record<string, () => Response>;

/** Name of a fault. */
export type FaultName = keyof typeof FAULTS;

const JSON_TYPE = { "content-type": "application/json" };

/** All fault names. */
export const FAULT_NAMES: readonly FaultName[] = Object.keys(FAULTS).filter((name) => isFaultName(name));

function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(FAULTS, name);
}

function text(status: number): Response {
  return new Response(`failed: pq: relation at ${MARKER}\n`, { status, headers: { "x-served-by": MARKER } });
}

function json(status: number, body: unknown): Response {
  return Response.json(body, { status });
}

/** More than any limit, one megabyte at a time. */
function endless(): ReadableStream<Uint8Array> {
  const chunk = new TextEncoder().encode(`"${MARKER}",`.repeat(40_000));
  return new ReadableStream({ pull: (controller) => controller.enqueue(chunk) });
}

function broken(): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let started = false;
  return new ReadableStream({
    pull(controller) {
      if (started) controller.error(new TypeError(`connection to ${MARKER} reset`));
      else controller.enqueue(encoder.encode('{"serverChanges":['));
      started = true;
    },
  });
}

/** Makes requests whose URL has `part` (and whose method is `method`) fail; counts them. */
export function breakDown(
  world: World,
  part: string,
  fault: FaultName,
  method?: string,
): { readonly count: () => number } {
  let count = 0;
  world.intercept = (request) => {
    if (!request.url.includes(part) || (method !== undefined && request.method !== method)) return undefined;
    count += 1;
    return FAULTS[fault]();
  };
  return { count: () => count };
}

/** Asserts that nothing a service said is in `texts` or in the log, and that nobody followed a redirect. */
export function assertNothingLeaked(world: World, ...texts: readonly string[]): void {
  for (const line of [...texts, ...world.logLines]) assert.ok(!line.includes(MARKER), line);
  for (const { url } of world.upstreamCalls) assert.ok(!url.includes(MARKER), url);
}
