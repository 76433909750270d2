// A load balancer without affinity, as an operator has it: hands the requests of all clients to the nodes in turn. It keeps no
// connection, and it never sends a request again that may have reached a node.

/** A running load balancer. */
export interface RoundRobin extends AsyncDisposable {
  /** Its address, without a path. */
  readonly url: string;
  /** Every request that was handed to a node, in order. */
  readonly passed: readonly Passed[];
  /** The next request goes to this node, the one after it to the node that follows. */
  turnTo(node: number): void;
}

/** A request that was handed to a node. */
export interface Passed {
  /** Number of the node. */
  readonly node: number;
  readonly method: string;
  readonly path: string;
  /** Method of the JSON-RPC message in it; null where there is none. */
  readonly rpc: string | null;
  /** Value of `MCP-Session-Id`, of the request or of its answer. */
  session: string | null;
  /** Status of the answer; null until it comes. 502: the node was lost while it had the request. */
  status: number | null;
}

/** Words of the answer for a request that a node took along. It may have been carried out. */
export const NODE_LOST = "The node was lost while it had the request";
/** Words of the answer where no node listens. Nothing was done. */
export const NO_NODE = "No node listens";

/**
 * Starts it on a free port of loopback, or on `port`.
 *
 * @param nodes addresses of the nodes, without a path; a node that does not listen is passed over
 */
export function startRoundRobin(nodes: readonly string[], port = 0): RoundRobin {
  // Deno's fetch sends a request again, a POST too, when a connection that it had kept ends before the answer.
  const http = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  const passed: Passed[] = [];
  let turn = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, async (request) => {
    const body = request.method === "POST" ? await request.text() : null;
    for (let tries = 0; tries < nodes.length; tries++) {
      const node = turn++ % nodes.length;
      const attempt: Attempt = { request, body, node, url: nodes[node] ?? "", http, passed };
      const response = await handOn(attempt);
      if (response !== null) return response;
    }
    return new Response(NO_NODE, { status: 503 });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    passed,
    turnTo: (node) => void (turn = node),
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      http.close();
    },
  };
}

interface Attempt {
  readonly request: Request;
  readonly body: string | null;
  readonly node: number;
  readonly url: string;
  readonly http: Deno.HttpClient;
  readonly passed: Passed[];
}

/** The node's answer, whose stream is passed on as it comes; null where the node does not listen. */
async function handOn({ request, body, node, url, http, passed }: Attempt): Promise<Response | null> {
  const headers = new Headers(request.headers);
  for (const name of HOP_BY_HOP) headers.delete(name);
  const { pathname, search } = new URL(request.url);
  const { method, signal } = request;
  const session = headers.get(SESSION);
  const noted: Passed = { node, method, path: pathname, rpc: methodIn(body), session, status: null };
  passed.push(noted);
  try {
    const response = await fetch(url + pathname + search, {
      method,
      headers,
      body,
      signal,
      client: http,
      redirect: "manual",
    });
    noted.status = response.status;
    noted.session ??= response.headers.get(SESSION);
    return new Response(response.body, response);
  } catch (error) {
    if (isRefused(error)) {
      passed.splice(passed.indexOf(noted), 1);
      return null;
    }
    noted.status = 502;
    return new Response(NODE_LOST, { status: 502 });
  }
}

const SESSION = "mcp-session-id";
/** Headers of a connection, not of a request. */
const HOP_BY_HOP = ["host", "connection", "content-length", "transfer-encoding", "accept-encoding"];

/** Whether nobody listened, so that nothing was sent. */
function isRefused(error: unknown): boolean {
  return error instanceof Error && /connection refused/i.test(`${error.message} ${error.cause}`);
}

function methodIn(body: string | null): string | null {
  return body === null ? null : /"method"\s*:\s*"([^"]*)"/.exec(body)?.[1] ?? null;
}
