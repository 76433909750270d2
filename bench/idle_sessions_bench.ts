/**
 * What an idle legacy session costs in memory: 10,000 sessions of 500 people, opened at the whole gateway as a 2025 client
 * does it (`initialize`, `notifications/initialized`, one `tools/list`), in one process, with the services replaced by
 * fixed answers. Prints bytes per session; ends with 1 when that is more than 4 kB.
 *
 *     deno run --v8-flags=--expose-gc bench/idle_sessions_bench.ts
 */
import { createClock } from "../lib/kit/clock.ts";
import { parseSettings } from "../lib/settings/settings.ts";
import { createGateway, type Gateway } from "../lib/gateway.ts";
import { createLog } from "../lib/observe/log.ts";
import { print } from "../scripts/print.ts";
import { MODULES } from "../tools/modules.ts";
import { PROMPTS } from "../tools/prompts.ts";

/** How much is opened. Defaults: 500 people with 20 sessions each, which is as many as the gateway allows. */
export interface IdleSessionsOptions {
  readonly people?: number;
  readonly sessionsPerPerson?: number;
  /** Characters of the name that each client gives of itself; 16 by default. */
  readonly clientNameChars?: number;
}

/** What {@link measureIdleSessions} found. All sizes in bytes. */
export interface IdleSessionsResult {
  readonly sessions: number;
  /** Growth of the JavaScript heap and of memory outside of it that it holds, per session, after a full collection. */
  readonly bytesPerSession: number;
  /** Growth of the process per session; what the allocator keeps for later counts too. */
  readonly rssPerSession: number;
  /** Milliseconds from the first to the last session opened. */
  readonly openedInMs: number;
  /** Milliseconds of a `tools/list` in an idle session, answer read: the median over a thousand sessions. */
  readonly firstUseMs: number;
}

const AUTH_URL = "http://auth.test";
const ENDPOINT = "http://gateway.test/mcp";
const MOST_BYTES = 4_096;
const USED_AFTERWARDS = 1_000;
/** Part of the sessions that are opened and ended before anything is counted. */
const WARM_UP_PART = 0.2;
const PROTOCOL = { "mcp-protocol-version": "2025-11-25" };

/** Opens the sessions and measures. Throws TypeError where `--v8-flags=--expose-gc` is missing, Error when an answer is wrong. */
export async function measureIdleSessions(options: IdleSessionsOptions = {}): Promise<IdleSessionsResult> {
  const { people = 500, sessionsPerPerson = 20, clientNameChars = 16 } = options;
  const services = await createServices();
  const gateway = createBenchGateway(services.fetch);
  const tokens = await Promise.all(Array.from({ length: people }, (_, index) => services.token(`p${index}`)));
  // What is kept per person or once for all (keys, spaces, compiled code) is there before anything is counted.
  for (const token of tokens) await post(gateway, token, message("tools/list"), PROTOCOL);
  // The process grows by what opening leaves to the collector, once: a first round of sessions takes that out of the count.
  for (let index = 0; index < people * sessionsPerPerson * WARM_UP_PART; index++) {
    const { token, id } = await openSession(gateway, tokens[index % people] ?? "", clientNameChars);
    await send(gateway, "DELETE", token, null, headersOf(id));
  }
  const before = await settledMemory();
  const started = performance.now();
  const opened: { readonly token: string; readonly id: string }[] = [];
  for (const token of tokens) {
    for (let index = 0; index < sessionsPerPerson; index++) {
      opened.push(await openSession(gateway, token, clientNameChars));
    }
  }
  const openedInMs = performance.now() - started;
  const after = await settledMemory();
  const sessions = opened.length;
  const uses: number[] = [];
  for (let at = 0; at < sessions; at += Math.max(1, Math.floor(sessions / USED_AFTERWARDS))) {
    const session = opened[at];
    if (session === undefined) break;
    const from = performance.now();
    await post(gateway, session.token, message("tools/list"), headersOf(session.id));
    uses.push(performance.now() - from);
  }
  await gateway.stop();
  return {
    sessions,
    bytesPerSession: (after.heldBytes - before.heldBytes) / sessions,
    rssPerSession: (after.rss - before.rss) / sessions,
    openedInMs,
    firstUseMs: uses.toSorted((a, b) => a - b)[Math.floor(uses.length / 2)] ?? NaN,
  };
}

