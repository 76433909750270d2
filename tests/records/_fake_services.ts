/**
 * The sync service and the vault as the contracts describe them, in memory, behind a `fetch`: visibility by person and
 * membership, exclusion by client id, strict cursor, pages, shared timestamps, no membership check on writes.
 */
import type { PushChange } from "../../lib/changes/sync_messages.ts";

export const SYNC_URL = "http://sync.test";
export const VAULT_URL = "http://vault.test";

export interface LogRow {
  readonly micros: number;
  readonly eventId: string;
  readonly userId: string;
  readonly clientId: string;
  readonly app: string;
  readonly change: Partial<PushChange> & Record<string, unknown>;
}

export interface SeenRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
}

export type VaultState = { key: Uint8Array<ArrayBuffer> } | "zero-knowledge" | "none";

export interface FakeServices {
  readonly fetch: typeof fetch;
  readonly rows: LogRow[];
  readonly requests: SeenRequest[];
  readonly memberships: Map<string, Set<string>>;
  readonly vault: Map<string, VaultState>;
  /** Asked before the service answers; undefined lets it answer. */
  intercept: (
    request: SeenRequest,
    signal: AbortSignal,
  ) => Promise<Response | undefined> | Response | undefined;
  pageSize: number;
  /** Microseconds since the epoch; the service's clock. */
  micros: number;
  /** How far each stored change moves the clock; 0 makes timestamps shared. */
  step: number;
  era: "head" | "seed";
  /** Stores changes as somebody's device would. */
  write(userId: string, app: string, changes: readonly Record<string, unknown>[], clientId?: string): void;
  pulls(): SeenRequest[];
  pushes(): SeenRequest[];
  /** How often the vault was asked for a key. */
  keyFetches(): number;
  /** How often it was asked for its status. */
  vaultChecks(): number;
}

/** Token of a person; any suffix is another token of the same person. */
export function tokenOf(subject: string, suffix = ""): string {
  return `token-${subject}${suffix === "" ? "" : `.${suffix}`}`;
}

