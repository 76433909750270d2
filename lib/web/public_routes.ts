// What anyone may ask on the main port: the home page, the OAuth metadata, and what probes ask. No answer says anything about a
// person, and none but `/ready` and the page makes the gateway ask a service.
import { type Context, Hono } from "@hono/hono";
import { PRIVACY_PATH, TERMS_PATH } from "../../process/operator/policy_page.ts";
import { signInProblem } from "../people/authorization_server.ts";
import { type GatewayAddress, MCP_PATH } from "../people/gateway_address.ts";
import type { Settings } from "../settings/settings.ts";
import type { Module } from "../tool/define_module.ts";
import type { Prompt } from "../tool/define_prompt.ts";
import { homePage } from "./home_page.ts";
import { pageHeaders } from "./page_headers.ts";
import { policyAnswer } from "./policy_answer.ts";
import { addHealth, addMetrics, endRoutes, type ProbeDeps } from "./probe_routes.ts";
import { RESOURCE_METADATA_NAME, resourceMetadata } from "./resource_metadata.ts";

/** Creates the routes, at the root and below the path of the public address, where a proxy passes that on. */
export function createPublicRoutes(deps: PublicRoutesDeps): Hono {
  const { basePath } = deps.gatewayAddress;
  const routes = new Hono();
  routes.get("/", (context) => home(deps, context));
  routes.get(PRIVACY_PATH, () => policyAnswer(deps, "privacy"));
  routes.get(TERMS_PATH, () => policyAnswer(deps, "terms"));
  // At the root for clients that try it first, and where RFC 9728 section 3.1 puts it for a resource with a path. The path
  // without that of PUBLIC_URL is for whoever asks the gateway itself, past the proxy.
  for (const place of new Set([basePath + MCP_PATH, MCP_PATH, ""])) {
    routes.get(RESOURCE_METADATA_NAME + place, (context) => metadata(deps, context));
  }
  addHealth(routes, deps);
  if (deps.settings.metricsPort === null) addMetrics(routes, deps);

  // The page of a path is asked for with a slash at its end, and without.
  const app = new Hono({ strict: false });
  app.route("/", routes);
  if (basePath !== "") app.route(basePath, routes);
  return endRoutes(app, deps);
}

/** Dependencies of {@link createPublicRoutes}. */
export interface PublicRoutesDeps extends ProbeDeps {
  readonly settings: Settings;
  readonly gatewayAddress: GatewayAddress;
  readonly modules: readonly Module[];
  readonly prompts: readonly Prompt[];
  /** A random UUID. */
  readonly newId: () => string;
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
    operator: deps.settings.operator,
  });
  // What may be wrong in a moment is not kept.
  const control = signsApps === "yes" ? "max-age=300" : "no-store";
  return context.json(document, 200, { "cache-control": control });
}
