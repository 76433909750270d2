import { createClock } from "../../lib/kit/clock.ts";
import type { Clock as GatewayClock } from "../../lib/kit/clock.ts";
import { clockOf } from "./fake_clock.ts";
import assert from "node:assert/strict";
import { z } from "zod";
import { type Backend, createBackend, type Service } from "../../backend/backend.ts";
import { parseSettings } from "../../lib/settings/settings.ts";
import { createGateway, type Gateway } from "../../lib/gateway.ts";
import { createLog } from "../../lib/observe/log.ts";
import { hideStrictly } from "../../lib/kit/secret.ts";
import type { Module } from "../../lib/tool/define_module.ts";
import type { ListenerState } from "../../process/listener.ts";
import type { Trace } from "../../lib/observe/trace.ts";
import { MODULES } from "../../tools/modules.ts";
import { CHEAP_HASHER } from "./cheap_hasher.ts";

/** The whole product in one process: the real gateway over the real backend, no ports, time under control. */
export interface World extends AsyncDisposable {
  readonly gateway: Gateway;
  /** Another gateway over the same services, on which every request goes through the SDK. */
  readonly sdkOnly: Gateway;
  readonly backend: Backend;
  readonly clock: Clock;
  /** Every line the gateway logged. */
  readonly logLines: string[];
  /** Every request the gateway sent to a service. */
  readonly upstreamCalls: UpstreamCall[];
  /** Looks at upstream requests first; what it returns is the answer, undefined lets the backend answer. */
  intercept: ((request: Request) => Promise<Response | undefined> | Response | undefined) | null;
  /** How the gateway waits: by moving the clock, unless a test wants it otherwise. */
  delay: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Signs a person up and in, with a vault unless told otherwise. */
  person(name: string, options?: { readonly vault?: boolean }): Promise<Person>;
  /** A request to one of the services as the web app would send it. */
  service(name: "auth" | "sync", path: string, init?: RequestInit): Promise<Response>;
}

/** Time that only moves when told. */
export interface Clock {
  now: number;
  /** How far the gateway's calendar was set back by hand, in milliseconds; its clock for durations goes on. */
  back: number;
}

/** One upstream request. */
export interface UpstreamCall {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
}

/** A person with a fresh token. */
export interface Person {
  readonly email: string;
  readonly password: string;
  readonly id: string;
  token: string;
  readonly cookie: string;
  readonly personalSpace: string;
  /** Signs in again. */
  refresh(): Promise<string>;
}

/** What differs from the standard world. */
export interface WorldOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** All of the product by default. */
  readonly modules?: readonly Module[];
  /** `:memory:` by default. */
  readonly data?: string;
  /** Where spans go; nowhere by default. */
  readonly trace?: Trace;
  /** Carries what the gateway sends to the sync service, where connections are the subject. */
  readonly syncFetch?: typeof fetch;
  /** What the gateway is told of its listener; nothing by default. */
  readonly listener?: ListenerState;
  /** What the gateway does later by itself; real timers by default, which no test lives long enough for. */
  readonly after?: GatewayClock["after"];
  /** Whether a read just after another may ask nobody; by default each asks, whatever time it is in here. */
  readonly hints?: boolean;
}

/** Base URLs of the services inside a world. */
export const AUTH_URL = "http://auth.test";
export const SYNC_URL = "http://sync.test";
export const SERVICE_KEY = "test-service-key";
const START = Date.parse("2026-03-01T12:00:00.000Z");

const Login = z.object({ accessToken: z.string(), user: z.object({ id: z.string() }) });
const Organizations = z.array(z.object({ id: z.string() }));

