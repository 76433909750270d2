import {
  Client as ModernClient,
  type OAuthClientProvider,
  StreamableHTTPClientTransport as ModernTransport,
} from "@modelcontextprotocol/client";
import { Client as LegacyClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as LegacyTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { z } from "zod";

/** One answer that a client got, of the gateway or of the authorization server. */
export interface Answered {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** `WWW-Authenticate`, or nothing. */
  readonly challenge: string;
  /** `grant_type` of a token request, or nothing. */
  readonly grant: string;
  /** Resolves when the answer has been read to its end, or was broken off. */
  readonly ended: Promise<void>;
}

/** A person's AI app on their own computer: an official client that remembers its tokens. */
export interface App {
  readonly name: string;
  /** Whether it keeps a stream of the server open. */
  readonly hasStream: boolean;
  /** Everything it was answered, in order. */
  readonly answers: readonly Answered[];
  /** Where it wanted the browser to go; every time, the newest last. */
  readonly asked: readonly URL[];
  /** Makes its access token unusable, as time would: its next call has to refresh. */
  spoilAccessToken(): void;
  accessToken(): string;
  /** Tries to connect with what it remembers; rejects when the person has to be asked first. */
  connect(): Promise<void>;
  /** Goes on with what the browser brought back. */
  finish(params: URLSearchParams): Promise<void>;
  toolNames(): Promise<string[]>;
  call(name: string, args: Record<string, unknown>): Promise<unknown>;
  close(): Promise<void>;
}

/** Where an app lives. */
export interface AppOptions {
  readonly mcpUrl: string;
  readonly redirectUrl: string;
  /** Its name; what tests of one app need not say. */
  readonly name?: string;
  /** Whether it says that it can show a form, and closes each at once without showing it to anybody. */
  readonly closesForms?: boolean;
}

type Discovery = NonNullable<Awaited<ReturnType<NonNullable<OAuthClientProvider["discoveryState"]>>>>;
type Tokens = NonNullable<Awaited<ReturnType<OAuthClientProvider["tokens"]>>>;
type Registration = NonNullable<Awaited<ReturnType<OAuthClientProvider["clientInformation"]>>>;

const ToolList = z.object({ tools: z.array(z.object({ name: z.string() })) });

/** What the two clients share: the memory of an app, and a record of what it was answered. */
function createMemory(name: string, redirectUrl: string) {
  const answers: Answered[] = [];
  const asked: URL[] = [];
  let tokens: Tokens | undefined;
  let registration: Registration | undefined;
  let discovery: Discovery | undefined;
  let verifier = "";
  const over = new AbortController();
  const provider = {
    redirectUrl,
    clientMetadata: {
      client_name: name,
      redirect_uris: [redirectUrl],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    },
    state: () => crypto.randomUUID(),
    clientInformation: () => registration,
    saveClientInformation: (given: Registration) => void (registration = given),
    tokens: () => tokens,
    saveTokens: (given: Tokens) => void (tokens = given),
    redirectToAuthorization: (url: URL) => void asked.push(url),
    saveCodeVerifier: (given: string) => void (verifier = given),
    codeVerifier: () => verifier,
    saveDiscoveryState: (given: Discovery) => void (discovery = given),
    discoveryState: () => discovery,
    invalidateCredentials(scope: string) {
      if (scope === "all" || scope === "tokens") tokens = undefined;
      if (scope === "all" || scope === "client") registration = undefined;
    },
  };
  const recordingFetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const { pathname: path } = new URL(request.url);
    const grant = path.endsWith("/oauth2/token")
      ? new URLSearchParams(await request.clone().text()).get("grant_type") ?? ""
      : "";
    const response = await fetch(request);
    const end = Promise.withResolvers<void>();
    answers.push({
      method: request.method,
      path,
      status: response.status,
      challenge: response.headers.get("www-authenticate") ?? "",
      grant,
      ended: end.promise,
    });
    if (response.body === null) {
      end.resolve();
      return response;
    }
    const watched = new TransformStream<Uint8Array<ArrayBuffer>>();
    void response.body.pipeTo(watched.writable, { signal: over.signal })
      .catch(() => {}).finally(() => end.resolve());
    const { status, statusText, headers } = response;
    return new Response(watched.readable, { status, statusText, headers });
  };
  return {
    answers,
    asked,
    provider,
    recordingFetch,
    /** Breaks off every answer that the client has not read to its end: an official client leaves some of them as they are. */
    async letGo() {
      over.abort();
      await Promise.all(answers.map(({ ended }) => ended));
    },
    spoilAccessToken: () => void (tokens = tokens && { ...tokens, access_token: "no-longer-good" }),
    accessToken: () => tokens?.access_token ?? "",
  };
}

