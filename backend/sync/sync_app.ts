// The sync service over HTTP: push, pull, stream, health, metrics (sync-protocol). Answers as the reference does, to the
// letter.
import { Hono } from "@hono/hono";
import { cors } from "@hono/hono/cors";
import type { ListenerState } from "../../process/listener.ts";
import type { Memberships } from "../auth/spaces/memberships.ts";
import { readBearer } from "../../sign_in/http/read_bearer.ts";
import type { VerifiedToken, VerifyToken } from "../auth/tokens/token_verifier.ts";
import type { ServiceLog } from "../../sign_in/kit/service_log.ts";
import { readCappedBody } from "../../sign_in/http/read_capped_body.ts";
import { healthAnswer } from "../../sign_in/http/health_answer.ts";
import { jsonAnswer } from "../../sign_in/http/json_answer.ts";
import { PUSH_BODY_BYTES, STREAMS_PER_PERSON } from "../kit/limits.ts";
import type { ChangeLog, Reader } from "./change_log.ts";
import { type Every, openChangeStream } from "./change_stream.ts";
import { parseChangeset } from "./changeset.ts";
import { parsePosition, positionAfter, toClockPosition } from "./log_position.ts";
import type { StreamHub } from "./stream_hub.ts";
import { toPullChange } from "./wire_change.ts";

/** The routes, and the one place that catches unexpected errors. */
export function createSyncApp(deps: SyncAppDeps): Hono {
  const app = new Hono();
  app.onError((error) => {
    // The class only: the text of an error may quote what somebody wrote.
    deps.log({ event: "error", service: "sync", name: error.name });
    return plain(500, "internal error");
  });
  app.notFound(() => plain(404, "404 page not found"));
  app.use(
    "*",
    cors({
      origin: [...deps.origins],
      credentials: true,
      allowMethods: ["GET", "POST", "OPTIONS"],
      allowHeaders: ["Authorization", "Content-Type", "X-Client-Id"],
    }),
  );

  app.get("/health", () => {
    const timestamp = toClockPosition(Math.floor(deps.now() * 1000));
    return healthAnswer(deps.listeners, { service: "mana-sync", timestamp, ...deps.hub.counts() });
  });
  app.get("/metrics", () => {
    const { connections, users } = deps.hub.counts();
    return plain(
      200,
      `# TYPE mana_sync_connections_total gauge\nmana_sync_connections_total ${connections}\n` +
        `# TYPE mana_sync_users_connected gauge\nmana_sync_users_connected ${users}\n` +
        `# TYPE mana_listener_failures_total counter\nmana_listener_failures_total ${
          deps.listeners?.failures() ?? 0
        }`,
    );
  });
  app.get(
    "/sync/:app/pull",
    (c) => forPerson(deps, c.req.raw, (me) => pull(deps, me, c.req.param("app"), c.req.raw)),
  );
  app.get(
    "/sync/:app/stream",
    (c) => forPerson(deps, c.req.raw, (me) => stream(deps, me, c.req.param("app"), c.req.raw)),
  );
  app.post(
    "/sync/:app",
    (c) => forPerson(deps, c.req.raw, (me) => push(deps, me, c.req.param("app"), c.req.raw)),
  );
  for (const path of ["/sync/:app/pull", "/sync/:app/stream", "/health", "/metrics"]) {
    app.all(path, () => plain(405, "Method Not Allowed", { allow: "GET, HEAD" }));
  }
  app.all("/sync/:app", () => plain(405, "Method Not Allowed", { allow: "POST" }));
  return app;
}

/** What the sync service needs. */
export interface SyncAppDeps {
  readonly changeLog: ChangeLog;
  readonly hub: StreamHub;
  readonly memberships: Memberships;
  readonly verifyToken: VerifyToken;
  readonly origins: readonly string[];
  readonly every: Every;
  readonly now: () => number;
  readonly log: ServiceLog;
  readonly listeners: ListenerState | undefined;
}

async function forPerson(
  deps: SyncAppDeps,
  request: Request,
  run: (me: VerifiedToken) => Response | Promise<Response>,
): Promise<Response> {
  const token = readBearer(request.headers);
  if (token === undefined) return plain(401, "unauthorized: no authorization header");
  const me = await deps.verifyToken(token);
  return me === undefined ? plain(401, "unauthorized: invalid token") : await run(me);
}

async function push(deps: SyncAppDeps, me: VerifiedToken, app: string, request: Request): Promise<Response> {
  const body = await readCappedBody(request, PUSH_BODY_BYTES);
  if (!body.ok) return plain(400, "invalid JSON: http: request body too large");
  const parsed = parseChangeset(body.text);
  if (!parsed.ok) return plain(400, parsed.reason);
  const { changes, since } = parsed.changeset;
  const clientId = request.headers.get("x-client-id") || parsed.changeset.clientId;
  // Deleted while the body arrived: what is stored now would be nobody's, and nobody would ever delete it.
  if (me.isGone()) return plain(401, "unauthorized: invalid token");
  if (changes.length > 0) {
    deps.changeLog.append({ userId: me.sub, clientId, app }, changes);
    await deps.hub.publish({ userId: me.sub, app }, changes);
  }
  const delta = deps.changeLog.delta(await readerOf(deps, me.sub, clientId, app), parsePosition(since));
  return jsonAnswer(200, {
    serverChanges: delta.rows.map(toPullChange),
    conflicts: [],
    // Of a cut delta, the position of its last change: continuing from there loses nothing. The reference answers with
    // its clock in both cases.
    syncedUntil: positionAfter(delta),
  });
}

async function pull(deps: SyncAppDeps, me: VerifiedToken, app: string, request: Request): Promise<Response> {
  const query = new URL(request.url).searchParams;
  const table = query.get("collection");
  const since = query.get("since");
  if (!table || !since) return plain(400, "missing collection or since parameter");
  const reader = await readerOf(deps, me.sub, request.headers.get("x-client-id") ?? "", app);
  const portion = deps.changeLog.portion(reader, table, parsePosition(since));
  return jsonAnswer(200, {
    serverChanges: portion.rows.map(toPullChange),
    conflicts: [],
    syncedUntil: positionAfter(portion),
    ...(portion.hasMore ? { hasMore: true } : {}),
  });
}

function stream(deps: SyncAppDeps, me: VerifiedToken, app: string, request: Request): Response {
  if (deps.hub.countOf(me.sub) >= STREAMS_PER_PERSON) return plain(429, "too many streams");
  const query = new URL(request.url).searchParams;
  const tables = (query.get("collections") ?? "").split(",").map((name) => name.trim()).filter(Boolean);
  const clientId = request.headers.get("x-client-id") ?? "";
  const body = openChangeStream({
    userId: me.sub,
    app,
    tables,
    since: parsePosition(query.get("since") ?? ""),
    expiresAt: me.expiresAt,
    // Memberships are read again for every portion: a person who left a space gets nothing more of it.
    read: async (table, since) =>
      deps.changeLog.portion(await readerOf(deps, me.sub, clientId, app), table, since),
    hub: deps.hub,
    every: deps.every,
    now: deps.now,
  });
  return new Response(body, {
    headers: { "content-type": "text/event-stream", "cache-control": "no-cache" },
  });
}

async function readerOf(deps: SyncAppDeps, userId: string, clientId: string, app: string): Promise<Reader> {
  const memberships = await deps.memberships.listFor(userId);
  return { userId, spaceIds: memberships.map(({ organizationId }) => organizationId), clientId, app };
}

function plain(status: number, line: string, headers: Record<string, string> = {}): Response {
  return new Response(`${line}\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff", ...headers },
  });
}
