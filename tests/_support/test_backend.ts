// The embedded backend in process, without ports, with time and heartbeats in the test's hands: the lower half of a world,
// and all that a test of the services needs. It knows no gateway.
import assert from "node:assert/strict";
import { z } from "zod";
import { type Backend, type BackendDeps, createBackend } from "../../backend/backend.ts";
import { onlySecret } from "../../sign_in/secrets/secrets.ts";
import { type Browser, createBrowser } from "./browser.ts";
import { CHEAP_HASHER } from "./cheap_hasher.ts";
import { testDatabase } from "./test_database.ts";

/** Creates a backend in memory, or on the folder given as `data`. Time stands still until `clock` is set. */
export async function createTestBackend(
  deps: Partial<BackendDeps> = {},
  clock = { now: Date.parse("2026-05-01T12:00:00.000Z") },
): Promise<TestBackend> {
  const { issuer = AUTH_URL } = deps;
  const backendLog: Record<string, string | number>[] = [];
  const ticks = new Set<() => void>();
  const backend = answersAll(
    await createBackend({
      data: ":memory:",
      issuer,
      audience: "mana",
      serviceKey: SERVICE_KEY,
      origins: [ORIGIN.origin],
      signInDatabase: await testDatabase(deps.data ?? ":memory:"),
      secrets: onlySecret(AUTH_SECRET),
      passwordHasher: CHEAP_HASHER,
      kek: new Uint8Array(32).fill(9),
      now: () => clock.now,
      randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
      randomUUID: () => crypto.randomUUID(),
      every(_ms, tick) {
        ticks.add(tick);
        return () => void ticks.delete(tick);
      },
      log: (entry) => void backendLog.push(entry),
      ...deps,
    }),
  );
  const browser = () => createBrowser(issuer, backend.auth.fetch);
  const test: TestBackend = {
    backend,
    clock,
    backendLog,
    heartbeat: () => [...ticks].forEach((tick) => tick()),
    timers: () => ticks.size,
    auth: (path, init) => backend.auth.fetch(new Request(new URL(path, issuer), init)),
    sync: (path, init) => backend.sync.fetch(new Request(SYNC_URL + path, init)),
    async person(name) {
      const email = `${name}@mana.test`;
      const registered = await test.auth("/api/v1/auth/register", post({ email, password: PASSWORD, name }));
      assert.equal(registered.status, 200, await registered.text());
      return await signIn(test, email);
    },
    browser,
    async personWithBrowser(name) {
      const own = browser();
      const page = await own.open("/sign-up");
      const fields = { name, email: `${name}@mana.test`, password: PASSWORD };
      const entered = await own.submit(page, "/sign-up", fields);
      assert.equal(new URL(entered.url).pathname, "/apps", entered.html);
      return own;
    },
    [Symbol.asyncDispose]: () => backend.close(),
  };
  return test;
}

/**
 * The backend, which closes once it has answered everything: who asked may have given up on an answer, and a test that is over must
 * leave nothing that still works.
 */
function answersAll(backend: Backend): Backend {
  const answering = new Set<Promise<Response>>();
  const awaited = ({ fetch }: Backend["auth"]): Backend["auth"] => ({
    fetch(request, peer) {
      const answer = fetch(request, peer).finally(() => answering.delete(answer));
      answering.add(answer);
      return answer;
    },
  });
  return {
    ...backend,
    auth: awaited(backend.auth),
    sync: awaited(backend.sync),
    async close() {
      while (answering.size > 0) await Promise.allSettled(answering);
      await backend.close();
    },
  };
}

/** The services as those who are not the gateway reach them: the web app, a device, a person's browser. */
export interface Services {
  readonly backend: Backend;
  readonly clock: { now: number };
  /** Entries of the backend's log. */
  readonly backendLog: Record<string, string | number>[];
  /** A request to the auth service and the vault. */
  auth(path: string, init?: RequestInit): Promise<Response>;
  /** A request to the sync service. */
  sync(path: string, init?: RequestInit): Promise<Response>;
  /** A browser in which nobody is signed in. */
  browser(): Browser;
  /** A browser in which a new person is signed in. */
  personWithBrowser(name: string): Promise<Browser>;
}

/** All that a way through the auth service needs. */
export type AuthDoor = Pick<Services, "auth">;

/** The backend alone. */
export interface TestBackend extends Services, AsyncDisposable {
  /** Lets all heartbeats tick once. */
  heartbeat(): void;
  /** Timers that are still running. */
  timers(): number;
  /** A new account with a token. */
  person(name: string): Promise<Account>;
}

/** Somebody with an account, signed in at both doors. */
export interface Account {
  readonly email: string;
  readonly id: string;
  /** Their own token, of the last login. */
  token: string;
  /** A session of the web app. */
  readonly cookie: string;
  /** Logs in again, and returns the new token. */
  refresh(): Promise<string>;
}

/** Base URLs of the services, where a test wants no others. */
export const AUTH_URL = "http://auth.test";
export const SYNC_URL = "http://sync.test";
export const SERVICE_KEY = "test-service-key";
/** What signs the cookies of sessions. */
export const AUTH_SECRET = "a secret for tests that is long enough";
/** Everybody's password. */
export const PASSWORD = "correct horse";
/** What a browser of the web app sends. */
export const ORIGIN = { origin: "http://localhost:5173" };

/** Logs in at both doors. */
export async function signIn({ auth }: AuthDoor, email: string): Promise<Account> {
  const login = async () => {
    const answer = await auth("/api/v1/auth/login", post({ email, password: PASSWORD }));
    return Login.parse(await answer.json());
  };
  const { accessToken, user } = await login();
  const session = await auth("/api/auth/sign-in/email", post({ email, password: PASSWORD }, ORIGIN));
  assert.equal(session.status, 200, await session.text());
  const cookie = session.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  const account: Account = {
    email,
    id: user.id,
    token: accessToken,
    cookie,
    refresh: async () => account.token = (await login()).accessToken,
  };
  return account;
}

const Login = z.object({ accessToken: z.string(), user: z.object({ id: z.string() }) });

/** A POST of a JSON body. */
export function post(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
}

/** The header of an access token. */
export function bearer({ token }: Pick<Account, "token">): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}
