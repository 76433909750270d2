import assert from "node:assert/strict";
import type { RequestContext } from "../../lib/people/request_context.ts";
import { initialize, MCP_URL, message, messagesOf, post } from "../_support/mcp_request.ts";
import { requestContextFor } from "../_support/request_context.ts";
import { createStack, errorOf, seenBy } from "./_protocol.ts";

type Stack = ReturnType<typeof createStack>;

/** Opens a session and returns the headers that belong to it. */
async function open(
  stack: Stack,
  requestContext: RequestContext = requestContextFor("ada"),
  version = "2025-11-25",
) {
  const response = await stack.send(post(initialize({ protocolVersion: version })), requestContext);
  const messages = await messagesOf(response);
  assert.equal(response.status, 200, JSON.stringify(messages));
  const id = response.headers.get("mcp-session-id");
  assert.ok(id);
  return { "mcp-session-id": id, "mcp-protocol-version": version };
}

function request(method: "GET" | "DELETE", headers: Record<string, string>): Request {
  return new Request(MCP_URL, { method, headers: { accept: "text/event-stream", ...headers } });
}

const whoami = () => message("tools/call", { name: "whoami", arguments: {} }, 7);
const LIMITS = { perPerson: 2, total: 3, idleMs: 1_000 };

Deno.test("initialize agrees on the revision of the client, or offers the newest with sessions", async (t) => {
  const cases = [
    ["2025-11-25", "2025-11-25"],
    ["2025-06-18", "2025-06-18"],
    ["2025-03-26", "2025-03-26"],
    ["2024-11-05", "2024-11-05"],
    ["2026-07-28", "2025-11-25"],
    ["1999-01-01", "2025-11-25"],
  ];
  for (const [asked, agreed] of cases) {
    await t.step(`${asked}`, async () => {
      await using stack = createStack();
      const response = await stack.send(post(initialize({ protocolVersion: asked })));
      assert.match(response.headers.get("mcp-session-id") ?? "", /^[0-9a-f]{48}$/);
      const [message] = await messagesOf(response);
      assert.match(JSON.stringify(message), new RegExp(`"protocolVersion":"${agreed}"`));
      assert.equal(stack.protocol.sessionCount(), 1);
    });
  }
});

Deno.test("a refreshed token of the same person continues the session, and handlers see the new request", async () => {
  await using stack = createStack();
  const headers = await open(stack, requestContextFor("ada", "ada-1", "space-1"));
  for (const [token, space] of [["ada-2", "space-2"], ["ada-3", null]] as const) {
    const seen = await seenBy(
      await stack.send(
        post(whoami(), { ...headers, authorization: "x" }),
        requestContextFor("ada", token, space),
      ),
    );
    assert.deepEqual(seen, { subject: "ada", token, space, sdkToken: "", header: null });
  }
});

Deno.test("concurrent calls of one session keep their own exchanges", async () => {
  await using stack = createStack();
  const headers = await open(stack);
  const tokens = Array.from({ length: 10 }, (_, index) => `ada-${index}`);
  const seen = await Promise.all(tokens.map(async (token, index) => {
    const call = message("tools/call", { name: "whoami" }, index + 1);
    return await seenBy(await stack.send(post(call, headers), requestContextFor("ada", token)));
  }));
  assert.deepEqual(
    seen,
    tokens.map((token) => ({ subject: "ada", token, space: null, sdkToken: "", header: null })),
  );
});

Deno.test("a session's server is made without anything of the person", async () => {
  const contexts: unknown[] = [];
  await using stack = createStack({
    factory: (context) => {
      contexts.push(context);
      throw new Error("enough");
    },
  });
  await assert.rejects(stack.send(post(initialize())), /enough/);
  assert.deepEqual(contexts, [{ era: "legacy" }]);
  assert.equal(stack.protocol.sessionCount(), 0);
});

Deno.test("another person's session is 403 for every method, and stays as it is", async () => {
  await using stack = createStack();
  const headers = await open(stack);
  const words = "The session belongs to another person: start a session of your own.";
  const stranger = requestContextFor("bob");
  for (const foreign of [post(whoami(), headers), request("GET", headers), request("DELETE", headers)]) {
    assert.deepEqual(
      await errorOf(await stack.send(foreign, stranger)),
      [403, -32000, words],
      foreign.method,
    );
  }
  assert.equal((await stack.send(post([whoami()], headers), stranger)).status, 403);
  assert.equal(stack.protocol.sessionCount(), 1);
});

Deno.test("an unknown session is 404 for every method, and a server is never made for it", async () => {
  let made = 0;
  await using stack = createStack({
    factory: () => {
      made++;
      throw new Error("must not be called");
    },
  });
  const headers = { "mcp-session-id": "0".repeat(48) };
  for (const lost of [post(whoami(), headers), post(initialize(), headers), request("GET", headers)]) {
    assert.equal((await stack.send(lost)).status, 404);
  }
  assert.equal((await stack.send(request("DELETE", headers))).status, 404);
  assert.equal(made, 0);
});

Deno.test("DELETE ends the session and its stream; afterwards it is 404", async () => {
  await using stack = createStack();
  const headers = await open(stack);
  const stream = await stack.send(request("GET", headers));
  assert.equal(stream.headers.get("content-type"), "text/event-stream");
  assert.equal((await stack.send(request("DELETE", headers))).status, 200);
  assert.equal(await stream.text(), "");
  assert.equal((await stack.send(post(whoami(), headers))).status, 404);
  assert.equal((await stack.send(request("DELETE", headers))).status, 404);
  assert.equal(stack.protocol.sessionCount(), 0);
  assert.equal(stack.clock.armed(), 0);
});

