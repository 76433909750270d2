import type { Clock } from "./kit/clock.ts";
import { Hono } from "@hono/hono";
import { createAuthorizationServer } from "./people/authorization_server.ts";
import { createAuthenticator } from "./entry/authenticate.ts";
import { createClientAccess } from "./people/client_access.ts";
import { createIntrospection } from "./people/introspection.ts";
import { createGatewayAddress } from "./people/gateway_address.ts";
import { initialScope, resourceMetadataUrl } from "./web/resource_metadata.ts";
import { createSpaces } from "./spaces/spaces.ts";
import { createTokenExchange } from "./people/token_exchange.ts";
import { createVerifiedTokens } from "./people/verified_tokens.ts";
import { createUseReports } from "./calls/use_reports.ts";
import { createVerifier } from "./people/verifier.ts";
import type { Settings } from "./settings/settings.ts";
import type { Confinement } from "./settings/confinement.ts";
import { type Refusal, Refused } from "./kit/errors.ts";
import { refusalResponse } from "./http/refusal_response.ts";
import { preflightResponse, withCors } from "./entry/cors.ts";
import { createRequestLogs, type RequestLog } from "./entry/request_log.ts";
import { createHostGuard } from "./entry/host_guard.ts";
import { type Connection, createAddressShare } from "./http/address_share.ts";
import { createInFlight } from "./http/in_flight.ts";
import { createMcpEndpoint, isMcpRequest } from "./entry/mcp_endpoint.ts";
import { createPublicRoutes } from "./web/public_routes.ts";
import { createArriving } from "./http/request_intake.ts";
import {
  MAX_CALLS_PER_PERSON,
  MAX_HINT_STREAMS,
  MAX_REQUESTS_IN_FLIGHT,
  MAX_REQUESTS_PER_PERSON,
  STOP_ABORT_MS,
  STOP_FLUSH_MS,
  STOP_GRACE_MS,
} from "./kit/limits.ts";
import { errorClass, type Log } from "./observe/log.ts";
import { createCallLogs } from "./calls/call_log.ts";
import { optedInTools } from "./calls/confirmation/unasked_tools.ts";
import { createConfirmation } from "./calls/confirmation/confirmation.ts";
import { createServing } from "./mcp/create_serving.ts";
import { createMetrics } from "./observe/metrics.ts";
import { createPseudonyms } from "./observe/pseudonyms.ts";
import { createGate } from "./policy/gate.ts";
import { createRateLimiter } from "./policy/rate_limiter.ts";
import { createReadiness } from "./services/readiness.ts";
import { createHintStreams } from "./changes/hint_streams.ts";
import { createKeyring } from "./sealing/keyring.ts";
import { createVaultClient } from "./sealing/vault_client.ts";
import { createRecordStore } from "./records/record_store.ts";
import { createSyncClient } from "./changes/sync_client.ts";
import { createToolRegistry } from "./tool/tool_registry.ts";
import { type Hide, hide as hideSoftly } from "./kit/secret.ts";
import type { Module } from "./tool/define_module.ts";
import { createNoTrace, type Trace } from "./observe/trace.ts";
import { createTraceIds } from "./observe/trace_ids.ts";
import { createServiceClient } from "./services/service_client.ts";
import type { ListenerState } from "../process/listener.ts";

export { SettingsError } from "./calls/confirmation/unasked_tools.ts";

/** Everything of the outside world that the gateway uses. */
export interface GatewayDeps {
  readonly settings: Settings;
  /** What clients can work with: tools/modules.ts, or a test's own. */
  readonly modules: readonly Module[];
  readonly version: string;
  readonly log: Log;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** A random UUID. */
  readonly newId: () => string;
  /** A random number from 0 to 1, for jitter only. */
  readonly random: () => number;
  /** What the process was found to be allowed; absent where nobody measured, inside another program. */
  readonly confinement?: Confinement;
  /** Whether the process can be reached; absent where nobody listens, inside another program. */
  readonly listener?: ListenerState;
  /** Where spans go; nowhere by default. */
  readonly trace?: Trace;
  /** Hint streams at once over all people; MAX_HINT_STREAMS by default. */
  readonly maxHintStreams?: number;
  /** false: every request goes through the SDK, as tests do to compare the two; true by default. */
  readonly fastPath?: boolean;
  /** How secrets are guarded; redacting by default. */
  readonly hide?: Hide;
  /** Key of the log's pseudonyms; made anew at each start by default, so that no two runs can be joined. */
  readonly logKey?: Uint8Array;
}

