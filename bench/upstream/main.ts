// The upstream of the benchmarks: auth, vault and sync in one process that costs little and answers after a fixed time.
// Who a person is, how much data they have and how slow the answers are is in the user id of their token
// (`population.ts`), so that one process serves every workload. Listens on 127.0.0.1, prints one JSON line
// `{"event":"listening",…}`, and hands out tokens at `/bench/tokens`: never run it where anyone else can reach it.
import { setTimeout as delay } from "node:timers/promises";
import { print } from "../../scripts/print.ts";
import { exchangedSubject, introspected, isGrantName } from "./clients.ts";
import { createHistory, type History, isTableName, SPACE_ID, type TableName } from "./history.ts";
import { instantOf, microsOf } from "./instant.ts";
import { nameOf, type Population, populationOf } from "./population.ts";
import { createSeal } from "./seal.ts";
import { createStreams } from "./streams.ts";
import { createTokens, subjectIn } from "./tokens.ts";
import { createWritten } from "./written.ts";

/** Older than any overlap of a cursor: an incremental pull finds nothing of a history. */
const HISTORY_AGE_MS = 60 * 60_000;

const masterKey = crypto.getRandomValues(new Uint8Array(32));
const space = { id: SPACE_ID, name: "Home", slug: "home", logo: null, metadata: { type: "personal" } };
/** Answers that are the same for everybody, by path. */
const FIXED: ReadonlyMap<string, string> = new Map([
  ["/api/auth/organization/list", JSON.stringify([{ ...space, createdAt: "2026-01-01T00:00:00.000Z" }])],
  [
    "/api/v1/me/encryption-vault/key",
    JSON.stringify({ masterKey: masterKey.toBase64(), formatVersion: 1, kekId: "env-v1" }),
  ],
  ["/api/v1/me/encryption-vault/status", JSON.stringify({ vaultExists: true, zeroKnowledge: false })],
]);
const seal = await createSeal(masterKey);
const endMicros = (Date.now() - HISTORY_AGE_MS) * 1000;
const histories = new Map<string, Promise<History>>();
const written = createWritten();
const streams = createStreams();
const subjects = new Map<string, string>();

const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
const origin = `http://127.0.0.1:${server.addr.port}`;
const tokens = await createTokens(origin);
print(JSON.stringify({ event: "listening", url: origin }));

async function answer(request: Request): Promise<Response> {
  const path = request.url.slice(origin.length);
  if (path === "/api/auth/jwks") return json(tokens.keySet);
  if (path.startsWith("/bench/tokens?")) return await tokensAnswer(new URL(request.url).searchParams);
  if (path === "/api/v1/oauth/introspect") return json(introspected(await request.text()));
  if (path === "/api/auth/oauth2/token") {
    const token = await tokens.mint(exchangedSubject(await request.text()));
    return json(JSON.stringify({ access_token: token, token_type: "Bearer", expires_in: 6 * 60 * 60 }));
  }
  const authorization = request.headers.get("authorization") ?? "";
  const subject = subjects.get(authorization) ?? subjectIn(authorization);
  subjects.set(authorization, subject);
  const population = populationOf(subject);
  if (population === null) return new Response("unauthorized\n", { status: 401 });
  const app = /^\/sync\/([^/?]+)/.exec(path)?.[1] ?? "";
  if (/^\/sync\/[^/]+\/stream/.test(path)) return streams.open(subject, app);
  const body = path.startsWith("/sync/")
    ? await syncAnswer(request, path, { subject, app }, population)
    : () => FIXED.get(path);
  if (population.latencyMs > 0) await delay(population.latencyMs);
  const text = body();
  return text === undefined ? new Response("not found\n", { status: 404 }) : json(text);
}

/** Answers with what makes the answer, once the service has taken its time. */
async function syncAnswer(
  request: Request,
  path: string,
  { subject, app }: { readonly subject: string; readonly app: string },
  population: Population,
) {
  if (request.method === "POST") {
    const body = await request.text();
    return () => {
      const nowMicros = Date.now() * 1000;
      for (const table of written.push(subject, body, nowMicros)) streams.changed(subject, app, table);
      return pageOf("", nowMicros, false);
    };
  }
  const query = new URLSearchParams(path.slice(path.indexOf("?")));
  const table = query.get("collection") ?? "";
  const since = microsOf(query.get("since") ?? "");
  const history = isTableName(table) ? await historyOf(table, population) : null;
  return () => {
    const page = history?.page(since);
    if (page?.hasMore) return pageOf(page.changes, page.lastMicros, true);
    const changes = [page?.changes ?? "", written.since(subject, table, since)].filter((part) => part !== "");
    return pageOf(changes.join(","), Date.now() * 1000, false);
  };
}

/** All of one population have the same history. */
function historyOf(table: TableName, population: Population): Promise<History> {
  const id = `${table} ${nameOf(population)}`;
  const history = histories.get(id) ?? createHistory({ table, population, seal, endMicros });
  histories.set(id, history);
  return history;
}

/**
 * `GET /bench/tokens?name=<population>&count=<n>`: tokens of the first `count` people of a population; with `&grant=…&resource=…` those
 * of an app that each of them has connected.
 */
async function tokensAnswer(query: URLSearchParams): Promise<Response> {
  const made: string[] = [];
  const grant = query.get("grant");
  const client = isGrantName(grant) ? { grant, resource: query.get("resource") ?? "" } : null;
  for (let i = 0; i < Number(query.get("count")); i++) {
    const subject = `${query.get("name")}-${i}`;
    made.push(client === null ? await tokens.mint(subject) : await tokens.mintClient(subject, client));
  }
  return json(JSON.stringify(made));
}

function pageOf(changes: string, syncedMicros: number, hasMore: boolean): string {
  const end = `"conflicts":[],"syncedUntil":"${instantOf(syncedMicros)}"${hasMore ? ',"hasMore":true' : ""}`;
  return `{"serverChanges":[${changes}],${end}}`;
}

function json(body: string): Response {
  return new Response(body, { headers: { "content-type": "application/json" } });
}
