import assert from "node:assert/strict";
import { z } from "zod";
import { type Backend, type BackendDeps, createBackend } from "../../backend/backend.ts";
import { CHEAP_HASHER } from "./cheap_hasher.ts";

/** A backend in process, without ports, with time and heartbeats in the test's hands. */
export interface TestBackend {
  readonly backend: Backend;
  readonly clock: { now: number };
  /** Entries of the log. */
  readonly log: Record<string, string | number>[];
  /** Lets all heartbeats tick once. */
  heartbeat(): void;
  /** Timers that are still running. */
  timers(): number;
  auth(path: string, init?: RequestInit): Promise<Response>;
  sync(path: string, init?: RequestInit): Promise<Response>;
  /** A new account with a token. */
  person(name: string): Promise<TestPerson>;
  [Symbol.dispose](): void;
}

/** Somebody with an account. */
export interface TestPerson {
  readonly email: string;
  readonly id: string;
  readonly token: string;
  readonly cookie: string;
}

export const ISSUER = "http://auth.test";
export const SERVICE_KEY = "the service key";
export const PASSWORD = "correct horse";
export const EPOCH = "1970-01-01T00:00:00.000Z";
export const FAR = "9999-12-31T23:59:59.999Z";

/** Creates a backend in memory, or on the folder given as `data`. */
export async function createTestBackend(deps: Partial<BackendDeps> = {}): Promise<TestBackend> {
  const clock = { now: Date.parse("2026-05-01T12:00:00.000Z") };
  const log: Record<string, string | number>[] = [];
  const ticks = new Set<() => void>();
  const backend = await createBackend({
    data: ":memory:",
    issuer: ISSUER,
    audience: "mana",
    serviceKey: SERVICE_KEY,
    origins: ["http://localhost:5173"],
    authSecret: "a secret for tests that is long enough",
    passwordHasher: CHEAP_HASHER,
    kek: new Uint8Array(32).fill(9),
    now: () => clock.now,
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    randomUUID: () => crypto.randomUUID(),
    every(_ms, tick) {
      ticks.add(tick);
      return () => void ticks.delete(tick);
    },
    log: (entry) => void log.push(entry),
    ...deps,
  });
  const auth = (path: string, init?: RequestInit) => backend.auth.fetch(new Request(ISSUER + path, init));
  return {
    backend,
    clock,
    log,
    heartbeat: () => [...ticks].forEach((tick) => tick()),
    timers: () => ticks.size,
    auth,
    sync: (path, init) => backend.sync.fetch(new Request(`http://sync.test${path}`, init)),
    async person(name) {
      const email = `${name}@mana.test`;
      const registered = await auth("/api/v1/auth/register", post({ email, password: PASSWORD, name }));
      assert.equal(registered.status, 200, await registered.text());
      return await signIn(auth, email);
    },
    [Symbol.dispose]: () => backend.close(),
  };
}

/** Logs in at both doors. */
export async function signIn(auth: TestBackend["auth"], email: string): Promise<TestPerson> {
  const login = await auth("/api/v1/auth/login", post({ email, password: PASSWORD }));
  const { accessToken, user } = Login.parse(await login.json());
  const session = await auth("/api/auth/sign-in/email", post({ email, password: PASSWORD }, ORIGIN));
  assert.equal(session.status, 200, await session.text());
  const cookie = session.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  return { email, id: user.id, token: accessToken, cookie };
}

const Login = z.object({ accessToken: z.string(), user: z.object({ id: z.string() }) });
/** What a browser of the web app sends. */
export const ORIGIN = { origin: "http://localhost:5173" };

/** A POST of a JSON body. */
export function post(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
}

/** The header of an access token. */
export function bearer(who: Pick<TestPerson, "token">): Record<string, string> {
  return { authorization: `Bearer ${who.token}` };
}

/** Makes a team space of `owner` with `members`; returns its id. */
export async function makeTeam(
  test: TestBackend,
  owner: TestPerson,
  ...members: TestPerson[]
): Promise<string> {
  const asOwner = { cookie: owner.cookie, ...ORIGIN };
  const Id = z.object({ id: z.string() });
  const made = await test.auth(
    "/api/auth/organization/create",
    post({ name: "Team", slug: `team-${crypto.randomUUID()}`, metadata: { type: "team" } }, asOwner),
  );
  const { id: organizationId } = Id.parse(await made.json());
  for (const member of members) {
    const invited = await test.auth(
      "/api/auth/organization/invite-member",
      post({ email: member.email, role: "member", organizationId }, asOwner),
    );
    const { id: invitationId } = Id.parse(await invited.json());
    const accepted = await test.auth(
      "/api/auth/organization/accept-invitation",
      post({ invitationId }, { cookie: member.cookie, ...ORIGIN }),
    );
    assert.equal(accepted.status, 200, await accepted.text());
  }
  return organizationId;
}

/** Pushes changes on the app `todo`; returns the status. */
export async function push(
  test: TestBackend,
  who: TestPerson,
  changes: readonly unknown[],
  clientId = "writer",
): Promise<number> {
  const body = { clientId, since: FAR, changes };
  const response = await test.sync("/sync/todo", post(body, bearer(who)));
  await response.body?.cancel();
  return response.status;
}

const Page = z.object({
  serverChanges: z.array(z.looseObject({ id: z.string(), eventId: z.string() })),
  syncedUntil: z.string(),
  hasMore: z.literal(true).optional(),
});

/** Pulls one page of a table of `todo`. */
export async function pull(test: TestBackend, who: TestPerson, table: string, since = EPOCH) {
  const query = new URLSearchParams({ collection: table, since });
  const response = await test.sync(`/sync/todo/pull?${query}`, {
    headers: { ...bearer(who), "x-client-id": "reader" },
  });
  assert.equal(response.status, 200);
  const page = Page.parse(await response.json());
  return { ...page, ids: page.serverChanges.map((change) => change.id) };
}

/** Pulls until there is no more; returns all ids in order. */
export async function pullAll(test: TestBackend, who: TestPerson, table: string, since = EPOCH) {
  const ids: string[] = [];
  for (let at = since;;) {
    const page = await pull(test, who, table, at);
    ids.push(...page.ids);
    at = page.syncedUntil;
    if (page.hasMore === undefined) return { ids, syncedUntil: at };
  }
}
