// Puts everything together: the table of contents of lib/, to be read first. Each function below makes the parts of a few
// rooms; nothing here decides anything.
import { createApprovals } from "./approvals/approvals.ts";
import { createAuthorship } from "./authorship/authorship.ts";
import { createUseReports, type UseReports } from "./calls/use_reports.ts";
import { createCallLogs } from "./calls/call_log.ts";
import { createConfirmation } from "./calls/confirmation/confirmation.ts";
import { loggedUnaskedTools } from "./calls/confirmation/unasked_tools.ts";
import { createDisclosure } from "./disclosure/disclosure.ts";
import { createHintStreams } from "./changes/hint_streams.ts";
import { createSyncClient } from "./changes/sync_client.ts";
import { createAuthentication } from "./entry/create_authentication.ts";
import { createGracefulStop } from "./entry/graceful_stop.ts";
import { createHostGuard } from "./entry/host_guard.ts";
import { createMcpEndpoint } from "./entry/mcp_endpoint.ts";
import { createRefuseRequest } from "./entry/refuse_request.ts";
import { createRequestLogs } from "./entry/request_log.ts";
import { type Connection, createAddressShare } from "./http/address_share.ts";
import { createRecordGrants } from "./grants/record_grants.ts";
import { createHistory } from "./history/history.ts";
import { createInFlight } from "./http/in_flight.ts";
import { createArriving } from "./http/request_intake.ts";
import { tableColumns } from "./tool/tables/table_columns.ts";
import type { Clock } from "./kit/clock.ts";
import { MAX_CALLS_PER_PERSON, MAX_HINT_STREAMS } from "./kit/limits.ts";
import { createLedger } from "./ledger/ledger.ts";
import { type Hide, hide as hideSoftly } from "./kit/secret.ts";
import { createServing, type Serving, type ServingDeps } from "./mcp/create_serving.ts";
import type { Log } from "./observe/log.ts";
import { createMetrics } from "./observe/metrics.ts";
import { createPseudonyms } from "./observe/pseudonyms.ts";
import { createNoTrace, type Trace } from "./observe/trace.ts";
import { createTraceIds } from "./observe/trace_ids.ts";
import { createOwnRecords } from "./own_records/own_records.ts";
import { createAuthorizationServer } from "./people/authorization_server.ts";
import { createGatewayAddress } from "./people/gateway_address.ts";
import type { PersonAction } from "./person_page/person_action.ts";
import { createPersonPage } from "./person_page/create_person_page.ts";
import { createGate } from "./policy/gate.ts";
import { createRateLimiter } from "./policy/rate_limiter.ts";
import { createRecordStore } from "./records/record_store.ts";
import { createCipher } from "./sealing/cipher.ts";
import { createKeyring } from "./sealing/keyring.ts";
import { createMasterKeys } from "./sealing/master_key.ts";
import { createVaultClient } from "./sealing/vault_client.ts";
import { createReadiness } from "./services/readiness.ts";
import { createKeyedServices } from "./services/keyed_service.ts";
import { createServiceClient } from "./services/service_client.ts";
import type { Confinement } from "../process/confinement.ts";
import type { Settings } from "./settings/settings.ts";
import { createSpaces } from "./spaces/spaces.ts";
import { createOffer, type Offered } from "./tool/offered.ts";
import { createPublicRoutes } from "./web/public_routes.ts";
import { createRouteRequest } from "./web/route_request.ts";
import { createUndos } from "./undo/undos.ts";
import { challengeHints } from "./web/resource_metadata.ts";
import type { ListenerState } from "../process/listener.ts";

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
  const inFlight = createInFlight();
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
  const end = createGracefulStop({ inFlight, serving, pages, hints, ledger, uses, store, keyring, clock });
  const { isStopping, stop } = end;
  const mcp = createMcpEndpoint({ ...entering, protocol: serving.protocol, isStopping, clock, refuse });
  const web = createPublicRoutes({
    ...base,
    gatewayAddress: address,
    readiness: createReadiness({ services: base.services, serviceUrls: settings.serviceUrls, clock }),
    authorizationServer,
    signInAt: base.signInServer.name,
    areSpacesUntold: spaces.isUntold,
    isStopping,
    gauges: {
      sessions: serving.protocol.sessionCount,
      callsInFlight: serving.inFlight,
      recordBytes: () => store.bytes() + own.bytes(),
      openedBytes: store.openedBytes,
      hintStreams: hints.count,
      subscribedStreams: serving.subscribedStreams,
    },
    refuse: (thrown, request, route) => refuse(thrown, request, requestLogs.begin(request), route),
  });
  const guard = createHostGuard(settings);
  const fetch = createRouteRequest({ guard, requestLogs, basePath: address.basePath, mcp, pages, web });
  return Object.freeze({ fetch, stop });
}

