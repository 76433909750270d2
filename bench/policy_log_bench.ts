/**
 * What the policy gate and the log add to a `tools/call` that goes through the SDK, asks no service and whose token is known: two endpoints in
 * one process, alike but for these two, called over HTTP in turn. Prints what is added; ends with 1 when that is more
 * than 10 %.
 *
 *     deno run --allow-net=127.0.0.1 --allow-write=/dev/null bench/policy_log_bench.ts
 */
import { clockOf } from "../tests/_support/fake_clock.ts";
import { createAuthenticator } from "../lib/entry/authenticate.ts";
import type { Principal } from "../lib/people/principal.ts";
import { createSpaces } from "../lib/spaces/spaces.ts";
import { createRequestLogs } from "../lib/entry/request_log.ts";
import { createHostGuard } from "../lib/entry/host_guard.ts";
import { createMcpEndpoint } from "../lib/entry/mcp_endpoint.ts";
import { createAddressShare } from "../lib/http/address_share.ts";
import { createInFlight } from "../lib/http/in_flight.ts";
import { createArriving } from "../lib/http/request_intake.ts";
import { createClock } from "../lib/kit/clock.ts";
import { createLineWriter } from "../lib/observe/line_writer.ts";
import { createLog } from "../lib/observe/log.ts";
import { type CallLogs, createCallLogs } from "../lib/calls/call_log.ts";
import { createCallSite } from "../lib/calls/call_site.ts";
import { createConfirmation } from "../lib/calls/confirmation/confirmation.ts";
import { createProtocol } from "../lib/mcp/protocol.ts";
import { describeServer } from "../lib/mcp/server/server_description.ts";
import { createToolLists } from "../lib/mcp/server/tool_lists.ts";
import { createToolServerFactory } from "../lib/mcp/server/tool_server.ts";
import { createMetrics } from "../lib/observe/metrics.ts";
import { createGate, type Gate } from "../lib/policy/gate.ts";
import { createRateLimiter } from "../lib/policy/rate_limiter.ts";
import { createPseudonyms } from "../lib/observe/pseudonyms.ts";
import { refusingRecords } from "../lib/records/record_store.ts";
import { createToolRegistry } from "../lib/tool/tool_registry.ts";
import { hide } from "../lib/kit/secret.ts";
import { createNoTrace } from "../lib/observe/trace.ts";
import { createServiceClient } from "../lib/services/service_client.ts";
import { print } from "../scripts/print.ts";
import { MODULES } from "../tools/modules.ts";

const CALLS_PER_ROUND = 40;
const ROUNDS = 300;
const WARM_UP_ROUNDS = 50;
const MOST_ADDED = 0.1;

const clock = createClock({ calendar: Date.now, elapsed: () => performance.now() });
const trace = createNoTrace();
const TOKEN = "aaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.cccccccccccccccccccc";
const PERSON: Principal = {
  issuer: "https://auth.test",
  subject: "person",
  role: "user",
  scopes: null,
  client: null,
  expiresAt: Infinity,
};

/** The gate and the records as the gateway has them, writing to where nothing is kept. */
function createReal(sink: Deno.FsFile): { readonly gate: Gate; readonly records: CallLogs } {
  const metrics = createMetrics();
  const log = createLog({
    level: "info",
    clock,
    write: createLineWriter({ sink, clock }).write,
  });
  const pseudonyms = createPseudonyms(crypto.getRandomValues(new Uint8Array(32)));
  // Time for the limiter: just slow enough a caller to stay inside the budget, whose window is then as full as it gets.
  let limiterNow = 0;
  return {
    gate: createGate({
      mode: "enforce",
      rateLimiter: createRateLimiter({ clock: clockOf(() => limiterNow += 60_000 / 119) }),
      limits: { reads: 120, writes: 30 },
      maxConcurrent: 16,
      metrics,
    }),
    records: createCallLogs({ log, metrics, trace, pseudonyms, clock }),
  };
}

/** Neither judges nor records. */
function createNone(): { readonly gate: Gate; readonly records: CallLogs } {
  const verdict = { decision: { decision: "allow", reason: "clean" }, blocked: false, end() {} } as const;
  return {
    gate: { enter: () => verdict, shows: () => true },
    records: { begin: (_tool, { requestContext: { caller } }) => ({ caller, end() {} }), unknown() {} },
  };
}