export function createFakeServices(): FakeServices {
  let events = 0;
  const json = (body: unknown, status = 200) =>
    new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });

  const fake: FakeServices = {
    rows: [],
    requests: [],
    memberships: new Map(),
    vault: new Map(),
    intercept: () => undefined,
    pageSize: 1000,
    micros: Date.UTC(2026, 4, 20, 9) * 1000,
    step: 1000,
    era: "head",
    write(userId, app, changes, clientId = "a-device") {
      for (const change of changes) {
        fake.micros += fake.step;
        // A round trip through JSON, as the wire does it.
        const stored = JSON.parse(JSON.stringify(change));
        fake.rows.push({
          micros: fake.micros,
          eventId: `event-${++events}`,
          userId,
          clientId,
          app,
          change: stored,
        });
      }
    },
    pulls: () => fake.requests.filter(({ url }) => url.pathname.endsWith("/pull")),
    pushes: () =>
      fake.requests.filter(({ method, url }) => method === "POST" && url.pathname.startsWith("/sync/")),
    keyFetches: () => fake.requests.filter(({ url }) => url.origin === VAULT_URL && isKey(url)).length,
    vaultChecks: () => fake.requests.filter(({ url }) => url.origin === VAULT_URL && !isKey(url)).length,
    fetch: async (input, init) => {
      const request: SeenRequest = {
        method: init?.method ?? "GET",
        url: new URL(String(input)),
        headers: new Headers(init?.headers),
        // At once where there is none: tests count requests that have just begun.
        body: init?.body ? await new Response(init.body).text() : "",
      };
      const signal = init?.signal ?? new AbortController().signal;
      fake.requests.push(request);
      const intercepted = await fake.intercept(request, signal);
      if (intercepted !== undefined) return intercepted;
      const subject = /^Bearer token-([^.]+)/.exec(request.headers.get("authorization") ?? "")?.[1];
      if (subject === undefined) return new Response("unauthorized: parse token\n", { status: 401 });
      if (request.url.origin === VAULT_URL) return vaultAnswer(request, subject);
      return request.method === "POST" ? pushAnswer(request, subject) : pullAnswer(request, subject);
    },
  };

  const vaultAnswer = ({ url }: SeenRequest, subject: string): Response => {
    const state = fake.vault.get(subject) ?? "none";
    if (!isKey(url)) {
      return json({ vaultExists: state !== "none", zeroKnowledge: state === "zero-knowledge" });
    }
    if (state === "none") return json({ error: "vault not initialised", code: "VAULT_NOT_INITIALISED" }, 404);
    if (state === "zero-knowledge") {
      return json({
        requiresRecoveryCode: true,
        recoveryWrappedMk: "eA==",
        recoveryIv: "eA==",
        formatVersion: 1,
      });
    }
    return json({ masterKey: state.key.toBase64(), formatVersion: 1, kekId: "env-v1" });
  };

  const pushAnswer = (request: SeenRequest, subject: string): Response => {
    const app = decodeURIComponent(request.url.pathname.split("/")[2] ?? "");
    const body = JSON.parse(request.body);
    fake.write(subject, app, body.changes, request.headers.get("x-client-id") ?? body.clientId);
    return json({ serverChanges: [], conflicts: [], syncedUntil: instant(fake.micros, 789) });
  };

  const pullAnswer = (request: SeenRequest, subject: string): Response => {
    const app = decodeURIComponent(request.url.pathname.split("/")[2] ?? "");
    const table = request.url.searchParams.get("collection");
    const since = toMicros(request.url.searchParams.get("since") ?? "");
    const member = fake.memberships.get(subject) ?? new Set();
    const visible = fake.rows.filter((row) =>
      row.app === app && row.change.table === table && row.micros > since &&
      row.clientId !== (request.headers.get("x-client-id") ?? "") &&
      (row.userId === subject || member.has(spaceOf(row.change)))
    );
    // Stable, like the service: no second sort key.
    visible.sort((a, b) => a.micros - b.micros);
    const page = visible.slice(0, fake.pageSize);
    const hasMore = visible.length > fake.pageSize;
    return json({
      serverChanges: page.map(emitted),
      conflicts: [],
      syncedUntil: hasMore ? instant(page.at(-1)?.micros ?? 0) : instant(fake.micros, 123),
      ...(hasMore ? { hasMore } : {}),
    });
  };

  const emitted = ({ eventId, change }: LogRow): Record<string, unknown> => {
    const spaceId = spaceOf(change);
    const fields: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(change.fields ?? {})) {
      fields[name] = fake.era === "head"
        ? { value: field.value, at: field.at ?? "" }
        : { value: field.value, updatedAt: field.updatedAt ?? "" };
    }
    return {
      eventId,
      schemaVersion: 1,
      table: change.table,
      id: change.id,
      op: change.op,
      ...(change.op === "insert" && change.data ? { data: change.data } : {}),
      ...(change.op === "update" && change.fields ? { fields } : {}),
      ...(change.deletedAt ? { deletedAt: change.deletedAt } : {}),
      ...(spaceId === "" ? {} : { spaceId }),
      ...(change.actor ? { actor: change.actor } : {}),
      ...(change.origin ? { origin: change.origin } : {}),
    };
  };

  return fake;
}

function isKey({ pathname }: URL): boolean {
  return pathname === "/api/v1/me/encryption-vault/key";
}

function spaceOf(change: LogRow["change"]): string {
  const candidates: unknown[] = [change.spaceId, change.data?.spaceId, change.fields?.spaceId?.value];
  for (const candidate of candidates) if (typeof candidate === "string" && candidate !== "") return candidate;
  return "";
}

/** RFC 3339 with micro- or nanoseconds, trailing zeros trimmed, as the service writes it. */
function instant(micros: number, nanos = 0): string {
  const seconds = new Date(Math.floor(micros / 1_000_000) * 1000).toISOString().slice(0, 19);
  const fraction = `${String(micros % 1_000_000).padStart(6, "0")}${
    nanos === 0 ? "" : String(nanos).padStart(3, "0")
  }`;
  const trimmed = fraction.replace(/0+$/, "");
  return `${seconds}${trimmed === "" ? "" : `.${trimmed}`}Z`;
}

/** Fractions below a microsecond count: `since` of …456789 excludes a row at …456. */
function toMicros(text: string): number {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z$/.exec(text);
  if (match === null) return 0;
  return Date.parse(`${match[1]}Z`) * 1000 + Number(`0.${match[2] ?? "0"}`) * 1_000_000;
}