/** The gateway as a function from requests to responses. */
export interface Gateway {
  /** Never throws. `connection` is where the request came from; without it, no share of an address is kept. */
  fetch(request: Request, connection?: Connection): Promise<Response>;
  /** Refuses new work, lets calls in flight finish for up to {@link STOP_GRACE_MS}, then ends them and every stream. */
  stop(): Promise<void>;
}

/**
 * Builds the gateway. This is its table of contents: guard, authenticate, protocol, and nothing else per request. Throws
 * SettingsError when a setting does not fit the tools.
 */
export function createGateway(deps: GatewayDeps): Gateway {
  const { settings, log, clock } = deps;
  const metrics = createMetrics();
  const { trace = createNoTrace(), hide = hideSoftly } = deps;
  const pseudonyms = createPseudonyms(deps.logKey ?? crypto.getRandomValues(new Uint8Array(32)));
  const services = createServiceClient({
    fetch: deps.fetch,
    clock,
    observe: ({ service, outcome, ms }) => metrics.upstream(service, outcome, ms === null ? null : ms / 1000),
  });
  const spaces = createSpaces({
    services,
    authUrl: settings.serviceUrls.auth,
    serviceKey: settings.serviceKey,
    clock,
  });
  const gatewayAddress = createGatewayAddress(settings);
  const clientAuth = { services, authUrl: settings.serviceUrls.auth, serviceKey: settings.serviceKey, clock };
  const authenticate = createAuthenticator({
    tokens: createVerifiedTokens({
      verifier: createVerifier({
        services,
        authUrl: settings.serviceUrls.auth,
        issuers: settings.issuers,
        audience: settings.audience,
        isOurs: gatewayAddress.accepts,
        clock,
      }),
      clock,
    }),
    spaces,
    access: createClientAccess({
      introspection: createIntrospection(clientAuth),
      exchange: createTokenExchange({ ...clientAuth, audience: settings.audience, hide }),
      mayForward: settings.tokenForwarding,
      onRevoked: (principal) => hints.drop(principal),
      log,
    }),
    hide,
  });
  const requestLogs = createRequestLogs({
    log,
    trace,
    pseudonyms,
    newTraceId: createTraceIds((bytes) => crypto.getRandomValues(bytes)),
    clock,
  });
  const vault = createVaultClient({ services, vaultUrl: settings.serviceUrls.vault, hide });
  const keyring = createKeyring({ vault, clock });
  const { random } = deps;
  const sync = createSyncClient({
    services,
    baseUrl: settings.serviceUrls.sync,
    clientId: settings.clientId,
    random,
    clock,
  });
  const hints = createHintStreams({
    sync,
    clock,
    random,
    maxStreams: deps.maxHintStreams ?? MAX_HINT_STREAMS,
  });
  const store = createRecordStore({
    sync,
    hints,
    keyring,
    clock,
    newId: deps.newId,
    requireSealed: settings.requireSealed,
    observe: ({ kind, table, count }) => metrics.records(kind, table, count),
  });
  const { modules } = deps;
  const registry = createToolRegistry(modules.flatMap(({ tools }) => tools), settings.toolNames);
  const gate = createGate({
    mode: settings.policyMode,
    rateLimiter: createRateLimiter({ clock }),
    limits: { reads: settings.rateLimitReads, writes: settings.rateLimitWrites },
    maxConcurrent: MAX_CALLS_PER_PERSON,
    metrics,
  });
  const optedIn = optedInTools(settings.destructiveTools, registry);
  for (const tool of optedIn) {
    log.warn("settings", { tool, problem: "DESTRUCTIVE_TOOLS lets it run unasked" });
  }
  const uses = createUseReports({ ...clientAuth, clock });
  const serving = createServing({
    version: deps.version,
    registry,
    modules,
    store,
    spaces,
    gate,
    confirmation: createConfirmation({ clock, optedIn }),
    callLogs: createCallLogs({ log, metrics, trace, pseudonyms, clock }),
    onUse: uses.note,
    log,
    hide,
    clock,
    fastPath: deps.fastPath ?? true,
  });
  const guard = createHostGuard({
    allowedHosts: settings.allowedHosts,
    allowedOrigins: settings.corsOrigins,
  });
  const inFlight = createInFlight({ perPerson: MAX_REQUESTS_PER_PERSON, inAll: MAX_REQUESTS_IN_FLIGHT });
  const authorizationServer = createAuthorizationServer({
    services,
    authUrl: settings.serviceUrls.auth,
    issuers: settings.issuers,
    clock,
  });
  let stopping = false;

  // Catch site of the HTTP side: a refusal in its outside words, anything else as internal, its text unseen.
  const refuse = (thrown: unknown, request: Request, record: RequestLog, route: string): Response => {
    const refusal: Refusal = thrown instanceof Refused ? thrown.refusal : { reason: "internal" };
    record.refused(refusal, route, thrown instanceof Refused ? undefined : errorClass(thrown));
    // Where no app can sign in, a challenge that leads to a sign-in leads nowhere.
    if (authorizationServer.known() === "no") {
      return refusalResponse(
        refusal.reason === "token-missing" ? { ...refusal, isSignInKnownAbsent: true } : refusal,
      );
    }
    return refusalResponse(refusal, {
      metadataUrl: resourceMetadataUrl(gatewayAddress.urlFor(request)),
      scope: initialScope(modules),
    });
  };
  const mcp = createMcpEndpoint({
    requestLogs,
    authenticate,
    protocol: serving.protocol,
    inFlight,
    arriving: createArriving(),
    addresses: createAddressShare(),
    isStopping: () => stopping,
    clock,
    refuse,
  });

  // The page of a path is asked for with a slash at its end, and without.
  const app = new Hono({ strict: false });
  const publicRoutes = createPublicRoutes({
    settings,
    gatewayAddress,
    version: deps.version,
    modules,
    registry,
    metrics,
    readiness: createReadiness({ services, serviceUrls: settings.serviceUrls, clock }),
    authorizationServer,
    areSpacesUntold: spaces.isUntold,
    confinement: deps.confinement,
    listener: deps.listener,
    isStopping: () => stopping,
    sessionCount: serving.protocol.sessionCount,
    callsInFlight: serving.inFlight,
    hintStreams: hints.count,
    subscribedStreams: serving.subscribedStreams,
    recordBytes: store.bytes,
    openedBytes: store.openedBytes,
    newNonce: () => deps.newId().replaceAll("-", ""),
  });
  app.route("/", publicRoutes);
  // Where a proxy passes the path of the public address on.
  if (gatewayAddress.basePath !== "") app.route(gatewayAddress.basePath, publicRoutes);
  app.notFound(() => refusalResponse({ reason: "not-found" }));
  app.onError((thrown, { req }) => refuse(thrown, req.raw, requestLogs.begin(req.raw), req.routePath));

  return Object.freeze({
    fetch(request: Request, connection?: Connection): Promise<Response> {
      // First of all, and without CORS headers: the page of a refused origin may not even read the refusal.
      const refused = guard(request);
      if (refused !== undefined) {
        requestLogs.turnedAway(request, refused.status);
        return Promise.resolve(refused);
      }
      const preflight = preflightResponse(request);
      if (preflight !== undefined) return Promise.resolve(preflight);
      const answering = isMcpRequest(request, gatewayAddress.basePath)
        ? mcp(request, connection)
        : Promise.resolve(app.fetch(request));
      return request.headers.has("origin")
        ? answering.then((response) => withCors(request, response))
        : answering;
    },
    async stop(): Promise<void> {
      stopping = true;
      const soon = async (graceMs: number): Promise<void> => {
        const over = new AbortController();
        const within = (ms: number) => deps.clock.wait(ms, over.signal).catch(() => {});
        await Promise.race([
          inFlight.drained(),
          // A stream that only waits for news never ends by itself: once no call runs, answers get a moment to leave.
          serving.drained().then(() => within(STOP_FLUSH_MS)),
          within(graceMs),
        ]);
        over.abort();
      };
      await soon(STOP_GRACE_MS);
      // A call that is cut off without a word may have stored something, and its client would repeat it.
      const isCut = serving.inFlight() > 0;
      serving.abort();
      if (isCut) await soon(STOP_ABORT_MS);
      await serving.close();
      hints.close();
      await uses.flush();
      // What was sealed with a key that is gone meanwhile could be read by nobody, and nobody else can tell.
      const settled = store.settle();
      await Promise.race([settled, deps.clock.wait(STOP_ABORT_MS).catch(() => {})]);
      store.close();
      await keyring.close();
      await settled;
    },
  });
}