Deno.test("a session ends after its idle time, by the timer alone", async () => {
  await using stack = createStack({ sessionLimits: LIMITS });
  const headers = await open(stack);
  stack.clock.advance(999);
  await (await stack.send(post(whoami(), headers))).text();
  stack.clock.advance(999);
  assert.equal(stack.protocol.sessionCount(), 1);
  stack.clock.advance(1);
  assert.equal(stack.protocol.sessionCount(), 0);
  assert.equal((await stack.send(post(whoami(), headers))).status, 404);
});

Deno.test("an open stream and a call in flight keep the session", async () => {
  await using stack = createStack({ sessionLimits: LIMITS });
  const headers = await open(stack);
  const stream = await stack.send(request("GET", headers));
  stack.clock.advance(10_000);
  assert.equal(stack.protocol.sessionCount(), 1);
  await stream.body?.cancel();
  const call = await stack.begun(post(message("tools/call", { name: "hang" }), headers));
  stack.clock.advance(10_000);
  assert.equal(stack.protocol.sessionCount(), 1);
  await call.body?.cancel();
  stack.clock.advance(2_000);
  assert.equal(stack.protocol.sessionCount(), 0);
});

Deno.test("one session has one stream", async () => {
  await using stack = createStack();
  const headers = await open(stack);
  const first = await stack.send(request("GET", headers));
  assert.equal((await errorOf(await stack.send(request("GET", headers))))[0], 409);
  await first.body?.cancel();
  const again = await stack.send(request("GET", headers));
  assert.equal(again.status, 200);
  await again.body?.cancel();
});

Deno.test("GET needs an Accept that allows a stream", async () => {
  await using stack = createStack();
  const headers = await open(stack);
  const response = await stack.send(request("GET", { ...headers, accept: "application/json" }));
  assert.equal((await errorOf(response))[0], 406);
});

Deno.test("the stream of a cancelled request ends", async () => {
  await using stack = createStack();
  const headers = await open(stack);
  const call = await stack.begun(post(message("tools/call", { name: "hang" }, 5), headers));
  const cancel = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 5 } };
  assert.equal((await stack.send(post(cancel, headers))).status, 202);
  assert.equal(await call.text(), "");
});

Deno.test("a person's sessions are capped by closing the oldest idle one", async () => {
  await using stack = createStack({ sessionLimits: LIMITS });
  const [first, second] = [await open(stack), await open(stack)];
  stack.clock.advance(1);
  await (await stack.send(post(whoami(), first))).text();
  const third = await open(stack);
  assert.equal((await stack.send(post(whoami(), second))).status, 404);
  for (const headers of [first, third]) {
    assert.equal((await stack.send(post(whoami(), headers))).status, 200);
  }
  assert.equal(stack.protocol.sessionCount(), 2);
});

Deno.test("a person whose sessions are all in use is told so, and so is everybody when the gateway is full", async () => {
  await using stack = createStack({ sessionLimits: LIMITS });
  const streams = [];
  for (const headers of [await open(stack), await open(stack)]) {
    streams.push(await stack.send(request("GET", headers)));
  }
  const words = "Too many sessions are open: close one with DELETE or try again later.";
  assert.deepEqual(await errorOf(await stack.send(post(initialize()))), [503, -32000, words]);
  await open(stack, requestContextFor("bob"));
  assert.deepEqual(await errorOf(await stack.send(post(initialize()), requestContextFor("cy"))), [
    503,
    -32000,
    words,
  ]);
  assert.equal((await stack.send(post(whoami()), requestContextFor("cy"))).status, 200); // no session is ever needed
  for (const stream of streams) await stream.body?.cancel();
});

Deno.test("a second initialize in a session is refused and leaves it alive", async () => {
  await using stack = createStack();
  const headers = await open(stack);
  assert.deepEqual((await errorOf(await stack.send(post(initialize(), headers)))).slice(0, 2), [400, -32600]);
  await (await stack.send(post(whoami(), headers))).text();
  assert.equal(stack.protocol.sessionCount(), 1);
});

Deno.test("an unsupported MCP-Protocol-Version in a session is 400", async () => {
  await using stack = createStack();
  const headers = await open(stack);
  const response = await stack.send(post(whoami(), { ...headers, "mcp-protocol-version": "1999-01-01" }));
  assert.equal((await errorOf(response))[0], 400);
});

Deno.test("a 2025-03-26 session takes batches up to the limit", async () => {
  await using stack = createStack();
  const headers = await open(stack, requestContextFor("ada"), "2025-03-26");
  const batch = (size: number) => Array.from({ length: size }, (_, index) => message("ping", {}, index + 1));
  const answers = await messagesOf(await stack.send(post(batch(10), headers)));
  assert.deepEqual(answers.map(({ id }) => id).sort(), batch(10).map(({ id }) => id).sort());
  const words = "Invalid Request: a batch must not hold more than 10 messages.";
  assert.deepEqual(await errorOf(await stack.send(post(batch(11), headers))), [400, -32600, words]);
});

Deno.test("sessions at later revisions take no batches", async () => {
  await using stack = createStack();
  for (const version of ["2025-06-18", "2025-11-25"]) {
    const headers = await open(stack, requestContextFor("ada"), version);
    assert.deepEqual((await errorOf(await stack.send(post([whoami()], headers)))).slice(0, 2), [400, -32600]);
  }
});
