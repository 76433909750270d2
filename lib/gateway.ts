import { Hono } from "@hono/hono";
import { createAuthenticator } from "./auth/authenticate.ts";
import { createSpaces } from "./auth/spaces.ts";
import { createVerifier } from "./auth/verifier.ts";
import type { Config } from "./config.ts";
import type { Confinement } from "./confinement.ts";
import { describeRefusal, type Refusal, Refused } from "./errors.ts";
import { refusalResponse } from "./http/answer.ts";
import { corsHeaders, preflightResponse } from "./http/cors.ts";
import { createGuard } from "./http/guard.ts";
import { createInFlight } from "./http/in_flight.ts";
import { MAX_CALLS_PER_PERSON, MAX_REQUESTS_IN_FLIGHT, STOP_FLUSH_MS, STOP_GRACE_MS } from "./limits.ts";
import type { Log } from "./log.ts";
import { createCallSite } from "./mcp/call.ts";
import { createProtocol } from "./mcp/protocol.ts";
import { createScopeGuard } from "./mcp/scope_guard.ts";
import { createToolServerFactory } from "./mcp/tool_server.ts";
import { createMetrics } from "./metrics.ts";
import { createGate } from "./policy/gate.ts";
import { createRateLimiter } from "./policy/rate_limit.ts";
import { createReadiness } from "./readiness.ts";
import { createKeyring } from "./records/keyring.ts";
import { createRecordStore } from "./records/record_store.ts";
import { createSyncClient } from "./records/sync_client.ts";
import { createRegistry } from "./registry.ts";
import type { Tool } from "./tool.ts";
import { createUpstreamClient } from "./upstream.ts";

/** Everything of the outside world that the gateway uses. */
export interface GatewayDeps {
  readonly config: Config;
  readonly tools: readonly Tool[];
  readonly version: string;
  readonly log: Log;
  readonly fetch: typeof fetch;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds of a clock that never jumps. */
  readonly monotonic: () => number;
  /** A random UUID. */
  readonly newId: () => string;
  /** A random number from 0 to 1, for jitter only. */
  readonly random: () => number;
  /** Waits; rejects when `signal` ends first. */
  readonly delay: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** What the process was found to be allowed; absent where nobody measured, inside another program. */
  readonly confinement?: Confinement;
}

/** The gateway as a function from requests to responses. */
export interface Gateway {
  /** Never throws. */
  fetch(request: Request): Promise<Response>;
  /** Refuses new work, lets calls in flight finish for up to {@link STOP_GRACE_MS}, then ends every stream. */
  stop(): Promise<void>;
}

