import assert from "node:assert/strict";
import { Refused } from "../../lib/kit/errors.ts";
import { initialize, MCP_URL, message, messagesOf, MODERN, post } from "../_support/mcp_request.ts";
import { requestContextFor } from "../_support/request_context.ts";
import { createStack, errorOf, modern, seenBy } from "./_protocol.ts";

const WHOAMI = { name: "whoami", arguments: {} };

Deno.test("a body that is no JSON is answered with a parse error", async () => {
  await using stack = createStack();
  const words = "Parse error: the body is not valid JSON.";
  assert.deepEqual(await errorOf(await stack.send(post("{oops"))), [400, -32700, words]);
  assert.deepEqual(await errorOf(await stack.send(post(""))), [
    400,
    -32700,
    "Parse error: the body is empty.",
  ]);
});

Deno.test("an ambiguous message reaches no server, in either era", async () => {
  let made = 0;
  await using stack = createStack({
    factory: () => {
      made++;
      throw new Error("must not be called");
    },
  });
  const twice =
    '{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call","params":{"name":"whoami"}}';
  const words = "Invalid Request: an object in the body has the same key twice.";
  assert.deepEqual(await errorOf(await stack.send(post(twice))), [400, -32600, words]);
  const headers = { "mcp-protocol-version": MODERN, "mcp-method": "tools/list" };
  assert.deepEqual(await errorOf(await stack.send(post(twice, headers))), [400, -32600, words]);
  const cased = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"whoami","_META":{}}}';
  assert.equal((await errorOf(await stack.send(post(cased))))[0], 400);
  const polluting = '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"__proto__":{"name":"x"}}}';
  assert.deepEqual((await errorOf(await stack.send(post(polluting)))).slice(0, 2), [400, -32600]);
  const deep = `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":${'{"a":'.repeat(70)}1${
    "}".repeat(70)
  }}`;
  assert.deepEqual((await errorOf(await stack.send(post(deep)))).slice(0, 2), [400, -32600]);
  assert.equal(made, 0);
});

Deno.test("JSON that is no JSON-RPC is an invalid request", async () => {
  await using stack = createStack();
  for (
    const body of [
      "{}",
      '{"jsonrpc":"1.0","id":1,"method":"ping"}',
      '{"jsonrpc":"2.0","id":{},"method":"ping"}',
    ]
  ) {
    assert.deepEqual((await errorOf(await stack.send(post(body)))).slice(0, 2), [400, -32600], body);
  }
});

Deno.test("another content type is 415", async () => {
  await using stack = createStack();
  const words = "Unsupported Media Type: send the body as Content-Type: application/json.";
  for (
    const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "application/json; charset=utf-16",
      "text/json",
    ]
  ) {
    const request = post(message("ping"), { "content-type": type });
    assert.deepEqual(await errorOf(await stack.send(request)), [415, -32000, words], type);
  }
  const zipped = post(message("ping"), { "content-encoding": "gzip" });
  assert.equal((await errorOf(await stack.send(zipped)))[0], 415);
  for (
    const type of ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"']
  ) {
    const response = await stack.send(post(message("ping"), { "content-type": type }));
    assert.equal(response.status, 200, type);
    await response.text();
  }
});

Deno.test("an Accept header that rules our answers out is 406, in both eras", async () => {
  await using stack = createStack();
  const words = "Not Acceptable: send Accept: application/json, text/event-stream.";
  const unacceptable = [
    "text/html",
    "text/event-stream",
    "*/*, application/json;q=0",
    "application/jsonx, text/event-streamx",
  ];
  for (const accept of unacceptable) {
    const response = await stack.send(post(message("ping"), { accept }));
    assert.deepEqual(await errorOf(response), [406, -32000, words], accept);
    assert.equal((await stack.send(modern("tools/list", {}, { accept }))).status, 406, accept);
  }
  const silent = post(message("ping"));
  silent.headers.delete("accept");
  assert.equal((await stack.send(silent)).status, 200);
  for (const accept of ["*/*", "application/*, text/*", "text/event-stream;q=0.5, application/json"]) {
    for (const request of [post(message("ping"), { accept }), modern("tools/list", {}, { accept })]) {
      const response = await stack.send(request);
      assert.equal(response.status, 200, accept);
      await response.text();
    }
  }
});

Deno.test("a body over the limit is refused, with and without a length", async () => {
  await using stack = createStack({ bodyLimits: { maxBytes: 100, timeoutMs: 1_000 } });
  const large = message("tools/call", { name: "whoami", arguments: { text: "x".repeat(100) } });
  const whole = JSON.stringify(large);
  const chunks = new Blob([whole]).stream();
  for (const request of [post(large, { "content-length": String(whole.length) }), post(chunks)]) {
    assert.deepEqual((await errorOf(await stack.send(request))).slice(0, 2), [413, -32000]);
  }
});