/** Everything between the listener and the tool, with a token that was verified before. */
function createEndpoint(kind: { readonly gate: Gate; readonly records: CallLogs }): Deno.ServeHandler {
  const { gate, records } = kind;
  const services = createServiceClient({
    fetch: () => Promise.resolve(Response.json([{ id: "org", name: "Me", metadata: { type: "personal" } }])),
    clock,
  });
  const registry = createToolRegistry(MODULES.flatMap(({ tools }) => tools), "underscore");
  const spaces = createSpaces({ services, authUrl: "http://auth.test", serviceKey: null, clock });
  const calls = createCallSite({
    registry,
    gate,
    callLogs: records,
    spaces,
    store: {
      open: ({ access }) => refusingRecords({ reason: "internal" }, access),
    },
    confirmation: createConfirmation({ clock, optedIn: new Set() }),
    modules: MODULES,
    onUse: () => {},
    clock,
  });
  const serving = {
    calls,
    lists: createToolLists({ registry, gate }),
    server: describeServer("0", MODULES),
    hide,
  };
  const protocol = createProtocol({
    factory: createToolServerFactory(serving),
    clock,
    onError: () => {},
  });
  const guard = createHostGuard({ allowedHosts: ["127.0.0.1"], corsOrigins: [] });
  const edge = createRequestLogs({
    log: createLog({ level: "error", clock, write: () => {} }),
    trace,
    pseudonyms: createPseudonyms(new Uint8Array(32)),
    newTraceId: () => crypto.randomUUID().replaceAll("-", ""),
    clock,
  });
  const authenticate = createAuthenticator({
    tokens: { known: () => PERSON, verify: () => Promise.resolve(PERSON), forget() {} },
    access: {
      admit: (principal, token) => Promise.resolve({ principal, token }),
      stands: () => Promise.resolve(true),
      forget() {},
    },
    spaces,
    hide,
  });
  const mcp = createMcpEndpoint({
    requestLogs: edge,
    authenticate,
    protocol,
    inFlight: createInFlight({ perPerson: 1_000, inAll: 1_000 }),
    arriving: createArriving(),
    addresses: createAddressShare(),
    isStopping: () => false,
    clock,
    refuse: () => new Response(null, { status: 500 }),
  });
  return (request) => guard(request) ?? mcp(request);
}

const BODY = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "tools/call",
  params: {
    name: "spaces_list",
    arguments: {},
    _meta: {
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientInfo": { name: "bench", version: "1" },
      "io.modelcontextprotocol/clientCapabilities": {},
    },
  },
});

async function callOnce(url: string): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      authorization: `Bearer ${TOKEN}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": "tools/call",
      "mcp-name": "spaces_list",
    },
    body: BODY,
  });
  const text = await response.text();
  if (response.status !== 200 || !text.includes('"activeSpaceId":"org"')) throw new Error(text);
}

/** Microseconds per call. */
async function round(url: string): Promise<number> {
  const started = clock.elapsed();
  for (let i = 0; i < CALLS_PER_ROUND; i++) await callOnce(url);
  return (clock.elapsed() - started) * 1000 / CALLS_PER_ROUND;
}

/** The tenth percentile: rounds in which little else ran on the machine. A median follows the neighbours' load. */
function quiet(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 10)] ?? NaN;
}

using sink = await Deno.open("/dev/null", { write: true });
const serve = (endpoint: Deno.ServeHandler) =>
  Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, endpoint);
const urlOf = ({ addr }: Deno.HttpServer<Deno.NetAddr>) => `http://127.0.0.1:${addr.port}/mcp`;
const servers = [serve(createEndpoint(createReal(sink))), serve(createEndpoint(createNone()))] as const;
const [withBoth, without] = [urlOf(servers[0]), urlOf(servers[1])];
const costs: { readonly without: number; readonly withBoth: number }[] = [];
for (let i = 0; i < WARM_UP_ROUNDS + ROUNDS; i++) {
  // In turn, and in turn the first: what the machine does meanwhile hits both alike.
  const first = i % 2 === 0 ? await round(without) : NaN;
  const second = await round(withBoth);
  const pair = { without: i % 2 === 0 ? first : await round(without), withBoth: second };
  if (i >= WARM_UP_ROUNDS) costs.push(pair);
}
await Promise.all(servers.map((server) => server.shutdown()));
const cheap = quiet(costs.map((pair) => pair.without));
const full = quiet(costs.map((pair) => pair.withBoth));
const added = full / cheap - 1;
print(`without policy and log  ${cheap.toFixed(0)} µs a call`);
print(`with both               ${full.toFixed(0)} µs a call`);
print(`added                   ${(added * 100).toFixed(1)} % (at most ${MOST_ADDED * 100} %)`);
if (added > MOST_ADDED) Deno.exit(1);