/** The official v2 client at revision 2026-07-28. */
export function createModernApp(
  { mcpUrl, redirectUrl, name = "Anna's assistant", closesForms = false }: AppOptions,
): App {
  const { provider, recordingFetch, letGo, ...memory } = createMemory(name, redirectUrl);
  const transport = () =>
    new ModernTransport(new URL(mcpUrl), { authProvider: provider, fetch: recordingFetch });
  const open = () => {
    const capabilities = closesForms ? { elicitation: { form: {} } } : {};
    const opened = new ModernClient({ name, version: "1" }, {
      capabilities,
      versionNegotiation: { mode: { pin: "2026-07-28" } },
    });
    if (closesForms) opened.setRequestHandler("elicitation/create", () => ({ action: "cancel" }));
    return opened;
  };
  let client = open();
  let tried = transport();
  const connect = async () => {
    await client.close();
    client = open();
    tried = transport();
    await client.connect(tried);
  };
  return {
    ...memory,
    name,
    hasStream: false,
    connect,
    async finish(params) {
      await tried.finishAuth(params); // checks `iss` (RFC 9207) itself
      await connect();
    },
    toolNames: async () => (await client.listTools()).tools.map((tool) => tool.name),
    call: (tool, args) => client.callTool({ name: tool, arguments: args }),
    async close() {
      await client.close();
      await letGo();
    },
  };
}

/** The official v1 client, which opens a session with `initialize` and keeps a stream open. */
export function createLegacyApp({ mcpUrl, redirectUrl }: AppOptions): App {
  const name = "Anna's older assistant";
  const { provider, recordingFetch, letGo, ...memory } = createMemory(name, redirectUrl);
  const transport = () =>
    new LegacyTransport(new URL(mcpUrl), { authProvider: provider, fetch: recordingFetch });
  const open = () => new LegacyClient({ name, version: "1" });
  let client = open();
  let tried = transport();
  const connect = async () => {
    await client.close();
    client = open();
    tried = transport();
    await client.connect(tried);
  };
  return {
    ...memory,
    name,
    hasStream: true,
    connect,
    async finish(params) {
      await tried.finishAuth(params.get("code") ?? "");
      await connect();
    },
    toolNames: async () => ToolList.parse(await client.listTools()).tools.map((tool) => tool.name),
    call: (tool, args) => client.callTool({ name: tool, arguments: args }),
    async close() {
      await client.close();
      await letGo();
    },
  };
}

/** Without the icon the browser would ask for one. */
const CALLBACK_PAGE =
  '<!doctype html><link rel="icon" href="data:,"><title>Connected</title><p>Go back to your assistant.';

/** The address on this computer at which an app waits for the browser. */
export interface Callback extends AsyncDisposable {
  readonly url: string;
  /** What the browser brought. */
  readonly returned: Promise<URLSearchParams>;
}

/** Waits for the browser. */
export function listenForCallback(): Callback {
  const { promise, resolve } = Promise.withResolvers<URLSearchParams>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const url = new URL(request.url);
    if (url.pathname !== "/callback") return new Response(null, { status: 404 });
    resolve(url.searchParams);
    return new Response(CALLBACK_PAGE, {
      headers: { "content-type": "text/html" },
    });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/callback`,
    returned: promise,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