/** Everything of the outside world that the gateway uses, and what it offers. */
export interface GatewayDeps extends Offered {
  readonly settings: Settings;
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
  /** false: every request goes through the SDK, so that tests can compare the two ways; true by default. */
  readonly fastPath?: boolean;
  /** Actions of the sign-in server's pages besides the gateway's own; for tests, none by default. */
  readonly personActions?: readonly PersonAction[];
  /** How secrets are guarded; redacting by default. */
  readonly hide?: Hide;
  /** Key of the log's pseudonyms; made anew at each start by default, so that no two runs can be joined. */
  readonly logKey?: Uint8Array;
}

/** The gateway as a function from requests to responses. */
export interface Gateway {
  /** Never throws. `connection` is where the request came from; without it, no share of an address is kept. */
  fetch(request: Request, connection?: Connection): Promise<Response>;
  /** Refuses new work, lets calls in flight finish for a while, then ends them and every stream: entry/graceful_stop.ts. */
  stop(): Promise<void>;
}

type Base = ReturnType<typeof createBase>;

/** What most rooms need: the outside world, what is told of requests, and the way to the services. */
function createBase(deps: GatewayDeps) {
  const { clock } = deps;
  const metrics = createMetrics();
  const services = createServiceClient({
    fetch: deps.fetch,
    clock,
    observe: ({ service, outcome, ms }) => metrics.upstream(service, outcome, ms === null ? null : ms / 1000),
  });
  return {
    ...deps,
    trace: deps.trace ?? createNoTrace(),
    hide: deps.hide ?? hideSoftly,
    metrics,
    newHexId: createTraceIds((bytes) => crypto.getRandomValues(bytes)),
    grants: createRecordGrants({ clock, columns: tableColumns }),
    ...createOffer(deps, deps.settings.toolNames),
    pseudonyms: createPseudonyms(deps.logKey ?? crypto.getRandomValues(new Uint8Array(32))),
    services,
    ...createKeyedServices({ settings: deps.settings, services, clock }),
  };
}

/** changes/, sealing/, own_records/ and records/: the person's change log, the keys, and records made of both. */
function createData(base: Base, appsPage: () => Promise<string | null>) {
  const { settings, services, clock, random, maxHintStreams: maxStreams = MAX_HINT_STREAMS } = base;
  const { clientId, serviceUrls: { sync: baseUrl, vault: vaultUrl } } = settings;
  const masterKeys = createMasterKeys();
  const vault = createVaultClient({ services, vaultUrl, masterKeys, hide: base.hide });
  const keyring = createKeyring({ vault, clock });
  const sync = createSyncClient({ services, baseUrl, clientId, random, clock });
  const authorship = createAuthorship({ keyring, masterKeys, clock });
  const hints = createHintStreams({ sync, clock, random, maxStreams });
  const ledger = createLedger({ ...base, sync, keyring, masterKeys, authorship });
  const store = createRecordStore({
    sync,
    grants: base.grants,
    hints,
    keyring,
    sign: authorship.sign,
    observer: ledger.pushes,
    clock,
    newId: base.newId,
    requireSealed: settings.requireSealed,
    observe: ({ kind, table, count }) => base.metrics.records(kind, table, count),
  });
  const own = createOwnRecords({ sync, keyring, masterKeys, clock, observe: base.metrics.records });
  const disclosure = createDisclosure({ ...authorship, ...ledger, clock, appsPage });
  const cipher = createCipher();
  return { sync, authorship, masterKeys, keyring, hints, ledger, store, own, disclosure, appsPage, cipher };
}

/** policy/, calls/, resources/ and mcp/: what assistants can do, and whether they may. */
function createTools(
  base: Base,
  parts:
    & Pick<ServingDeps, "store" | "ledger" | "spaces" | "undos" | "approvals" | "disclosure" | "appsPage">
    & {
      readonly uses: UseReports;
    },
): Serving {
  const { settings, log, metrics, clock } = base;
  const { uses, ...rest } = parts;
  const optedIn = loggedUnaskedTools(settings.destructiveTools, base.registry, log);
  return createServing({
    ...base,
    ...rest,
    gate: createGate({
      mode: settings.policyMode,
      rateLimiter: createRateLimiter({ clock }),
      limits: { reads: settings.rateLimitReads, writes: settings.rateLimitWrites },
      maxConcurrent: MAX_CALLS_PER_PERSON,
      metrics,
    }),
    confirmation: createConfirmation({ ...base, ...rest, optedIn }),
    callLogs: createCallLogs(base),
    newCallId: base.newHexId,
    onUse: uses.note,
    fastPath: base.fastPath ?? true,
  });
}
