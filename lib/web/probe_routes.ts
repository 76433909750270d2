// What probes and scrapers ask: health, readiness, numbers. On the main port, and on a port of their own where METRICS_PORT is set:
// a port that several workers share answers for a random one of them.
import { type Context, Hono } from "@hono/hono";
import type { Confinement } from "../../process/confinement.ts";
import type { ListenerState } from "../../process/listener.ts";
import { refusalResponse } from "../http/refusal_response.ts";
import type { ServiceName } from "../kit/services.ts";
import type { SharedStore } from "../nodes/shared_store.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { ProcessFacts } from "../observe/process_facts.ts";
import type { AccessKnowledge } from "../people/access_knowledge.ts";
import { type AuthorizationServer, signInProblem } from "../people/authorization_server.ts";
import type { Readiness } from "../services/readiness.ts";
import type { ToolRegistry } from "../tool/tool_registry.ts";

/** Creates all routes for probes, for a port of their own. */
export function createProbeRoutes(deps: ProbeDeps): Hono {
  const app = new Hono({ strict: false });
  addHealth(app, deps);
  addMetrics(app, deps);
  return endRoutes(app, deps);
}

/** Adds `/health` and `/ready`. */
export function addHealth(routes: Hono, deps: ProbeDeps): void {
  routes.get("/health", (context) => health(deps, context));
  routes.get("/ready", (context) => ready(deps, context));
}

/** Adds `/metrics`. */
export function addMetrics(routes: Hono, deps: ProbeDeps): void {
  routes.get("/metrics", () => metrics(deps));
}

/** Says what is answered where no route fits, and where a route throws. */
export function endRoutes(app: Hono, { refuse }: Pick<ProbeDeps, "refuse">): Hono {
  app.notFound(() => refusalResponse({ reason: "not-found" }));
  app.onError((thrown, { req }) => refuse(thrown, req.raw, req.routePath));
  return app;
}

/** Dependencies of {@link createProbeRoutes}. */
export interface ProbeDeps {
  readonly version: string;
  readonly registry: ToolRegistry;
  readonly metrics: Metrics;
  readonly readiness: () => Promise<Readiness>;
  readonly authorizationServer: AuthorizationServer;
  /** The service that is to sign assistants in. */
  readonly signInAt: ServiceName;
  /** Whether tools are refused because nobody tells which spaces a person has. */
  readonly areSpacesUntold: () => boolean;
  /** What the process was found to be allowed; absent where nobody measured. */
  readonly confinement?: Confinement;
  /** Whether the process can be reached; absent where nobody listens. */
  readonly listener?: ListenerState;
  /** What several gateways share, of which readiness and metrics tell whether it is there. */
  readonly sharedStore: Pick<SharedStore, "state" | "totals">;
  readonly isStopping: () => boolean;
  readonly gauges: Gauges;
  /** How old the knowledge is by which tokens are believed. */
  readonly accessKnowledge: Pick<AccessKnowledge, "keySetAges" | "unansweredSeconds">;
  /** What is told of the process; absent inside another program. */
  readonly processFacts?: ProcessFacts;
  /** Answers whatever was thrown at a route, in its outside words. */
  readonly refuse: (thrown: unknown, request: Request, route: string) => Response;
}

/** What is counted at the moment of asking, over all people. */
export interface Gauges {
  readonly sessions: () => number;
  readonly callsInFlight: () => number;
  /** Estimated bytes of folded tables and opened texts. */
  readonly recordBytes: () => number;
  /** Of these, the bytes of opened texts. */
  readonly openedBytes: () => number;
  readonly hintStreams: () => number;
  readonly subscribedStreams: () => number;
  /** Calls that wait for their row in a ledger. */
  readonly ledgerWaiting: () => number;
}

/** Whether the process runs and can be reached. */
function health(deps: ProbeDeps, context: Context): Response {
  const { confinement, registry, version } = deps;
  return context.json({
    status: isDeaf(deps) ? "not-listening" : "ok",
    service: "mana-mcp",
    version,
    registry: { loaded: true, tools: registry.tools.length },
    sessions: deps.gauges.sessions(),
    confinement: confinement === undefined
      ? null
      : { state: confinement.confined ? "confined" : "unconfined", allowed: confinement.allowed },
  }, isDeaf(deps) ? 503 : 200);
}

const UNTOLD =
  "The auth service refused to tell which spaces a person has, so tools are refused: set up a sign-in server " +
  "(MANA_SIGN_IN_URL), or set MANA_SERVICE_KEY.";

/** Whether calls can be answered now. */
async function ready(deps: ProbeDeps, context: Context): Promise<Response> {
  const [found, signsApps] = await Promise.all([deps.readiness(), deps.authorizationServer.ask()]);
  const problem = signInProblem(signsApps, deps.signInAt);
  const store = deps.sharedStore.state();
  const isReady = found.ready && !deps.isStopping() && !isDeaf(deps);
  return context.json({
    status: isReady ? "ready" : "not-ready",
    upstreams: found.upstreams,
    // Said, and no reason to be "not-ready": one token that the list refuses would take the gateway from everybody.
    ...(deps.areSpacesUntold() ? { spaces: UNTOLD } : {}),
    // A person's own token works all the same.
    ...(problem === null ? {} : { signIn: problem }),
    // No reason either: without the store each gateway decides alone, more tightly.
    ...(store === "none" ? {} : { store }),
    ...(deps.confinement?.confined === false ? { confinement: "unconfined" } : {}),
  }, isReady ? 200 : 503);
}

function metrics(deps: ProbeDeps): Response {
  const { version, gauges, listener, sharedStore, accessKnowledge, processFacts } = deps;
  const text = deps.metrics.render({
    mana_mcp_build_info: [{ labels: { version }, value: 1 }],
    ...(processFacts === undefined ? {} : {
      mana_mcp_process_start_time_seconds: processFacts.startedAt,
      mana_mcp_process_resident_memory_bytes: processFacts.residentBytes(),
    }),
    mana_mcp_sessions: gauges.sessions(),
    mana_mcp_calls_in_flight: gauges.callsInFlight(),
    mana_mcp_record_bytes: gauges.recordBytes(),
    mana_mcp_opened_bytes: gauges.openedBytes(),
    mana_mcp_hint_streams: gauges.hintStreams(),
    mana_mcp_subscribed_streams: gauges.subscribedStreams(),
    mana_mcp_ledger_waiting_calls: gauges.ledgerWaiting(),
    mana_mcp_introspection_unanswered_seconds: accessKnowledge.unansweredSeconds(),
    mana_mcp_key_set_age_seconds: accessKnowledge.keySetAges().map(({ publisher, seconds }) => {
      return { labels: { publisher }, value: seconds };
    }),
    mana_mcp_listener_failures_total: listener?.failures() ?? 0,
    ...storeReadings(sharedStore),
  });
  return new Response(text, { headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" } });
}

function storeReadings(store: ProbeDeps["sharedStore"]) {
  const state = store.state();
  if (state === "none") return {};
  const { answered, missed, skipped } = store.totals();
  return {
    mana_mcp_store_up: state === "up" ? 1 : 0,
    mana_mcp_store_answered_total: answered,
    mana_mcp_store_missed_total: missed,
    mana_mcp_store_skipped_total: skipped,
  };
}

/** Whether the listener is lost, so that nobody new can connect. */
function isDeaf({ listener }: ProbeDeps): boolean {
  return listener?.isListening() === false;
}
