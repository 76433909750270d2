import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from "@modelcontextprotocol/client";
import { Client as LegacyClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as LegacyTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { z } from "zod";
import { type Answer, readFailure, readResult, SESSION_UNKNOWN } from "./answer.ts";

/** One MCP client: an official one, over HTTP, that does one thing at a time. */
export interface SoakClient {
  readonly name: string;
  readonly era: "modern" | "legacy";
  /** Calls a tool in a space; null for the default. Never throws. */
  call(tool: string, args: Record<string, unknown>, options: CallOptions): Promise<Answer>;
  close(): Promise<void>;
}

/** Options of one call. */
export interface CallOptions {
  /** Value of `X-Mana-Space`; null to send none. */
  readonly space: string | null;
  /** The client goes away when this ends. */
  readonly signal?: AbortSignal;
}

/** What {@link createSoakClient} needs. */
export interface SoakClientDeps {
  readonly url: string;
  /** Shows up as the author of what the client writes. */
  readonly name: string;
  readonly era: "modern" | "legacy";
  /** The token of each request. */
  readonly token: () => string;
  /**
   * One that keeps no connection. Deno's fetch sends a request again, a POST too, when a connection that it had kept ends
   * before the answer: a call would be carried out twice, or fail with "refused" after it was carried out once.
   */
  readonly http: Deno.HttpClient;
  /** Ends when the gateway process does: the official clients would wait for an answer that nobody can give any more. */
  readonly gatewayLife: () => AbortSignal;
}

/** A call may take 45 s; who still waits after this, waits for nothing. */
export const HANG_MS = 50_000;

/** Nobody listens: the gateway is being restarted, and nothing was done. */
const NOBODY = "Connection refused";

const HttpFailure = z.object({ error: z.union([z.object({ message: z.string() }), z.string()]) });

interface Connection {
  callTool(name: string, args: Record<string, unknown>, signal: AbortSignal): Promise<unknown>;
  close(): Promise<void>;
}

/** What came of the requests of one call so far. */
interface Sending {
  failure: { readonly status: number; readonly message: string } | null;
  /** Whether any of it may have reached the gateway. */
  wasSent: boolean;
  /** Ends when an answer does before it is complete: the official clients would wait for the rest. */
  readonly cut: AbortController;
}

function newSending(): Sending {
  return { failure: null, wasSent: false, cut: new AbortController() };
}

/** Creates a client that connects at its first call, and again when its session is gone. */
export function createSoakClient(deps: SoakClientDeps): SoakClient {
  let space: string | null = null;
  /** Of the call that runs. An earlier one that its client has left may still get its answer. */
  let current = newSending();
  let connection: Connection | null = null;

  // The official transports take headers once; tokens and spaces change with every call.
  const send = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const headers = new Headers(init?.headers);
    headers.set("authorization", `Bearer ${deps.token()}`);
    if (space !== null) headers.set("x-mana-space", space);
    // What the client says in the background, such as that an earlier call is cancelled, tells nothing of this one.
    const isMessage = init?.method === "POST" && typeof init.body === "string" &&
      (connection === null || init.body.includes('"tools/call"'));
    const sending = current;
    const response = await fetch(input, { ...init, headers, client: deps.http }).catch((error: unknown) => {
      const cause = error instanceof Error ? error.cause ?? error : error;
      const isRefused = /refused/i.test(String(cause));
      if (isMessage && isRefused && !sending.wasSent) sending.failure = { status: 0, message: NOBODY };
      if (isMessage && !isRefused) sending.wasSent = true;
      throw error;
    });
    if (!isMessage) return response;
    sending.wasSent = true;
    if (response.status >= 400) {
      sending.failure = { status: response.status, message: await messageIn(response.clone()) };
    }
    return response.body === null ? response : new Response(watched(response.body, sending.cut), response);
  };

  const connect = async (): Promise<Connection> => {
    const url = new URL(deps.url);
    if (deps.era === "modern") {
      const client = new ModernClient({ name: deps.name, version: "1" }, {
        versionNegotiation: { mode: { pin: "2026-07-28" } },
      });
      await client.connect(new ModernTransport(url, { fetch: send }));
      return {
        callTool: (name, args, signal) =>
          client.callTool({ name, arguments: args }, { timeout: HANG_MS, signal }),
        close: () => client.close(),
      };
    }
    const client = new LegacyClient({ name: deps.name, version: "1" });
    await client.connect(new LegacyTransport(url, { fetch: send }));
    return {
      callTool: (name, args, signal) =>
        client.callTool({ name, arguments: args }, undefined, { timeout: HANG_MS, signal }),
      close: () => client.close(),
    };
  };

  return {
    name: deps.name,
    era: deps.era,
    async call(tool, args, options) {
      space = options.space;
      const connecting = current = newSending();
      try {
        const life = AbortSignal.any([deps.gatewayLife(), connecting.cut.signal]);
        connection ??= await whileAlive(life, connect());
      } catch {
        // Nothing has been asked yet, so nothing can have been done.
        const { failure } = connecting;
        return { kind: "refused", reason: failure === null ? "not connected" : readFailure(failure).reason };
      }
      const calling = current = newSending();
      const life = AbortSignal.any([deps.gatewayLife(), calling.cut.signal]);
      const signal = options.signal === undefined ? life : AbortSignal.any([life, options.signal]);
      try {
        return readResult(await whileAlive(life, connection.callTool(tool, args, signal)));
      } catch (error) {
        const seen: Sending["failure"] = calling.failure;
        if (options.signal?.aborted) return { kind: "unknown", reason: "the client went away" };
        if (deps.era === "legacy" && (seen === null || readFailure(seen).reason === SESSION_UNKNOWN)) {
          await this.close();
        }
        if (seen !== null) return readFailure(seen);
        if (life.aborted) return { kind: "unknown", reason: "the gateway ended" };
        const isTimeout = error instanceof Error && /timed out/i.test(error.message);
        return isTimeout ? { kind: "hang", reason: tool } : { kind: "unknown", reason: "connection lost" };
      }
    },
    async close() {
      const open = connection;
      connection = null;
      await open?.close().catch(() => {});
    },
  };
}

/** The words of a failure: those of the gateway, or the whole text of a load balancer's. */
async function messageIn(response: Response): Promise<string> {
  const text = await response.text().catch(() => "");
  try {
    const { error } = HttpFailure.parse(JSON.parse(text));
    return typeof error === "string" ? error : error.message;
  } catch {
    return text;
  }
}

/** The same body; where it comes to no end, `cut` is told. */
function watched(body: ReadableStream<Uint8Array<ArrayBuffer>>, cut: AbortController) {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        cut.abort();
        controller.error(error);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

/** What comes of `work`, or the end of `life` if that comes first: then nobody is left who could go on with it. */
async function whileAlive<T>(life: AbortSignal, work: Promise<T>): Promise<T> {
  const ended = Promise.withResolvers<never>();
  const end = () => ended.reject(life.reason);
  life.addEventListener("abort", end, { once: true });
  work.catch(() => {});
  try {
    return await Promise.race([work, ended.promise]);
  } finally {
    life.removeEventListener("abort", end);
  }
}