Deno.test("a body that trickles in is refused", async () => {
  await using stack = createStack();
  const answer = stack.send(post(new ReadableStream<Uint8Array>()));
  stack.clock.advance(30_000);
  assert.equal((await errorOf(await answer))[0], 408);
  assert.equal(stack.clock.armed(), 0);
});

Deno.test("batches are refused outside of a 2025-03-26 session", async () => {
  await using stack = createStack();
  const batch = [message("ping"), message("ping", {}, 2)];
  const words = "Invalid Request: batches are not supported here, send one message per request.";
  assert.deepEqual(await errorOf(await stack.send(post(batch))), [400, -32600, words]);
  assert.deepEqual((await errorOf(await stack.send(post([])))).slice(0, 2), [400, -32600]);
  const claims = await modern("tools/list").json();
  assert.deepEqual((await errorOf(await stack.send(post([claims])))).slice(0, 2), [400, -32600]);
});

Deno.test("other methods are 405", async () => {
  await using stack = createStack();
  for (const method of ["PUT", "PATCH", "HEAD", "OPTIONS"]) {
    const response = await stack.send(new Request(MCP_URL, { method }));
    assert.deepEqual([response.status, response.headers.get("allow")], [405, "GET, POST, DELETE"], method);
  }
  for (const method of ["GET", "DELETE"]) {
    const response = await stack.send(
      new Request(MCP_URL, { method, headers: { accept: "text/event-stream" } }),
    );
    assert.deepEqual([response.status, response.headers.get("allow")], [405, "POST"], method);
  }
});

Deno.test("a modern call is served with the request context of its request, without credentials in its headers", async () => {
  await using stack = createStack();
  const request = modern("tools/call", WHOAMI, { authorization: "Bearer x", cookie: "a=b" });
  const seen = await seenBy(await stack.send(request, requestContextFor("ada", "ada-7", "space-1")));
  assert.deepEqual(seen, { subject: "ada", token: "ada-7", space: "space-1", sdkToken: "", header: null });
  assert.equal(stack.protocol.sessionCount(), 0);
});

Deno.test("modern headers that disagree with the body are a header mismatch", async () => {
  await using stack = createStack();
  const cases: Record<string, string>[] = [
    { "mcp-method": "tools/list" },
    { "mcp-name": "other" },
    { "mcp-protocol-version": "2025-11-25" },
    { "mcp-method": "TOOLS/CALL" },
  ];
  for (const headers of cases) {
    const response = await stack.send(modern("tools/call", WHOAMI, headers));
    assert.deepEqual((await errorOf(response)).slice(0, 2), [400, -32020], JSON.stringify(headers));
  }
});

Deno.test("a modern request without the headers it needs is a header mismatch", async () => {
  await using stack = createStack();
  const body = await modern("tools/call", WHOAMI).text();
  for (const headers of [{}, { "mcp-protocol-version": MODERN }]) {
    assert.deepEqual((await errorOf(await stack.send(post(body, headers)))).slice(0, 2), [400, -32020]);
  }
});

Deno.test("an unknown modern method is 404 with the id of its request", async () => {
  await using stack = createStack();
  const response = await stack.send(modern("no/such"));
  assert.equal(response.status, 404);
  assert.deepEqual(await response.json(), {
    jsonrpc: "2.0",
    id: 1,
    error: { code: -32601, message: "Method not found" },
  });
});

Deno.test("an unknown revision is refused with the ones we know", async () => {
  await using stack = createStack();
  const text = (await modern("tools/list").text()).replaceAll(MODERN, "2027-01-01");
  const response = await stack.send(
    post(text, { "mcp-protocol-version": "2027-01-01", "mcp-method": "tools/list" }),
  );
  assert.deepEqual((await errorOf(response)).slice(0, 2), [400, -32022]);
});

Deno.test("a legacy call without a session is served by itself", async () => {
  await using stack = createStack();
  for (const token of ["ada-1", "ada-2"]) {
    const response = await stack.send(
      post(message("tools/call", WHOAMI)),
      requestContextFor("ada", token, "s"),
    );
    assert.equal(response.headers.get("mcp-session-id"), null);
    const seen = { subject: "ada", token, space: "s", sdkToken: "", header: null };
    assert.deepEqual(await seenBy(response), seen);
  }
  assert.equal(stack.protocol.sessionCount(), 0);
  const [unknown] = await messagesOf(await stack.send(post(message("no/such"))));
  assert.deepEqual(unknown?.["error"], { code: -32601, message: "Method not found" });
});

