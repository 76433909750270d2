// Puts everything together: the table of contents of lib/, to be read first. The parts of a few rooms each are made in assembly/;
// nothing here decides anything.
import { createBase } from "./assembly/base.ts";
import { createData } from "./assembly/data.ts";
import type { GatewayDeps } from "./assembly/gateway_deps.ts";
import { createTools } from "./assembly/tools.ts";
import { createApprovals } from "./approvals/approvals.ts";
import { createUseReports } from "./calls/use_reports.ts";
import { createAuthentication } from "./entry/create_authentication.ts";
import { createGracefulStop } from "./entry/graceful_stop.ts";
import { createHostGuard } from "./entry/host_guard.ts";
import { createMcpEndpoint } from "./entry/mcp_endpoint.ts";
import { createRefuseRequest } from "./entry/refuse_request.ts";
import { createRequestLogs } from "./entry/request_log.ts";
import { type Connection, createAddressShare } from "./http/address_share.ts";
import { createHistory } from "./history/history.ts";
import { createInFlight } from "./http/in_flight.ts";
import { createArriving } from "./http/request_intake.ts";
import { createAuthorizationServer } from "./people/authorization_server.ts";
import { createGatewayAddress } from "./people/gateway_address.ts";
import { createPersonPage } from "./person_page/create_person_page.ts";
import { createReadiness } from "./services/readiness.ts";
import { createSpaces } from "./spaces/spaces.ts";
import { createRefuseAtAddress } from "./web/address_page.ts";
import { createProbeRoutes } from "./web/probe_routes.ts";
import { createPublicRoutes } from "./web/public_routes.ts";
import { createRouteProbe, createRouteRequest } from "./web/route_request.ts";
import { createUndos } from "./undo/undos.ts";
import { challengeHints } from "./web/resource_metadata.ts";

export type { GatewayDeps } from "./assembly/gateway_deps.ts";
export { SettingsError } from "./calls/confirmation/unasked_tools.ts";

/**
 * Builds the gateway: guard, authenticate, protocol, and nothing else per request. Throws SettingsError when a setting does
 * not fit the tools.
 */
export function createGateway(deps: GatewayDeps): Gateway {
  const { settings, modules, clock, log } = deps;
  const { signInIssuers: issuers } = settings;
  const base = createBase(deps);
  const address = createGatewayAddress(settings);
  const authorizationServer = createAuthorizationServer({ ...base.signInServer, issuers, log });
  const { approvals: pageAddress, apps } = authorizationServer;
  const data = createData(base, apps);
  const { keyring, hints, ledger, store, own } = data;
  const spaces = createSpaces(base);
  const reading = { ...base, ...data, spaces, changes: store.changes };
  const history = createHistory(reading);
  const undos = createUndos({ ...reading, push: store.pushBatch });
  const authenticate = createAuthentication({ ...base, address, spaces, hints });
  const uses = createUseReports(base.signInServer);
  const approvals = createApprovals({ ...reading, newId: base.newHexId, pageAddress });
  const serving = createTools(base, { ...data, spaces, uses, undos, approvals: approvals.asking });
  const inFlight = createInFlight(clock);
  const requestLogs = createRequestLogs({ ...base, newTraceId: base.newHexId });
  const refuse = createRefuseRequest({
    authorizationServer,
    hintsFor: (request) => challengeHints(address.urlFor(request), modules),
  });
  const entering = {
    requestLogs,
    authenticate,
    inFlight,
    arriving: createArriving(),
    addresses: createAddressShare(),
  };
  const pages = createPersonPage({
    ...reading,
    ...entering,
    address,
    history,
    undos,
    decisions: approvals.decisions,
    actions: deps.personActions ?? [],
    isStopping: () => end.isStopping(),
  });
  const end = createGracefulStop({ ...base, inFlight, serving, pages, hints, ledger, uses, store, keyring });
  const { isStopping, stop } = end;
  const refuseAtAddress = createRefuseAtAddress({ ...base, address, authorizationServer, refuse });
  const { protocol } = serving;
  const mcp = createMcpEndpoint({ ...entering, protocol, isStopping, clock, refuse: refuseAtAddress });
  const web = {
    ...base,
    gatewayAddress: address,
    readiness: createReadiness({ services: base.services, serviceUrls: settings.serviceUrls, clock }),
    authorizationServer,
    signInAt: base.signInServer.name,
    areSpacesUntold: spaces.isUntold,
    isStopping,
    gauges: {
      sessions: protocol.sessionCount,
      callsInFlight: serving.inFlight,
      recordBytes: () => store.bytes() + own.bytes(),
      openedBytes: store.openedBytes,
      hintStreams: hints.count,
      subscribedStreams: serving.subscribedStreams,
      ledgerWaiting: ledger.waiting,
    },
    refuse: (thrown: unknown, request: Request, route: string) =>
      refuse(thrown, request, requestLogs.begin(request), route),
  };
  const guard = createHostGuard(settings);
  const routing = { guard, requestLogs, basePath: address.basePath, mcp, pages };
  return Object.freeze({
    fetch: createRouteRequest({ ...routing, web: createPublicRoutes(web) }),
    probe: createRouteProbe({ guard, requestLogs, web: createProbeRoutes(web) }),
    stop,
  });
}

/** The gateway as a function from requests to responses. */
export interface Gateway {
  /** Never throws. `connection` is where the request came from; without it, no share of an address is kept. */
  fetch(request: Request, connection?: Connection): Promise<Response>;
  /** Answers probes and scrapers on a port of their own. Never throws. */
  probe(request: Request): Promise<Response>;
  /** Refuses new work, lets calls in flight finish for a while, then ends them and every stream: entry/graceful_stop.ts. */
  stop(): Promise<void>;
}