/** Creates a world. */
export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const clock: Clock = { now: START, back: 0 };
  let tick = 0;
  // Time passes a little with every look at it, as it does outside, so that two stamps are never equal by accident.
  const now = () => clock.now + tick++ % 1000;
  const backend = await createBackend({
    data: options.data ?? ":memory:",
    issuer: AUTH_URL,
    audience: "mana",
    serviceKey: SERVICE_KEY,
    origins: ["http://localhost:5173"],
    authSecret: "a secret of the test world, long enough",
    passwordHasher: CHEAP_HASHER,
    kek: new Uint8Array(32).fill(7),
    now,
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    randomUUID: () => crypto.randomUUID(),
    every: () => () => {},
    log: () => {},
  });
  const parsed = parseSettings({
    MANA_AUTH_URL: AUTH_URL,
    MANA_SYNC_URL: SYNC_URL,
    ALLOWED_HOSTS: "gateway.test",
    CORS_ORIGINS: "http://localhost:5173",
    ...options.env,
  });
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.problems.join("\n"));
  const logLines: string[] = [];
  const upstreamCalls: UpstreamCall[] = [];

  const service: World["service"] = (name, path, init) => {
    const url = (name === "auth" ? AUTH_URL : SYNC_URL) + path;
    return backend[name].fetch(new Request(url, init));
  };

  /** What the services are still answering, though the gateway may have given up on it. */
  const answering = new Set<Promise<Response>>();
  const answer = ({ fetch }: Service, request: Request): Promise<Response> => {
    const answered = fetch(request).finally(() => answering.delete(answered));
    answering.add(answered);
    return answered;
  };

  const upstreamFetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    if (options.syncFetch !== undefined && String(input).startsWith(SYNC_URL)) {
      return await options.syncFetch(input, init);
    }
    const request = new Request(input, init);
    upstreamCalls.push({
      method: request.method,
      url: request.url,
      headers: request.headers,
      body: await request.clone().text(),
    });
    // As `fetch` does: who gives up waits for no answer.
    const left = Promise.withResolvers<never>();
    left.promise.catch(() => {});
    init?.signal?.addEventListener("abort", () => left.reject(init.signal?.reason), { once: true });
    const answered = await Promise.race([world.intercept?.(request.clone()), left.promise]);
    if (answered !== undefined) return answered;
    request.signal.throwIfAborted();
    const { host } = new URL(request.url);
    if (host === "auth.test") return await answer(backend.auth, request);
    if (host === "sync.test") return await answer(backend.sync, request);
    throw new TypeError(`Unexpected upstream ${host}`);
  };

  const signIn = async (email: string, password: string) => {
    const response = await service("auth", "/api/v1/auth/login", json({ email, password }));
    return Login.parse(await response.json());
  };

  const makeGateway = (fastPath: boolean) =>
    createGateway({
      fastPath,
      ...(options.hints === true ? {} : { maxHintStreams: 0 }),
      settings: parsed.settings,
      modules: options.modules ?? MODULES,
      version: "0.0.0-test",
      log: createLog({ level: "debug", clock: clockOf(now), write: (line) => void logLines.push(line) }),
      fetch: upstreamFetch,
      clock: {
        ...createClock({ calendar: () => now() - clock.back, elapsed: now }),
        wait: (ms, signal) => world.delay(ms, signal),
        ...(options.after === undefined ? {} : { after: options.after }),
      },
      newId: () => crypto.randomUUID(),
      random: () => 0,
      hide: hideStrictly,
      ...(options.trace === undefined ? {} : { trace: options.trace }),
      ...(options.listener === undefined ? {} : { listener: options.listener }),
    });
  const gateway = makeGateway(true);
  let sdkOnly: Gateway | undefined;

  const world: World = {
    gateway,
    get sdkOnly() {
      return sdkOnly ??= makeGateway(false);
    },
    backend,
    clock,
    logLines,
    upstreamCalls,
    intercept: null,
    delay: (ms) => {
      clock.now += ms;
      return Promise.resolve();
    },
    service,
    async person(name, personOptions = {}) {
      const email = `${name}@mana.test`;
      const password = `the password of ${name}`;
      const registered = await service("auth", "/api/v1/auth/register", json({ email, password, name }));
      assert.equal(registered.status, 200, await registered.text());
      const login = await signIn(email, password);
      const session = await service("auth", "/api/auth/sign-in/email", json({ email, password }));
      await session.body?.cancel();
      const cookie = session.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
      const list = await service("auth", "/api/auth/organization/list", { headers: { cookie } });
      const [personal] = Organizations.parse(await list.json());
      assert.ok(personal);
      if (personOptions.vault ?? true) {
        const init = await service("auth", "/api/v1/me/encryption-vault/init", {
          method: "POST",
          headers: { authorization: `Bearer ${login.accessToken}` },
        });
        assert.equal(init.status, 200);
        await init.body?.cancel();
      }
      const person: Person = {
        email,
        password,
        id: login.user.id,
        token: login.accessToken,
        cookie,
        personalSpace: personal.id,
        async refresh() {
          person.token = (await signIn(email, password)).accessToken;
          return person.token;
        },
      };
      return person;
    },
    async [Symbol.asyncDispose]() {
      await gateway.stop();
      await sdkOnly?.stop();
      await Promise.allSettled(answering);
      backend.close();
    },
  };
  return world;
}

function json(body: unknown): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json", origin: "http://localhost:5173" },
    body: JSON.stringify(body),
  };
}
