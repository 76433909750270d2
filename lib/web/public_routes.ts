// What anyone may ask on the main port: the home page, the OAuth metadata, and what probes ask. No answer says anything about a
// person, and none but `/ready` and the page makes the gateway ask a service.
import { type Context, Hono } from "@hono/hono";
import { PRIVACY_PATH, TERMS_PATH } from "../../process/operator/policy_page.ts";
import { signInProblem } from "../people/authorization_server.ts";
import { type GatewayAddress, MCP_PATH } from "../people/gateway_address.ts";
import type { Settings } from "../settings/settings.ts";
import type { Module } from "../tool/define_module.ts";
import type { Prompt } from "../tool/define_prompt.ts";
import { ICON_PATHS, iconAnswer } from "../../process/look/icon_answer.ts";
import { refusalResponse } from "../http/refusal_response.ts";
import { homePage, homePathOf } from "./home_page.ts";
import { isBrowser } from "./is_browser.ts";
import { lostPage } from "./lost_page.ts";
import { pageHeaders } from "./page_headers.ts";
import { policyAnswer } from "./policy_answer.ts";
import { addHealth, addMetrics, endRoutes, type ProbeDeps } from "./probe_routes.ts";
import { RESOURCE_METADATA_NAME, resourceMetadata } from "./resource_metadata.ts";

/** Creates the routes, at the root and below the path of the public address, where a proxy passes that on. */
export function createPublicRoutes(deps: PublicRoutesDeps): Hono {
  const { basePath } = deps.gatewayAddress;
  const routes = new Hono();
  routes.get("/", (context) => home(deps, context));
  routes.get(PRIVACY_PATH, ({ req }) => policyAnswer(deps, "privacy", homePathAt(deps, req.raw)));
  routes.get(TERMS_PATH, ({ req }) => policyAnswer(deps, "terms", homePathAt(deps, req.raw)));
  for (const path of ICON_PATHS) routes.get(path, () => iconAnswer(path));
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
  endRoutes(app, deps);
  app.notFound(({ req }) => notFound(deps, req.raw));
  return app;
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

/** Nothing is there: a person gets a page with a way on, a program the refusal in JSON. */
async function notFound(deps: PublicRoutesDeps, request: Request): Promise<Response> {
  if (!isBrowser(request)) return refusalResponse({ reason: "not-found" });
  return await lostPage({
    homePath: homePathAt(deps, request),
    version: deps.version,
    nonce: newNonce(deps),
  });
}

/** The path of the home page, as the caller may reach it. */
function homePathAt({ gatewayAddress }: PublicRoutesDeps, request: Request): string {
  return homePathOf(gatewayAddress.urlFor(request));
}

/** For the content security policy of one page. */
function newNonce({ newId }: Pick<PublicRoutesDeps, "newId">): string {
  return newId().replaceAll("-", "");
}

async function home(deps: PublicRoutesDeps, context: Context): Promise<Response> {
  const { confinement, modules, prompts, registry, version } = deps;
  if (confinement === undefined) return context.json({ service: "mana-mcp", version });
  const nonce = newNonce(deps);
  const problem = signInProblem(await deps.authorizationServer.ask(), deps.signInAt);
  const page = await homePage(
    {
      version,
      mcpUrl: deps.gatewayAddress.urlFor(context.req.raw),
      readiness: await deps.readiness(),
      signInProblem: problem,
      personPages: await personPages(deps),
      modules,
      prompts,
      registry,
      confinement,
    },
    nonce,
  );
  return new Response(page, { headers: pageHeaders(nonce) });
}

/** The person's own pages, where the sign-in server names them. */
async function personPages({ authorizationServer }: PublicRoutesDeps) {
  const pages = [
    { words: "Your apps", url: await authorizationServer.apps() },
    { words: "What they did", url: await authorizationServer.activity() },
    { words: "Requests", url: await authorizationServer.approvals() },
  ];
  return pages.flatMap(({ words, url }) => url === null ? [] : [{ words, url }]);
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
