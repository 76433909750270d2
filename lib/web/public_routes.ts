import { Hono } from "@hono/hono";
import type { AuthorizationServer } from "../people/authorization_server.ts";
import { type GatewayAddress, MCP_PATH } from "../people/gateway_address.ts";
import { RESOURCE_METADATA_NAME, resourceMetadata } from "./resource_metadata.ts";
import type { Settings } from "../settings/settings.ts";
import type { Confinement } from "../settings/confinement.ts";
import type { Metrics } from "../observe/metrics.ts";
import { homePage } from "./home_page.ts";
import { pageHeaders } from "./page_headers.ts";
import type { Readiness } from "../services/readiness.ts";
import type { ToolRegistry } from "../tool/tool_registry.ts";
import type { Module } from "../tool/define_module.ts";
import type { ListenerState } from "../../process/listener.ts";

/** Dependencies of {@link createPublicRoutes}. */
export interface PublicRoutesDeps {
  readonly settings: Settings;
  readonly gatewayAddress: GatewayAddress;
  readonly version: string;
  readonly modules: readonly Module[];
  readonly registry: ToolRegistry;
  readonly metrics: Metrics;
  readonly readiness: () => Promise<Readiness>;
  readonly authorizationServer: AuthorizationServer;
  /** Whether tools are refused because nobody tells which spaces a person has. */
  readonly areSpacesUntold: () => boolean;
  /** What the process was found to be allowed; absent where nobody measured. */
  readonly confinement: Confinement | undefined;
  readonly listener: ListenerState | undefined;
  readonly isStopping: () => boolean;
  readonly sessionCount: () => number;
  readonly callsInFlight: () => number;
  /** Estimated memory of folded tables and opened texts, over all people. */
  readonly recordBytes: () => number;
  /** Of that, the opened texts. */
  readonly openedBytes: () => number;
  readonly hintStreams: () => number;
  readonly subscribedStreams: () => number;
  /** A random value for the page's content security policy. */
  readonly newNonce: () => string;
}

const UNTOLD =
  "The auth service refused to tell which spaces a person has, so tools are refused: set MANA_SERVICE_KEY.";

/**
 * Creates the routes that anyone may ask: the page, health, readiness, metrics and the OAuth metadata. None of them says
 * anything about a person.
 */
export function createPublicRoutes(deps: PublicRoutesDeps): Hono {
  const { settings, confinement, listener, modules, registry, gatewayAddress, version } = deps;
  const isDeaf = () => listener?.isListening() === false;
  const confinementState = confinement?.confined === false ? "unconfined" : "confined";
  const routes = new Hono();

  routes.get("/", async (context) => {
    if (confinement === undefined) return context.json({ service: "mana-mcp", version });
    const nonce = deps.newNonce();
    const page = await homePage(
      {
        version,
        mcpUrl: gatewayAddress.urlFor(context.req.raw),
        readiness: await deps.readiness(),
        canSignIn: await deps.authorizationServer.ask() !== "no",
        modules,
        registry,
        confinement,
      },
      nonce,
    );
    return new Response(page, { headers: pageHeaders(nonce) });
  });
  // At the root for clients that try it first, and where RFC 9728 section 3.1 puts it for a resource with a path. The path
  // without that of PUBLIC_URL is for whoever asks the gateway itself, past the proxy.
  const places = new Set([gatewayAddress.basePath + MCP_PATH, MCP_PATH, ""]);
  for (const place of places) {
    routes.get(RESOURCE_METADATA_NAME + place, async (context) => {
      const signsApps = await deps.authorizationServer.ask();
      const given = {
        resource: gatewayAddress.urlFor(context.req.raw),
        issuers: signsApps === "no" ? [] : settings.issuers,
        modules,
      };
      // What may be wrong in a moment is not kept.
      const control = signsApps === "yes" ? "max-age=300" : "no-store";
      return context.json(resourceMetadata(given), 200, { "cache-control": control });
    });
  }
  routes.get("/health", (context) =>
    context.json({
      status: isDeaf() ? "not-listening" : "ok",
      service: "mana-mcp",
      version,
      registry: { loaded: true, tools: registry.tools.length },
      sessions: deps.sessionCount(),
      confinement: confinement === undefined
        ? null
        : { state: confinementState, allowed: confinement.allowed },
    }, isDeaf() ? 503 : 200));
  routes.get("/ready", async (context) => {
    const found = await deps.readiness();
    const ready = found.ready && !deps.isStopping() && !isDeaf();
    const answer = {
      status: ready ? "ready" : "not-ready",
      upstreams: found.upstreams,
      // Said, and no reason to be "not-ready": one token that the list refuses would take the gateway from everybody.
      ...(deps.areSpacesUntold() ? { spaces: UNTOLD } : {}),
    };
    return context.json(
      confinementState === "unconfined" ? { ...answer, confinement: confinementState } : answer,
      ready ? 200 : 503,
    );
  });
  routes.get("/metrics", () =>
    new Response(
      deps.metrics.render({
        mana_mcp_sessions: deps.sessionCount(),
        mana_mcp_calls_in_flight: deps.callsInFlight(),
        mana_mcp_record_bytes: deps.recordBytes(),
        mana_mcp_opened_bytes: deps.openedBytes(),
        mana_mcp_hint_streams: deps.hintStreams(),
        mana_mcp_subscribed_streams: deps.subscribedStreams(),
      }, { mana_mcp_listener_failures_total: listener?.failures() ?? 0 }),
      { headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" } },
    ));
  return routes;
}
