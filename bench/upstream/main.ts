/**
 * The upstream of the benchmarks: auth, vault and sync in one process that costs little and answers after a fixed time.
 * Who a person is, how much data they have and how slow the answers are is in the user id of their token
 * (`population.ts`), so that one process serves every workload. Listens on 127.0.0.1, prints one JSON line
 * `{"event":"listening",…}`, and hands out tokens at `/bench/tokens`: never run it where anyone else can reach it.
 */
import { createCipher, importMasterKey } from "../../lib/sealing/cipher.ts";
import { createClock } from "../../lib/kit/clock.ts";
import { hide } from "../../lib/kit/secret.ts";
import { print } from "../../scripts/print.ts";
import { createHistory, type History, SPACE_ID } from "./history.ts";
import { instantOf, microsOf } from "./instant.ts";
import { parseSubject, type Population } from "./population.ts";
import { createStreams } from "./streams.ts";
import { createTokens, subjectIn } from "./tokens.ts";
import { createWritten } from "./written.ts";

const clock = createClock({ calendar: Date.now, elapsed: () => performance.now() });
/** Older than any overlap of a cursor: an incremental pull finds nothing of a history. */
const HISTORY_AGE_MS = 60 * 60_000;
const TABLES: ReadonlyMap<string, "habits" | "tasks"> = new Map([["habits", "habits"], ["tasks", "tasks"]]);
const JSON_HEADERS = { "content-type": "application/json" };

const masterKey = crypto.getRandomValues(new Uint8Array(32)).toBase64();
const statusAnswer = JSON.stringify({ vaultExists: true, zeroKnowledge: false });
const vaultAnswer = JSON.stringify({ masterKey, formatVersion: 1, kekId: "env-v1" });
const spacesAnswer = JSON.stringify([{
  id: SPACE_ID,
  name: "Home",
  slug: "home",
  logo: null,
  metadata: { type: "personal" },
  createdAt: "2026-01-01T00:00:00.000Z",
}]);
const key = await importMasterKey(hide(masterKey));
if (key === null) throw new TypeError("Cannot make the master key of the benchmark");
const cipher = createCipher();
const endMicros = (Date.now() - HISTORY_AGE_MS) * 1000;
const histories = new Map<string, Promise<History>>();
const written = createWritten();
const streams = createStreams();
const subjects = new Map<string, string | null>();

const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
const origin = `http://127.0.0.1:${server.addr.port}`;
const tokens = await createTokens(origin);
print(JSON.stringify({ event: "listening", url: origin, publicKey: tokens.publicKey }));

async function answer(request: Request): Promise<Response> {
  const path = request.url.slice(origin.length);
  if (path === "/api/auth/jwks") return json(tokens.keySet);
  if (path.startsWith("/bench/tokens?")) return await tokensAnswer(new URL(request.url).searchParams);
  if (path === "/bench/streams") return json(JSON.stringify({ streams: streams.count() }));
  const subject = subjectOf(request.headers.get("authorization"));
  const resident = subject === null ? null : parseSubject(subject);
  if (subject === null || resident === null) return new Response("unauthorized\n", { status: 401 });
  const { population, name } = resident;
  if (path.startsWith("/sync/")) return await syncAnswer(request, path, subject, population, name);
  if (path === "/api/auth/organization/list") return await late(population, () => json(spacesAnswer));
  if (path === "/api/v1/me/encryption-vault/key") return await late(population, () => json(vaultAnswer));
  if (path === "/api/v1/me/encryption-vault/status") return await late(population, () => json(statusAnswer));
  return new Response("not found\n", { status: 404 });
}

async function syncAnswer(
  request: Request,
  path: string,
  subject: string,
  population: Population,
  name: string,
): Promise<Response> {
  if (request.method === "POST") {
    const body = await request.text();
    return await late(population, () => {
      const now = nowMicros();
      for (const table of written.push(subject, body, now)) streams.changed(subject, table);
      return json(pageOf("", instantOf(now), false));
    });
  }
  if (/^\/sync\/[^/]+\/stream/.test(path)) return streams.open(subject);
  const query = new URLSearchParams(path.slice(path.indexOf("?")));
  const table = query.get("collection") ?? "";
  const since = microsOf(query.get("since") ?? "");
  const kind = TABLES.get(table);
  const history = kind === undefined ? null : await historyOf(kind, population, name);
  return await late(population, () => {
    const page = history?.page(since) ?? null;
    if (page !== null && page.hasMore) return json(pageOf(page.changes, instantOf(page.lastMicros), true));
    const now = nowMicros();
    const own = written.since(subject, table, since);
    const changes = [page?.changes ?? "", own].filter((part) => part !== "").join(",");
    return json(pageOf(changes, instantOf(now), false));
  });
}

function historyOf(table: "habits" | "tasks", population: Population, name: string): Promise<History> {
  const id = `${name}/${table}`;
  let history = histories.get(id);
  if (history === undefined) {
    if (key === null) throw new TypeError("unreachable");
    histories.set(id, history = createHistory({ table, population, cipher, key, endMicros }));
  }
  return history;
}

/** `GET /bench/tokens?subject=<name>&count=<n>`: tokens of the first `count` people of a population. */
async function tokensAnswer(query: URLSearchParams): Promise<Response> {
  const made: string[] = [];
  for (let i = 0; i < Number(query.get("count")); i++) {
    made.push(await tokens.mint(`${query.get("name")}-${i}`));
  }
  return json(JSON.stringify(made));
}

async function late(population: Population, respond: () => Response): Promise<Response> {
  if (population.latencyMs > 0) await clock.wait(population.latencyMs);
  return respond();
}

function subjectOf(authorization: string | null): string | null {
  if (authorization === null) return null;
  let subject = subjects.get(authorization);
  if (subject === undefined) subjects.set(authorization, subject = subjectIn(authorization));
  return subject;
}

function pageOf(changes: string, syncedUntil: string, hasMore: boolean): string {
  return `{"serverChanges":[${changes}],"conflicts":[],"syncedUntil":"${syncedUntil}"${
    hasMore ? ',"hasMore":true' : ""
  }}`;
}

function nowMicros(): number {
  return Date.now() * 1000;
}

function json(body: string): Response {
  return new Response(body, { headers: JSON_HEADERS });
}