Deno.test("a malformed initialize opens no session", async () => {
  await using stack = createStack();
  const response = await stack.send(post(message("initialize", { protocolVersion: 3 })));
  await response.text();
  assert.equal(stack.protocol.sessionCount(), 0);
});

Deno.test("close() ends what is in flight in both eras and refuses what comes after", async () => {
  const stack = createStack();
  const hang = { name: "hang", arguments: {} };
  const inFlight: Promise<unknown>[] = [
    stack.send(modern("tools/call", hang)).then(async (response) =>
      `${response.status} ${(await response.json()).error.data.reason}`
    ),
    stack.send(post(message("tools/call", hang))).then((response) => response.text()),
  ];
  const session = await stack.send(post(initialize()));
  await session.text();
  const id = session.headers.get("mcp-session-id") ?? "";
  inFlight.push(
    stack.send(post(message("tools/call", hang, 2), { "mcp-session-id": id })).then((response) =>
      response.text()
    ),
  );
  await new Promise((resolve) => setTimeout(resolve, 0)); // let the calls reach their handlers
  await stack.protocol.close();
  assert.deepEqual(await Promise.all(inFlight), ["504 interrupted", "", ""]);
  assert.equal(stack.protocol.sessionCount(), 0);
  assert.equal(stack.clock.armed(), 0);
  await assert.rejects(stack.protocol.fetch(modern("tools/list"), requestContextFor("ada")), (error) => {
    return error instanceof Refused && error.refusal.reason === "stopping";
  });
});

Deno.test("a modern call ends when its client goes away", async () => {
  await using stack = createStack();
  const client = new AbortController();
  const request = new Request(modern("tools/call", { name: "hang" }), { signal: client.signal });
  const answer = stack.send(request);
  await new Promise((resolve) => setTimeout(resolve, 0));
  client.abort();
  assert.equal((await answer).status, 400); // nobody reads it
});

Deno.test("a failing server is reported, and nothing of the failure goes out", async () => {
  const errors: unknown[] = [];
  await using stack = createStack({
    onError: (error) => void errors.push(error),
    factory: () => {
      throw new Error("SECRET");
    },
  });
  for (const request of [modern("tools/list"), post(message("tools/list"))]) {
    const response = await stack.send(request);
    assert.equal(response.status, 500);
    assert.equal((await response.text()).includes("SECRET"), false);
  }
  assert.equal(errors.length, 2);
});

Deno.test("the fast path is asked first, within sessions with their owner checked, and leaves the rest to the SDK", async () => {
  const offered: string[] = [];
  await using stack = createStack({
    fastPath({ message }, negotiated) {
      const settled = negotiated?.();
      offered.push(`${message["method"]} ${settled?.protocolVersion} ${settled?.clientInfo.name}`);
      return message["method"] === "tools/list" ? Promise.resolve(Response.json("fast")) : undefined;
    },
  });
  assert.equal(await (await stack.send(modern("tools/list"))).json(), "fast");
  await (await stack.send(modern("tools/call", WHOAMI))).text();
  const session = await stack.send(post(initialize()));
  await session.text();
  const headers = { "mcp-session-id": session.headers.get("mcp-session-id") ?? "" };
  assert.deepEqual(offered.splice(0), [
    "tools/list undefined undefined",
    "tools/call undefined undefined",
    "initialize undefined undefined",
  ]);
  assert.equal(await (await stack.send(post(message("tools/list"), headers))).json(), "fast");
  assert.equal(
    (await stack.send(post(message("tools/list"), headers), requestContextFor("bob"))).status,
    403,
  );
  await (await stack.send(post(message("tools/call", WHOAMI), headers))).text();
  assert.deepEqual(offered, ["tools/list 2025-11-25 test-client", "tools/call 2025-11-25 test-client"]);
});

Deno.test("each message that goes to the SDK is inspected, and a refusal there is the answer", async () => {
  const seen: string[] = [];
  await using stack = createStack({
    inspect({ message, requestContext }, era) {
      seen.push(`${era} ${message["method"]} ${requestContext.caller.token.reveal()}`);
      if (message["method"] === "tools/call") {
        throw new Refused({ reason: "scope-missing", scope: "x:read", challenge: "x:read" });
      }
    },
  });
  assert.equal((await stack.send(modern("tools/list"))).status, 200);
  assert.equal((await stack.send(modern("tools/call", WHOAMI))).status, 403);
  assert.equal((await stack.send(post(message("tools/call", WHOAMI)))).status, 403);
  assert.deepEqual(seen, ["modern tools/list ada-1", "modern tools/call ada-1", "legacy tools/call ada-1"]);
});
