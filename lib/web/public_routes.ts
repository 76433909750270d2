// What anyone may ask: the home page, health, readiness, metrics and the OAuth metadata. No answer says anything about a
// person, and none but `/ready` and the page makes the gateway ask a service.
import { type Context, Hono } from "@hono/hono";
import type { ListenerState } from "../../process/listener.ts";
import { refusalResponse } from "../http/refusal_response.ts";
import type { SharedStore } from "../nodes/shared_store.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { ServiceName } from "../kit/services.ts";
import { type AuthorizationServer, signInProblem } from "../people/authorization_server.ts";
import { type GatewayAddress, MCP_PATH } from "../people/gateway_address.ts";
import type { Readiness } from "../services/readiness.ts";
import type { Confinement } from "../../process/confinement.ts";
import type { Settings } from "../settings/settings.ts";
import type { Module } from "../tool/define_module.ts";
import type { Prompt } from "../tool/define_prompt.ts";
import type { ToolRegistry } from "../tool/tool_registry.ts";
import { homePage } from "./home_page.ts";
import { pageHeaders } from "./page_headers.ts";
import { RESOURCE_METADATA_NAME, resourceMetadata } from "./resource_metadata.ts";

/** Creates the routes, at the root and below the path of the public address, where a proxy passes that on. */
export function createPublicRoutes(deps: PublicRoutesDeps): Hono {
  const { basePath } = deps.gatewayAddress;
  const routes = new Hono();
  routes.get("/", (context) => home(deps, context));
  // At the root for clients that try it first, and where RFC 9728 section 3.1 puts it for a resource with a path. The path
  // without that of PUBLIC_URL is for whoever asks the gateway itself, past the proxy.
  for (const place of new Set([basePath + MCP_PATH, MCP_PATH, ""])) {
    routes.get(RESOURCE_METADATA_NAME + place, (context) => metadata(deps, context));
  }
  routes.get("/health", (context) => health(deps, context));
  routes.get("/ready", (context) => ready(deps, context));
  routes.get("/metrics", () => metrics(deps));

  // The page of a path is asked for with a slash at its end, and without.
  const app = new Hono({ strict: false });
  app.route("/", routes);
  if (basePath !== "") app.route(basePath, routes);
  app.notFound(() => refusalResponse({ reason: "not-found" }));
  app.onError((thrown, { req }) => deps.refuse(thrown, req.raw, req.routePath));
  return app;
}

/** Dependencies of {@link createPublicRoutes}. */
export interface PublicRoutesDeps {
  readonly settings: Settings;
  readonly gatewayAddress: GatewayAddress;
  readonly version: string;
  readonly modules: readonly Module[];
  readonly prompts: readonly Prompt[];
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
  /** A random UUID. */
  readonly newId: () => string;
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
}

async function home(deps: PublicRoutesDeps, context: Context): Promise<Response> {
  const { confinement, modules, prompts, registry, version } = deps;
  if (confinement === undefined) return context.json({ service: "mana-mcp", version });
  // For the page's content security policy.
  const nonce = deps.newId().replaceAll("-", "");
  const page = await homePage(
    {
      version,
      mcpUrl: deps.gatewayAddress.urlFor(context.req.raw),
      readiness: await deps.readiness(),
      signInProblem: signInProblem(await deps.authorizationServer.ask(), deps.signInAt),
      modules,
      prompts,
      registry,
      confinement,
    },
    nonce,
  );
  return new Response(page, { headers: pageHeaders(nonce) });
}

async function metadata(deps: PublicRoutesDeps, context: Context): Promise<Response> {
  const signsApps = await deps.authorizationServer.ask();
  const document = resourceMetadata({
    resource: deps.gatewayAddress.urlFor(context.req.raw),
    issuers: deps.authorizationServer.named(),
    modules: deps.modules,
  });
  // What may be wrong in a moment is not kept.
  const control = signsApps === "yes" ? "max-age=300" : "no-store";
  return context.json(document, 200, { "cache-control": control });
}

/** Whether the process runs and can be reached. */
function health(deps: PublicRoutesDeps, context: Context): Response {
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
async function ready(deps: PublicRoutesDeps, context: Context): Promise<Response> {
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

function metrics({ metrics, gauges, listener, sharedStore }: PublicRoutesDeps): Response {
  const hasStore = sharedStore.state() !== "none";
  const decisions = sharedStore.totals();
  return new Response(
    metrics.render({
      mana_mcp_sessions: gauges.sessions(),
      mana_mcp_calls_in_flight: gauges.callsInFlight(),
      mana_mcp_record_bytes: gauges.recordBytes(),
      mana_mcp_opened_bytes: gauges.openedBytes(),
      mana_mcp_hint_streams: gauges.hintStreams(),
      mana_mcp_subscribed_streams: gauges.subscribedStreams(),
      ...(hasStore ? { mana_mcp_store_up: sharedStore.state() === "up" ? 1 : 0 } : {}),
    }, {
      mana_mcp_listener_failures_total: listener?.failures() ?? 0,
      ...(hasStore
        ? {
          mana_mcp_store_answered_total: decisions.answered,
          mana_mcp_store_missed_total: decisions.missed,
          mana_mcp_store_skipped_total: decisions.skipped,
        }
        : {}),
    }),
    { headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" } },
  );
}

/** Whether the listener is lost, so that nobody new can connect. */
function isDeaf({ listener }: PublicRoutesDeps): boolean {
  return listener?.isListening() === false;
}