/** Builds the gateway. This is its table of contents: guard, authenticate, protocol, and nothing else per request. */
export function createGateway(deps: GatewayDeps): Gateway {
  const { config, confinement, log, now, monotonic } = deps;
  const confinementState = confinement?.confined === false ? "unconfined" : "confined";
  const metrics = createMetrics();
  const upstream = createUpstreamClient({
    fetch: deps.fetch,
    monotonic,
    observe: (seen) => metrics.upstream(seen.upstream, seen.outcome, seen.ms / 1000),
  });
  const spaces = createSpaces({ upstream, authUrl: config.authUrl, serviceKey: config.serviceKey, now });
  const authenticate = createAuthenticator({
    verifier: createVerifier({
      upstream,
      authUrl: config.authUrl,
      issuers: config.issuers,
      audience: config.audience,
      now,
    }),
    spaces,
    newTraceId: () => deps.newId().replaceAll("-", ""),
  });
  const store = createRecordStore({
    sync: createSyncClient({
      upstream,
      baseUrl: config.syncUrl,
      clientId: config.clientId,
      random: deps.random,
      delay: deps.delay,
    }),
    keyring: createKeyring({ upstream, vaultUrl: config.vaultUrl, now }),
    now,
    newId: deps.newId,
    requireSealed: config.requireSealed,
    observe: ({ kind, table, count }) => metrics.records(kind, table, count),
  });
  const registry = createRegistry(deps.tools, config.toolNames);
  const gate = createGate({
    mode: config.policyMode,
    rateLimiter: createRateLimiter({ now }),
    limits: { reads: config.rateLimitReads, writes: config.rateLimitWrites },
    maxConcurrent: MAX_CALLS_PER_PERSON,
    metrics,
  });
  const calls = createCallSite({
    registry,
    store,
    spaces,
    gate,
    metrics,
    log,
    now,
    monotonic,
  });
  const protocol = createProtocol({
    shortcut: createScopeGuard({ registry, gate }),
    factory: createToolServerFactory({ registry, calls, gate, version: deps.version }),
    now: monotonic,
    onError: (error) => log.debug("protocol", { error: error instanceof Error ? error.name : typeof error }),
  });
  const readiness = createReadiness({ upstream, ...config, now });
  const guard = createGuard({ allowedHosts: config.allowedHosts, allowedOrigins: config.corsOrigins });
  const inFlight = createInFlight(MAX_REQUESTS_IN_FLIGHT);
  let stopping = false;

  const app = new Hono();
  app.all("/mcp", async ({ req: { raw: request } }) => {
    if (!["GET", "POST", "DELETE"].includes(request.method)) {
      throw new Refused({ reason: "method-not-allowed", allow: "POST, GET, DELETE" });
    }
    if (stopping) throw new Refused({ reason: "stopping" });
    const handle = async () => await protocol.fetch(request, await authenticate(request.headers));
    // A GET is a session's open stream: it ends when we stop, so nobody waits for it.
    return request.method === "GET" ? await handle() : await inFlight.track(handle);
  });
  app.get("/health", (context) =>
    context.json({
      status: "ok",
      service: "mana-mcp",
      version: deps.version,
      registry: { loaded: true, tools: registry.tools.length },
      sessions: protocol.sessionCount(),
      confinement: confinement === undefined
        ? null
        : { state: confinementState, allowed: confinement.allowed },
    }));
  app.get("/ready", async (context) => {
    const found = await readiness();
    const ready = found.ready && !stopping;
    const answer = { status: ready ? "ready" : "not-ready", upstreams: found.upstreams };
    return context.json(
      confinementState === "unconfined" ? { ...answer, confinement: confinementState } : answer,
      ready ? 200 : 503,
    );
  });
  app.get("/metrics", () =>
    new Response(
      metrics.render({
        mana_mcp_sessions: protocol.sessionCount(),
        mana_mcp_calls_in_flight: calls.inFlight(),
      }),
      { headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" } },
    ));
  app.notFound(() => refusalResponse({ reason: "not-found" }));
  // Catch site of the HTTP side: a refusal in its outside words, anything else as internal, its text unseen.
  app.onError((thrown, { req }) => {
    const refusal: Refusal = thrown instanceof Refused ? thrown.refusal : { reason: "internal" };
    log[refusal.reason === "internal" ? "error" : "info"]("refused", {
      route: req.routePath,
      method: req.method,
      status: describeRefusal(refusal).status,
      reason: refusal.reason,
      ...(thrown instanceof Refused ? {} : { error: thrown.name }),
    });
    return refusalResponse(refusal);
  });

  return Object.freeze({
    async fetch(request: Request): Promise<Response> {
      // First of all, and without CORS headers: the page of a refused origin may not even read the refusal.
      const refused = guard(request);
      if (refused !== undefined) {
        log.info("refused", { method: request.method, status: refused.status, reason: "host-or-origin" });
        return refused;
      }
      const preflight = preflightResponse(request);
      if (preflight !== undefined) return preflight;
      const response = await app.fetch(request);
      const cors = Object.entries(corsHeaders(request));
      if (cors.length === 0) return response;
      const headers = new Headers(response.headers);
      for (const [name, value] of cors) headers.set(name, value);
      return new Response(response.body, { status: response.status, headers });
    },
    async stop(): Promise<void> {
      stopping = true;
      const over = new AbortController();
      const within = (ms: number) => deps.delay(ms, over.signal).catch(() => {});
      await Promise.race([
        inFlight.drained(),
        // A stream that only waits for news never ends by itself: once no call runs, answers get a moment to leave.
        calls.drained().then(() => within(STOP_FLUSH_MS)),
        within(STOP_GRACE_MS),
      ]);
      over.abort();
      await protocol.close();
    },
  });
}
