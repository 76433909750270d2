// Every request to /mcp: counted, logged, its caller established, handed to the protocol. It knows no method of MCP.
import type { Clock } from "../kit/clock.ts";
import type { Authenticator } from "./authenticate.ts";
import { type Principal, principalKey } from "../people/principal.ts";
import { MCP_PATH } from "../people/gateway_address.ts";
import { Refused } from "../kit/errors.ts";
import { STREAM_WATCH_MS } from "../kit/limits.ts";
import type { RequestContext } from "../people/request_context.ts";
import type { Protocol } from "../mcp/protocol.ts";
import { onEnd } from "../http/streams/on_end.ts";
import type { RequestLog, RequestLogs } from "./request_log.ts";
import { isEventStream } from "../http/is_event_stream.ts";
import type { AddressShare, Connection } from "../http/address_share.ts";
import { type IntakeDeps, RequestIntake } from "../http/request_intake.ts";
import { endWhenRevoked } from "../http/streams/end_when_revoked.ts";

/**
 * Whether a request is for the endpoint: at `/mcp`, or below the path of the public address where a proxy passes that on.
 * Its address is absolute, as the server makes it; a query is nobody's business.
 */
export function isMcpRequest({ url }: Request, basePath: string): boolean {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  return isPath(url, start, MCP_PATH) || basePath !== "" && isPath(url, start, basePath + MCP_PATH);
}

function isPath(url: string, start: number, path: string): boolean {
  const end = start + path.length;
  return url.startsWith(path, start) && (end === url.length || url[end] === "?" || url[end] === "#");
}

/** Dependencies of {@link createMcpEndpoint}. */
export interface McpEndpointDeps extends IntakeDeps {
  readonly requestLogs: RequestLogs;
  readonly authenticate: Authenticator;
  readonly protocol: Protocol;
  readonly addresses: AddressShare;
  readonly clock: Clock;
  /** Answers whatever was thrown, in its outside words. */
  readonly refuse: (
    thrown: unknown,
    request: Request,
    log: RequestLog,
    route: string,
  ) => Response | Promise<Response>;
}

/**
 * Creates the endpoint: authenticate, protocol, and the request's log. Never throws. Who calls is established before anything is
 * counted on anybody: a request without a person is 401 however busy the gateway is, and no person's share is another's.
 */
export function createMcpEndpoint(
  deps: McpEndpointDeps,
): (request: Request, connection?: Connection) => Promise<Response> {
  const { addresses, authenticate, protocol } = deps;
  const keys: PersonKeys = new WeakMap();
  // One function, since each more that is awaited costs every request.
  return async (request, connection) => {
    const log = deps.requestLogs.begin(request);
    let intake: RequestIntake | undefined;
    try {
      const { method } = request;
      if (method !== "POST" && method !== "GET" && method !== "DELETE") {
        throw new Refused({ reason: "method-not-allowed", allow: "POST, GET, DELETE" });
      }
      if (deps.isStopping()) throw new Refused({ reason: "stopping" });
      addresses.demandRoom(connection);
      const established = authenticate(log.arrival);
      const requestContext = log.known(
        established instanceof Promise ? await addresses.during(connection, established) : established,
      );
      intake = new RequestIntake(deps, personKey(keys, requestContext.caller.principal));
      // Only a POST has a body to wait for; a session's own stream ends when we stop, so that nobody waits for it.
      if (method === "DELETE") await intake.arrived();
      const response = await protocol.fetch(request, requestContext, intake);
      // Only a stream is still being made when its response is returned; wrapping every JSON body would cost time.
      if (isEventStream(response)) return streamed(deps, request, response, requestContext, log, intake);
      log.answered(response.status);
      intake.end();
      return response;
    } catch (thrown) {
      intake?.end();
      return deps.refuse(thrown, request, log, MCP_PATH);
    }
  };
}

/** The key of a person, made once for each token that was verified: texts that are made anew are slow to find by. */
type PersonKeys = WeakMap<Principal, string>;

function personKey(keys: PersonKeys, principal: Principal): string {
  let key = keys.get(principal);
  if (key === undefined) keys.set(principal, key = principalKey(principal));
  return key;
}

/** A stream is watched and counted for as long as it lasts. */
function streamed(
  { clock }: McpEndpointDeps,
  request: Request,
  response: Response,
  { stands, onAccessNews: onNews, caller: { principal } }: RequestContext,
  log: RequestLog,
  intake: RequestIntake,
): Response {
  intake.answered();
  const stream = endWhenRevoked(response, {
    ...(principal.client === null ? {} : { watch: { stands, everyMs: STREAM_WATCH_MS, onNews } }),
    // A stream for news ends with its token, as a request would be refused with it. The answer to a call goes on to its own end.
    ...(isForNews(request) ? { endsInMs: principal.expiresAt * 1000 - clock.calendar() } : {}),
    clock,
  });
  if (isSessionStream(request)) {
    log.answered(response.status);
    return stream;
  }
  return onEnd(stream, () => {
    log.answered(response.status);
    intake.end();
  });
}

/** Whether the answer is a stream that waits for news: a session's own, or one of subscriptions (MCP 2026-07-28). */
function isForNews(request: Request): boolean {
  return isSessionStream(request) || request.headers.get("mcp-method") === "subscriptions/listen";
}

/** A GET is a session's open stream: it ends when we stop, so nobody waits for it. */
function isSessionStream({ method }: Request): boolean {
  return method === "GET";
}