/** The three services as far as opening a session and listing tools asks them. */
async function createServices() {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  if (!("privateKey" in pair)) throw new TypeError("Cannot make a key pair: Ed25519 gave a single key");
  const { kty, crv, x } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const encode = (value: unknown) =>
    new TextEncoder().encode(JSON.stringify(value)).toBase64({ alphabet: "base64url", omitPadding: true });
  return {
    async token(subject: string): Promise<string> {
      const exp = Math.floor(Date.now() / 1000) + 900;
      const head = encode({ alg: "EdDSA", kid: "bench" });
      const signed = `${head}.${encode({ iss: AUTH_URL, aud: "mana", sub: subject, role: "user", exp })}`;
      const seal = await crypto.subtle.sign("Ed25519", pair.privateKey, new TextEncoder().encode(signed));
      return `${signed}.${new Uint8Array(seal).toBase64({ alphabet: "base64url", omitPadding: true })}`;
    },
    fetch: (input: string | URL | Request): Promise<Response> => {
      const { pathname } = new URL(input instanceof Request ? input.url : input);
      if (pathname === "/api/auth/jwks") {
        return Promise.resolve(Response.json({ keys: [{ kty, crv, x, kid: "bench", alg: "EdDSA" }] }));
      }
      return Promise.resolve(Response.json([{ id: "org", name: "Me", metadata: { type: "personal" } }]));
    },
  };
}

function createBenchGateway(fetch: typeof globalThis.fetch): Gateway {
  const parsed = parseSettings({
    MANA_AUTH_URL: AUTH_URL,
    MANA_SYNC_URL: "http://sync.test",
    ALLOWED_HOSTS: "gateway.test",
  });
  if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
  return createGateway({
    settings: parsed.settings,
    modules: MODULES,
    prompts: PROMPTS,
    version: "0.0.0-bench",
    log: createLog({ level: "error", clock: CLOCK, write: () => {} }),
    fetch,
    clock: CLOCK,
    newId: () => crypto.randomUUID(),
    random: Math.random,
  });
}

const CLOCK = createClock({ calendar: Date.now, elapsed: () => performance.now() });

async function openSession(gateway: Gateway, token: string, nameChars: number) {
  const answer = await post(
    gateway,
    token,
    message("initialize", {
      protocolVersion: "2025-11-25",
      capabilities: { elicitation: { form: {} }, roots: { listChanged: true }, sampling: {} },
      clientInfo: { name: "n".repeat(nameChars), version: "1.0.0", title: "A client of this bench" },
    }),
  );
  const id = answer.headers.get("mcp-session-id");
  if (id === null) throw new Error("No session was opened");
  await post(gateway, token, { jsonrpc: "2.0", method: "notifications/initialized" }, headersOf(id));
  await post(gateway, token, message("tools/list"), headersOf(id));
  return { token, id };
}

function message(method: string, params: Record<string, unknown> = {}): Record<string, unknown> {
  return { jsonrpc: "2.0", id: 1, method, params };
}

function headersOf(id: string): Record<string, string> {
  return { "mcp-session-id": id, ...PROTOCOL };
}

function post(gateway: Gateway, token: string, body: unknown, headers: Record<string, string> = {}) {
  return send(gateway, "POST", token, JSON.stringify(body), headers);
}

async function send(
  gateway: Gateway,
  method: "POST" | "DELETE",
  token: string,
  body: string | null,
  headers: Record<string, string>,
): Promise<Response> {
  const response = await gateway.fetch(
    new Request(ENDPOINT, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...headers,
      },
      body,
    }),
  );
  const text = await response.text();
  if (!response.ok || text.includes('"error"')) throw new Error(`${response.status} ${text}`);
  return response;
}

async function settledMemory(): Promise<{ readonly heldBytes: number; readonly rss: number }> {
  const gc: unknown = Reflect.get(globalThis, "gc");
  if (typeof gc !== "function") throw new TypeError("Cannot measure memory: run with --v8-flags=--expose-gc");
  for (let round = 0; round < 5; round++) {
    gc();
    // Closing and finalizing go on after the last answer, in turns of the event loop.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external, rss } = Deno.memoryUsage();
  return { heldBytes: heapUsed + external, rss };
}

if (import.meta.main) {
  const results = [
    await measureIdleSessions(),
    await measureIdleSessions({ clientNameChars: 200_000, people: 50 }),
  ];
  for (const [index, found] of results.entries()) {
    print(
      `${found.sessions} idle sessions${
        index === 0 ? "" : ", each of a client with a name of 200,000 characters"
      }`,
    );
    print(`  memory held      ${found.bytesPerSession.toFixed(0)} bytes a session (at most ${MOST_BYTES})`);
    if (index === 0) print(`  process          ${found.rssPerSession.toFixed(0)} bytes a session`);
    print(`  opened in        ${found.openedInMs.toFixed(0)} ms`);
    print(`  first use again  ${found.firstUseMs.toFixed(2)} ms`);
  }
  if (results.some(({ bytesPerSession }) => bytesPerSession > MOST_BYTES)) Deno.exit(1);
}
