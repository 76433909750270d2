// The one place where tests write an MCP request: its headers and its `_meta`, in both eras. It sends nothing.
// What a test wants different it puts on top; only tests whose subject is these very bytes write them by hand.

/** The endpoint of a world's gateway. */
export const MCP_URL = "http://gateway.test/mcp";
/** The stateless revision, and the newest of those that open sessions. */
export const MODERN = "2026-07-28";
export const LEGACY = "2025-11-25";
/** The client that tests are. */
export const CLIENT = { name: "test-client", version: "1" };

/** The `_meta` envelope of a 2026-07-28 request. */
export const META = {
  "io.modelcontextprotocol/protocolVersion": MODERN,
  "io.modelcontextprotocol/clientInfo": CLIENT,
  "io.modelcontextprotocol/clientCapabilities": {},
};

/** What differs from a usual request. */
export interface RequestChanges {
  readonly url?: string;
  readonly id?: number | string;
  /** On top of the usual headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** On top of {@link META}; for the 2026-07-28 revision only. */
  readonly meta?: Readonly<Record<string, unknown>>;
}

type Params = Readonly<Record<string, unknown>>;

/** A request of the 2026-07-28 revision, with the headers that it demands. Null sends no token. */
export function modernRequest(
  token: string | null,
  method: string,
  params: Params = {},
  { url, id, headers, meta }: RequestChanges = {},
): Request {
  const message = modernMessage(method, params, { id, meta });
  return post(message, { ...modernHeaders(token, method, params), ...headers }, url);
}

/** A request of the 2025 revisions, in the session of `session`, or without one. */
export function legacyRequest(
  token: string | null,
  method: string,
  params: Params = {},
  { session, url, id, headers }: RequestChanges & { readonly session?: string } = {},
): Request {
  return post(message(method, params, id), { ...legacyHeaders(token, session), ...headers }, url);
}

/** Opens a session as a 2025 client does; returns its id, for {@link legacyHeaders}. `changes` are of `initialize`. */
export async function openSession(
  send: (request: Request) => Promise<Response>,
  token: string | null,
  changes: Params = {},
  url = MCP_URL,
): Promise<string> {
  const response = await send(post(initialize(changes), postHeaders(token), url));
  const text = await response.text();
  const id = response.headers.get("mcp-session-id");
  if (id === null) throw new Error(`No session was opened: ${text}`);
  return id;
}

/** A POST; the body goes out as it is when it is text or a stream. */
export function post(body: unknown, headers: Readonly<Record<string, string>> = {}, url = MCP_URL): Request {
  return new Request(url, {
    method: "POST",
    headers: { ...JSON_BOTH_WAYS, ...headers },
    body: typeof body === "string" || body instanceof ReadableStream ? body : JSON.stringify(body),
  });
}

/** Headers of a 2026-07-28 request; those that repeat the body are made of `method` and `params`. */
export function modernHeaders(
  token: string | null,
  method: string,
  params: Params = {},
): Record<string, string> {
  const name = params.name ?? params.uri;
  return {
    ...postHeaders(token),
    "mcp-protocol-version": MODERN,
    "mcp-method": method,
    ...(typeof name === "string" ? { "mcp-name": name } : {}),
  };
}

/** Headers of a 2026-07-28 call of a tool. */
export function callHeaders(token: string | null, name: string): Record<string, string> {
  return modernHeaders(token, "tools/call", { name });
}

/** Headers of a 2025 client after its `initialize`. */
export function legacyHeaders(
  token: string | null,
  session?: string,
  revision: string = LEGACY,
): Record<string, string> {
  return {
    ...postHeaders(token),
    "mcp-protocol-version": revision,
    ...(session === undefined ? {} : { "mcp-session-id": session }),
  };
}

/** Headers that every POST has, of whatever revision; a 2025 client sends no others with `initialize`. */
export function postHeaders(token: string | null): Record<string, string> {
  return { ...JSON_BOTH_WAYS, ...(token === null ? {} : { authorization: `Bearer ${token}` }) };
}

const JSON_BOTH_WAYS = { "content-type": "application/json", accept: "application/json, text/event-stream" };

/** The body of a 2026-07-28 request. */
export function modernMessage(
  method: string,
  params: Params = {},
  { id, meta }: { readonly id?: number | string | undefined; readonly meta?: Params | undefined } = {},
): Message {
  return message(method, { ...params, _meta: { ...META, ...meta } }, id);
}

/** The body of a 2026-07-28 call of a tool. */
export function callMessage(name: string, args: unknown, meta?: Params): Message {
  return modernMessage("tools/call", { name, arguments: args }, { meta });
}

/** A request as it is since 2024; the 2025 revisions add nothing to it. */
export function message(method: string, params: Params = {}, id: number | string = 1): Message {
  return { jsonrpc: "2.0", id, method, params };
}

/** The body of an `initialize`. */
export function initialize(changes: Params = {}): Message {
  return message("initialize", { protocolVersion: LEGACY, capabilities: {}, clientInfo: CLIENT, ...changes });
}

/** A JSON-RPC request. */
export interface Message {
  readonly jsonrpc: "2.0";
  readonly id: number | string;
  readonly method: string;
  readonly params: Params;
}

/** The JSON-RPC messages of an answer, JSON or event stream. */
export async function messagesOf(response: Response): Promise<Record<string, unknown>[]> {
  const text = await response.text();
  if (!response.headers.get("content-type")?.includes("text/event-stream")) return [JSON.parse(text)].flat();
  return text.split("\n").filter((line) => line.startsWith("data: ")).map((line) =>
    JSON.parse(line.slice(6))
  );
}
