// A sign-in server in front of the stand-in of an operator's auth service: the pages, the OAuth routes and the real source of
// people, with time, rounds and faults in the test's hands.
import assert from "node:assert/strict";
import { migrateSignIn } from "../../sign_in/database/migrate_sign_in.ts";
import type { SignInDatabase } from "../../sign_in/database/sign_in_database.ts";
import type { PasswordEntrance, SessionEntrance } from "../../sign_in/people/entrance.ts";
import {
  createRemotePeople,
  type RemotePeople,
  type RemotePeopleDeps,
} from "../../sign_in/people/remote/remote_people.ts";
import { onlySecret, type Secrets } from "../../sign_in/secrets/secrets.ts";
import { clientAddress } from "../../sign_in/http/client_address.ts";
import { createSignInApp } from "../../sign_in/sign_in_app.ts";
import { createSignInServer, type SignInDeps, type SignInServer } from "../../sign_in/sign_in_server.ts";
import { type Browser, createBrowser, type Page } from "./browser.ts";
import { RESOURCE } from "./oauth_flow.ts";
import { createRealServices, type RealServices } from "./real_services/real_services.ts";
import type { RealPerson } from "./real_services/people.ts";
import { AUTH_SECRET, type AuthDoor, SERVICE_KEY } from "./test_backend.ts";
import { openTestDatabase } from "./test_database.ts";

/** Where the sign-in server is. */
export const SIGN_IN_URL = "http://localhost:3002";

/** Starts both. `await using` ends them. */
export async function createRemoteWorld(options: RemoteWorldOptions = {}): Promise<RemoteWorld> {
  const services = options.services ?? await createRealServices();
  const signIn = await openTestDatabase(options.data ?? ":memory:");
  await migrateSignIn(signIn);
  try {
    return await start(options, services, signIn);
  } catch (error) {
    await signIn.close();
    if (options.services === undefined) await services[Symbol.asyncDispose]();
    throw error;
  }
}

async function start(options: RemoteWorldOptions, services: RealServices, signIn: SignInDatabase) {
  const { clock } = services;
  const log: Record<string, string | number>[] = [];
  const ticks = new Set<() => Promise<void>>();
  const secrets = options.secrets ?? onlySecret(AUTH_SECRET);
  const played: Pick<RemoteWorld, "answer"> = { answer: null };
  let people: RemotePeople | undefined;
  const now = () => clock.now;
  const issuer = options.server?.issuer ?? SIGN_IN_URL;
  const deps = {
    signIn,
    secrets,
    issuer,
    audience: "mana",
    now,
    randomBytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
    randomUUID: () => crypto.randomUUID(),
    log: (entry: Record<string, string | number>) => void log.push(entry),
  };
  const server = await createSignInServer({
    ...deps,
    origins: [],
    gatewayAddresses: [RESOURCE],
    serviceKey: options.serviceKey ?? SERVICE_KEY,
    ...options.server,
    createPeople: async (parts) =>
      people = await createRemotePeople({
        ...parts,
        ...deps,
        authUrl: services.issuer,
        authOrigin: services.issuer,
        authIssuer: services.issuer,
        entrance: { kind: "password", forgotUrl: `${services.issuer}/forgot` },
        async fetch(url, init) {
          const request = new Request(url, init);
          return await played.answer?.(request) ?? await services.auth.fetch(request, "192.0.2.200");
        },
        every(_ms, tick) {
          ticks.add(tick);
          return () => void ticks.delete(tick);
        },
        ...options.people,
      }),
  });
  assert.ok(people);
  const source = people;
  const app = createSignInApp({ server, signIn, listener: undefined, now, log: deps.log });
  const world: RemoteWorld = Object.assign(played, {
    ask: async (request: Request) =>
      await app.fetch(request, { address: clientAddress(request.headers, world.address) }),
    services,
    server,
    signIn,
    people: source,
    clock,
    log,
    address: options.address ?? "192.0.2.7",
    auth: async (path: string, init?: RequestInit) =>
      await world.ask(new Request(new URL(path, issuer), init)),
    browser: () => createBrowser(issuer, world.ask),
    async signedIn(person: RealPerson) {
      const browser = world.browser();
      const page = await submitPassword(browser, await browser.open("/sign-in"), person);
      assert.equal(new URL(page.url).pathname, "/apps", page.html);
      return browser;
    },
    async round() {
      for (const tick of ticks) await tick();
    },
    async [Symbol.asyncDispose]() {
      await source.stop();
      assert.equal(ticks.size, 0);
      await signIn.close();
      if (options.services === undefined) await services[Symbol.asyncDispose]();
    },
  });
  return world;
}

/** Types a person's password into the page. */
export async function submitPassword(
  browser: Browser,
  page: Page,
  { email, password }: Pick<RealPerson, "email" | "password">,
): Promise<Page> {
  return await browser.submit(page, "/sign-in", { email, password });
}

/** What differs from the standard world. */
export interface RemoteWorldOptions {
  /** Services that the test ends by itself. */
  readonly services?: RealServices;
  /** Folder of the database; in memory by default. */
  readonly data?: string;
  readonly secrets?: Secrets;
  /** The network address that requests come from; of this computer: that of a proxy, which says in a header for whom it asks. */
  readonly address?: string;
  /** The key that the gateway is known by. */
  readonly serviceKey?: string;
  readonly people?: Partial<RemotePeopleDeps>;
  /** What differs in the server itself. */
  readonly server?: Partial<Omit<SignInDeps, "createPeople" | "signIn" | "secrets">>;
}

/** The server and the services behind it. */
export interface RemoteWorld extends AuthDoor, AsyncDisposable {
  readonly services: RealServices;
  readonly server: SignInServer;
  readonly signIn: SignInDatabase;
  readonly people: RemotePeople;
  /** The time of both. */
  readonly clock: { now: number };
  readonly log: readonly Record<string, string | number>[];
  /** Answers in the place of the auth service; null, or no answer: the auth service answers by itself. */
  answer: ((request: Request) => Response | Promise<Response> | undefined) | null;
  /** The network address that requests come from. */
  address: string;
  /** A request to the server, as its process takes them. */
  ask(request: Request): Promise<Response>;
  browser(): Browser;
  /** A browser in which a person typed their password. */
  signedIn(person: RealPerson): Promise<Browser>;
  /** Makes one round through the kept sessions. */
  round(): Promise<void>;
}

/** The entrance of people who type their password. */
export function passwordEntrance({ people }: RemoteWorld): Required<PasswordEntrance> {
  const { entrance } = people;
  assert.ok(entrance.kind === "password" && entrance.verifyCode !== undefined);
  return Object.assign({ signUp: () => assert.fail(), forgotUrl: undefined }, entrance, {
    verifyCode: entrance.verifyCode,
  });
}

/** The entrance of people who are signed in at the auth service. */
export function sessionEntrance({ people }: RemoteWorld): SessionEntrance {
  assert.ok(people.entrance.kind === "session");
  return people.entrance;
}

/** Requests that the auth service received on a path below `/api/auth`. */
export function asked({ services }: RemoteWorld, path: string) {
  return services.requests.filter((request) => request.path === `/api/auth${path}`);
}
