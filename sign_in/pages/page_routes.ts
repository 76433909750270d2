// Every page of this service, and `…/oauth2/authorize`, to which an app sends a person's browser. Nothing here is called by
// apps themselves.
import type { DocumentOf } from "../oauth/grants/records_document.ts";
import { Hono } from "@hono/hono";
import type { AskGateway } from "../gateway/ask_gateway.ts";
import type { LedgerWishes } from "../oauth/grants/ledger_wishes.ts";
import type { Peer } from "../http/client_address.ts";
import type { Operator } from "../../process/operator/operator.ts";
import { createCountRoutes } from "./access/count_routes.ts";
import { COUNT_SCRIPT, COUNT_SCRIPT_PATH } from "./access/count_script.ts";
import { createActivityRoutes } from "./activity/activity_routes.tsx";
import { createSeenRoutes } from "./activity/seen/seen_routes.tsx";
import { createUndoRoutes } from "./activity/undo_routes.tsx";
import { type AppsRoutesDeps, createAppsRoutes } from "./apps/apps_routes.tsx";
import { createApprovalsRoutes } from "./approvals/approvals_routes.tsx";
import { WAKE_SCRIPT, WAKE_SCRIPT_PATH } from "./approvals/wake_script.ts";
import { type ConsentRoutesDeps, createConsentRoutes } from "./consent_routes.tsx";
import type { EntranceDeps } from "./entrance/entrance_deps.ts";
import { createEntranceRoutes } from "./entrance/entrance_routes.ts";
import type { AuthorizeDeps } from "../oauth/authorize/authorize.ts";
import { answerAuthorize } from "./go_on.ts";
import { clientErrorPage } from "./message_page.tsx";
import { createPolicyRoutes } from "./policy/policy_routes.tsx";
import { redirectAnswer, staticAnswer } from "./page_answer.ts";
import { ICON_PATHS, iconAnswer } from "../../process/look/icon_answer.ts";
import { ZONE_SCRIPT, ZONE_SCRIPT_PATH } from "./zone_control.tsx";
import { PAGE_STYLE } from "./page_style.ts";

/** The routes of all pages. */
export function createPageRoutes(deps: PageRoutesDeps): Hono<Peer> {
  const routes = new Hono<Peer>();
  routes.get("/api/auth/oauth2/authorize", (c) => answerAuthorize(deps, c.req.raw, c.env.address));
  routes.get("/", () => redirectAnswer("/apps"));
  for (const path of ICON_PATHS) routes.get(path, () => iconAnswer(path));
  routes.get("/style.css", () => staticAnswer(PAGE_STYLE, "text/css"));
  routes.get(ZONE_SCRIPT_PATH, () => staticAnswer(ZONE_SCRIPT, "text/javascript"));
  routes.get("/error", (c) => clientErrorPage(c.req.query("error") ?? ""));
  routes.route("/", createPolicyRoutes(deps.operator));
  routes.route("/", createEntranceRoutes(deps));
  routes.route("/", createConsentRoutes(deps));
  routes.route("/", createAppsRoutes(deps));
  const { gateway } = deps;
  if (gateway === undefined) return routes;
  routes.get(COUNT_SCRIPT_PATH, () => staticAnswer(COUNT_SCRIPT, "text/javascript"));
  routes.route("/", createCountRoutes({ ...deps, gateway }));
  routes.get(WAKE_SCRIPT_PATH, () => staticAnswer(WAKE_SCRIPT, "text/javascript"));
  routes.route("/", createApprovalsRoutes({ ...deps, gateway }));
  // Before the pages of calls, whose ids come after the same slash.
  routes.route("/", createSeenRoutes({ ...deps, gateway }));
  routes.route("/", createActivityRoutes({ ...deps, gateway }));
  routes.route("/", createUndoRoutes({ ...deps, gateway }));
  return routes;
}

/** What the pages need. */
export interface PageRoutesDeps extends AuthorizeDeps, AppsRoutesDeps, ConsentRoutesDeps, EntranceDeps {
  /** By which the pages show and undo what apps do; `undefined`: nobody told where the gateway is. */
  readonly gateway: AskGateway | undefined;
  readonly ledgerWishes: LedgerWishes;
  /** Who runs this installation. */
  readonly operator: Operator;
  /** What narrows a grant, for the gateway, which carries out for an app what the grant allows now. */
  readonly documentOf: DocumentOf;
}
