import assert from "node:assert/strict";
import { z } from "zod";
import { readFirstPerson } from "../../scripts/stack/read_first_person.ts";
import { signIn } from "../../scripts/stack/sign_in.ts";
import { startGateway, startStack } from "../../scripts/stack/start_stack.ts";
import { modernRequest } from "../_support/mcp_request.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { startCollector } from "./_collector.ts";

const FREE_PORTS = { PORT: "0", BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0" };
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const MARK = "MARK7f3a";
/** `SpanKind` of OTLP. */
const SERVER = 2;

function telemetryTo(url: string): Record<string, string> {
  return {
    OTEL_DENO: "true",
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
  };
}

Deno.test("OTEL_DENO=true exports the tree of a call under production flags, and nothing of what is in it", async () => {
  await using folder = await temporaryFolder();
  await using collector = startCollector();
  const stack = await startStack({
    data: folder.path,
    firstPerson: "demo@mana.test",
    env: { ...FREE_PORTS, ...telemetryTo(collector.url) },
  });
  let token: string;
  try {
    const { email, password } = await readFirstPerson(folder.path);
    token = await signIn(stack.authUrl, email, password);
    const send = async (query: string, headers: Record<string, string>, meta: Record<string, string>) => {
      const params = { name: "todo_create", arguments: { title: MARK, description: MARK } };
      const response = await fetch(modernRequest(token, "tools/call", params, {
        url: `${stack.mcpUrl}${query}`,
        id: MARK,
        headers: { "user-agent": MARK, ...headers },
        meta: { "io.modelcontextprotocol/clientInfo": { name: MARK, version: MARK }, ...meta },
      }));
      const text = await response.text();
      assert.equal(response.status, 200, text);
      assert.ok(text.includes(MARK), "the result itself has it");
    };
    const traceparent = `00-${TRACE}-b7ad6b7169203331-01`;
    await send(`?token=${MARK}`, { traceparent, tracestate: `${MARK}=1`, baggage: `a=${MARK}` }, {});
    await send("", {}, { traceparent: `00-${"1".repeat(32)}-${"2".repeat(16)}-01` });
    await (await fetch(`${stack.mcpUrl}/${MARK}`)).body?.cancel();
  } finally {
    assert.deepEqual(await stack.stop(), { gateway: 0, backend: 0 });
  }
  const spans = collector.spans();
  const tree = (traceId: string) => {
    const wanted = new Set(spans.filter((span) => span.traceId === traceId).map(({ name }) => name));
    return [...wanted].sort();
  };
  assert.deepEqual(tree(TRACE), [
    "GET auth",
    "GET sync",
    "GET vault",
    "POST /mcp",
    "POST sync",
    "auth",
    "crypto",
    "policy",
    "tools/call todo.create",
  ]);
  const paths = collector.paths();
  for (
    const path of [
      "POST /mcp > auth > GET auth",
      "POST /mcp > tools/call todo.create > policy",
      "POST /mcp > tools/call todo.create > crypto",
      "POST /mcp > tools/call todo.create > POST sync",
      "tools/call todo.create > POST sync",
    ]
  ) assert.ok(paths.includes(path), `${path}\n\n${paths.join("\n")}`);
  const servers = spans.filter(({ kind, traceId }) => kind === SERVER && traceId === TRACE);
  // The request's span, and in it the call's: conventions for MCP want a server span for each MCP request.
  assert.deepEqual(servers.map(({ name }) => name).sort(), ["POST /mcp", "tools/call todo.create"]);
  const [request] = servers.filter(({ name }) => name === "POST /mcp");
  assert.equal(request?.parentSpanId, "b7ad6b7169203331");
  const names = new Set(spans.flatMap(({ attributes }) => Object.keys(attributes)));
  for (const name of names) assert.match(name, /^(mcp|gen_ai|mana|http|network|peer|rpc|error)\./);
  const everything = [...collector.received, ...stack.gateway.lines()].join("\n");
  assert.ok(everything.includes("mcp.server.operation.duration"), "the metric of the conventions");
  for (const secret of [MARK, token, "url.full", "/sync/", "user_agent"]) {
    assert.equal(everything.includes(secret), false, secret);
  }
});

Deno.test("with Deno's own spans on the gateway does not start, since they hold addresses as sent", async () => {
  await using collector = startCollector();
  const gateway = startGateway({
    env: { PORT: "0", ...telemetryTo(collector.url), OTEL_DENO_TRACING: "true" },
  });
  // Should it start after all, it is stopped, so that the test fails instead of waiting.
  const served = gateway.event("listening").then(() => gateway.stop(), () => {});
  assert.equal(await gateway.exited, 78);
  await served;
  assert.match(gateway.lines().join("\n"), /set OTEL_DENO_TRACING=false/);
});

Deno.test("without OTEL_DENO nothing is exported", async () => {
  await using collector = startCollector();
  const { OTEL_DENO: _, ...others } = telemetryTo(collector.url);
  const gateway = startGateway({ env: { PORT: "0", ...others } });
  const { url } = z.object({ url: z.string() }).parse(await gateway.event("listening"));
  await (await fetch(new URL("/health", url))).body?.cancel();
  assert.equal(await gateway.stop(), 0);
  assert.deepEqual(collector.received, []);
});
