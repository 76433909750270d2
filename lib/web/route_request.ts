// Which part of the gateway answers a request: the endpoint, the door for the sign-in server's pages, or what anyone may ask. The
// first check of every request, its Host and Origin, comes before all of them.
import { preflightResponse, withCors } from "../entry/cors.ts";
import type { HostGuard } from "../entry/host_guard.ts";
import { isMcpRequest } from "../entry/mcp_endpoint.ts";
import type { RequestLogs } from "../entry/request_log.ts";
import type { Connection } from "../http/address_share.ts";
import { refusalResponse } from "../http/refusal_response.ts";
import type { PersonDoor } from "../person_page/person_door.ts";

/** Answers a request. Never throws. */
export type RouteRequest = (request: Request, connection?: Connection) => Promise<Response>;

/** Dependencies of {@link createRouteRequest}. */
export interface RouteRequestDeps {
  readonly guard: HostGuard;
  readonly requestLogs: RequestLogs;
  /** Path of the gateway's public address; empty where it has none. */
  readonly basePath: string;
  readonly mcp: RouteRequest;
  readonly pages: PersonDoor;
  readonly web: { fetch(request: Request): Response | Promise<Response> };
}

/** Creates the choice. */
export function createRouteRequest(deps: RouteRequestDeps): RouteRequest {
  const { guard, requestLogs, basePath, mcp, pages, web } = deps;
  return (request, connection) => {
    // First of all, and without CORS headers: the page of a refused origin may not even read the refusal.
    const refused = guard(request);
    if (refused !== undefined) {
      requestLogs.turnedAway(request, refused);
      return Promise.resolve(refusalResponse(refused));
    }
    const preflight = preflightResponse(request);
    if (preflight !== undefined && !pages.isMeant(request)) return Promise.resolve(preflight);
    const isMcp = isMcpRequest(request, basePath);
    // Without CORS headers, too: no page in a browser has anything to ask there.
    if (!isMcp && pages.isMeant(request)) return pages.fetch(request, connection);
    const answering = isMcp ? mcp(request, connection) : Promise.resolve(web.fetch(request));
    return request.headers.has("origin")
      ? answering.then((response) => withCors(request, response))
      : answering;
  };
}

/** Creates the choice for a port that only probes ask; a page of a browser has no business there. */
export function createRouteProbe(
  { guard, requestLogs, web }: Pick<RouteRequestDeps, "guard" | "requestLogs" | "web">,
): (request: Request) => Promise<Response> {
  return (request) => {
    const refused = guard(request);
    if (refused === undefined) return Promise.resolve(web.fetch(request));
    requestLogs.turnedAway(request, refused);
    return Promise.resolve(refusalResponse(refused));
  };
}
