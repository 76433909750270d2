import assert from "node:assert/strict";
import { MAX_BODY_BYTES } from "../../lib/kit/limits.ts";
import { pushesOf } from "../_support/device.ts";
import { callOk, sendRaw } from "../_support/mcp.ts";
import { callHeaders, callMessage } from "../_support/mcp_request.ts";
import { createWorld } from "../_support/world.ts";

Deno.test("DNS rebinding: a page's own name in Host is refused, with a good token and before the token is read", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const body = JSON.stringify(callMessage("todo_create", { title: "x" }));
  for (
    const host of [
      "evil.test",
      "gateway.test.evil.test",
      "evil.test:3069",
      "169.254.169.254",
      "",
      "gateway.test@evil.test",
    ]
  ) {
    const answer = await sendRaw(world, { ...callHeaders(anna.token, "todo_create"), host }, body);
    assert.equal(answer.status, 403, host);
  }
  assert.equal(world.upstreamCalls.length, 0);
});

Deno.test("missing Origin check: a page that is not listed can neither call nor read the answer", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const body = JSON.stringify(callMessage("todo_create", { title: "x" }));
  for (
    const origin of [
      "https://evil.test",
      "null",
      "http://localhost:5173.evil.test",
      "http://localhost:51730",
      "https://localhost:5173",
      "file://",
      "http://gateway.test.evil.test",
    ]
  ) {
    const answer = await sendRaw(world, { ...callHeaders(anna.token, "todo_create"), origin }, body);
    assert.equal(answer.status, 403, origin);
    assert.equal(answer.headers.get("access-control-allow-origin"), null);
  }
  assert.equal(pushesOf(world).length, 0);
  const listed = { ...callHeaders(anna.token, "todo_create"), origin: "http://localhost:5173" };
  assert.equal((await sendRaw(world, listed, body)).status, 200);
});

Deno.test("oversize bodies: 413 however they are framed, read to the limit and not further", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const headers = callHeaders(anna.token, "todo_create");
  assert.equal((await sendRaw(world, headers, " ".repeat(MAX_BODY_BYTES + 1))).status, 413);
  let read = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      read += 1;
      controller.enqueue(new Uint8Array(1024 * 1024).fill(32));
    },
  }, { highWaterMark: 0 });
  assert.equal((await sendRaw(world, headers, endless)).status, 413);
  assert.ok(read <= MAX_BODY_BYTES / (1024 * 1024) + 2, String(read));
});

Deno.test("slow bodies: 408 after the time that a body may take, and the connection is given up", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await callOk(world, anna, "habits_list");
  let cancelled = false;
  const trickle = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode('{"jsonrpc"')),
    cancel: () => void (cancelled = true),
  });
  const { setTimeout: real } = globalThis;
  Object.assign(globalThis, { setTimeout: (run: () => void, ms = 0) => real(run, ms >= 1_000 ? 5 : ms) });
  try {
    assert.equal((await sendRaw(world, callHeaders(anna.token, "todo_create"), trickle)).status, 408);
  } finally {
    Object.assign(globalThis, { setTimeout: real });
  }
  assert.equal(cancelled, true);
});
