import type { Authenticator } from "../auth/authenticate.ts";
import { Refused } from "../errors.ts";
import { STREAM_WATCH_MS } from "../limits.ts";
import type { Protocol } from "../mcp/protocol.ts";
import { afterDelay } from "./body.ts";
import type { EdgeRecord, EdgeRecords } from "./edge_record.ts";
import type { InFlight } from "./in_flight.ts";
import { revocable } from "./revocable.ts";

/** Dependencies of {@link createMcpEndpoint}. */
export interface McpEndpointDeps {
  readonly edge: EdgeRecords;
  readonly authenticate: Authenticator;
  readonly protocol: Protocol;
  readonly inFlight: InFlight;
  readonly isStopping: () => boolean;
  /** Answers whatever was thrown, in its outside words. */
  readonly refuse: (thrown: unknown, request: Request, record: EdgeRecord, route: string) => Response;
}

/** Path of the one endpoint. */
const PATH = "/mcp";

/** Whether a request is for the endpoint. Its address is absolute, as the server makes it; a query is nobody's business. */
export function isMcpRequest({ url }: Request): boolean {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  const end = start + PATH.length;
  return url.startsWith(PATH, start) && (end === url.length || url[end] === "?" || url[end] === "#");
}

/** Creates the endpoint: authenticate, protocol, and a record of it. Never throws. */
export function createMcpEndpoint(deps: McpEndpointDeps): (request: Request) => Promise<Response> {
  const { edge, authenticate, protocol, inFlight } = deps;
  const handle = async (request: Request, record: EdgeRecord): Promise<Response> => {
    const exchange = record.known(await authenticate(record.arrival));
    const response = await protocol.fetch(request, exchange);
    if (exchange.caller.principal.client === null) return record.answered(response);
    return record.answered(
      revocable(response, { stands: exchange.stands, everyMs: STREAM_WATCH_MS, schedule: afterDelay }),
    );
  };
  return async (request) => {
    const record = edge.begin(request);
    try {
      const { method } = request;
      if (method !== "POST" && method !== "GET" && method !== "DELETE") {
        throw new Refused({ reason: "method-not-allowed", allow: "POST, GET, DELETE" });
      }
      if (deps.isStopping()) throw new Refused({ reason: "stopping" });
      // A GET is a session's open stream: it ends when we stop, so nobody waits for it.
      return method === "GET"
        ? await handle(request, record)
        : await inFlight.track(() => handle(request, record));
    } catch (thrown) {
      return deps.refuse(thrown, request, record, PATH);
    }
  };
}
