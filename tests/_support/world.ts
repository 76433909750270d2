// The whole product in one process: the real gateway over the real backend, no ports, time under control. The other worlds are
// production_world.ts, with an operator's own services, and tests/records/_harness.ts, records over made-up services.
import { createClock } from "../../lib/kit/clock.ts";
import type { Clock as GatewayClock } from "../../lib/kit/clock.ts";
import { clockOf } from "./fake_clock.ts";
import assert from "node:assert/strict";
import { z } from "zod";
import type { BackendDeps } from "../../backend/backend.ts";
import { parseSettings, type Settings } from "../../lib/settings/settings.ts";
import type { Gateway } from "../../lib/gateway.ts";
import { createLog } from "../../lib/observe/log.ts";
import type { Module } from "../../lib/tool/define_module.ts";
import type { Profile } from "../../lib/tool/profiles/define_profile.ts";
import type { Prompt } from "../../lib/tool/define_prompt.ts";
import type { View } from "../../lib/tool/views/define_view.ts";
import type { Skill } from "../../lib/tool/skills/define_skill.ts";
import type { PersonAction } from "../../lib/person_page/person_action.ts";
import { RESOURCE } from "./oauth_flow.ts";
import type { ListenerState } from "../../process/listener.ts";
import type { SharedStore } from "../../lib/nodes/shared_store.ts";
import type { Trace } from "../../lib/observe/trace.ts";
import { MODULES } from "../../tools/modules.ts";
import { PROFILES } from "../../tools/profiles.ts";
import { PROMPTS } from "../../tools/prompts.ts";
import { VIEWS } from "../../tools/views.ts";
import { SKILLS } from "../../tools/skills/skills.ts";
import {
  type Account,
  AUTH_URL,
  bearer,
  createTestBackend,
  ORIGIN,
  type Services,
  SYNC_URL,
  type TestBackend,
} from "./test_backend.ts";
import { createTestGateway } from "./test_gateway.ts";
import { createWire, type UpstreamCall, type Wire } from "./wire.ts";

/** The whole product in one process: the real gateway over the real backend, no ports, time under control. */
export interface World extends Services, AsyncDisposable {
  readonly gateway: Gateway;
  /** Another gateway over the same services, on which every request goes through the SDK. */
  readonly sdkOnly: Gateway;
  readonly clock: Clock;
  /** Every line the gateway logged. */
  readonly logLines: string[];
  /** Every request the gateway sent to a service. */
  readonly upstreamCalls: UpstreamCall[];
  /** Looks at upstream requests first; what it returns is the answer, undefined lets the backend answer. */
  intercept: Wire["intercept"] | null;
  /** Every request that the sign-in pages sent to the gateway. */
  readonly pageCalls: UpstreamCall[];
  /** Looks at requests of the sign-in pages first, as `intercept` does at the gateway's. */
  interceptPages: Wire["intercept"] | null;
  /** How the gateway waits: by moving the clock, unless a test wants it otherwise. */
  delay: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Another gateway over the same services, as a process of its own: it has nothing of the first one's memory. Stops with the world. */
  another(changes?: AnotherGateway): Gateway;
  /** Signs a person up and in, with a vault unless told otherwise. */
  person(name: string, options?: { readonly vault?: boolean }): Promise<Person>;
}

/** Time that only moves when told. */
export interface Clock {
  now: number;
  /** How far the gateway's calendar was set back by hand, in milliseconds; its clock for durations goes on. */
  back: number;
}

/** A person with a fresh token. */
export interface Person extends Account {
  readonly personalSpace: string;
}

/** What differs from the world's own gateway. */
export interface AnotherGateway {
  /** Settings on top of the world's. */
  readonly env?: Readonly<Record<string, string>>;
  /** false: every request goes through the SDK. */
  readonly fastPath?: boolean;
  /** How far its calendar is ahead of the others', in milliseconds. */
  readonly aheadMs?: number;
}

/** What differs from the standard world. */
export interface WorldOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** All of the product by default. */
  readonly modules?: readonly Module[];
  /** tools/profiles.ts by default; none where the modules are a test's own, so that each is shown. */
  readonly profiles?: readonly Profile[];
  /** tools/prompts.ts by default; none where the modules are a test's own. */
  readonly prompts?: readonly Prompt[];
  /** tools/views.ts by default. */
  readonly views?: readonly View[];
  /** tools/skills/skills.ts by default; none where the modules are a test's own. */
  readonly skills?: readonly Skill[];
  /** `:memory:` by default. */
  readonly data?: string;
  /** What differs in the backend; its `issuer` is where the gateway finds the auth service. */
  readonly backend?: Partial<BackendDeps>;
  /**
   * Whether time stands still. By default it passes a little with every look at it, as it does outside, so that two
   * stamps are never equal by accident.
   */
  readonly isStill?: boolean;
  /** Whether the sign-in pages reach the gateway, so that they show and undo what apps do; not by default. */
  readonly hasPages?: boolean;
  /** What pages can ask besides the gateway's own actions. */
  readonly personActions?: readonly PersonAction[];
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
  /** The door of each gateway to a store that they share; none by default. */
  readonly sharedStore?: () => SharedStore;
}

/** Where the sign-in pages reach the gateway. */
export const GATEWAY_URL = new URL(RESOURCE).origin;

const START = Date.parse("2026-03-01T12:00:00.000Z");

/** Creates a world. */
export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const clock: Clock = { now: START, back: 0 };
  let tick = 0;
  const now = () => options.isStill === true ? clock.now : clock.now + tick++ % 1000;
  const pageWire = createWire({
    services: { [GATEWAY_URL]: (request) => world.gateway.fetch(request) },
    intercept: (request) => world.interceptPages?.(request),
  });
  const services = await createTestBackend({
    ...(options.hasPages === true ? { gatewayUrl: GATEWAY_URL, gatewayAddresses: [RESOURCE] } : {}),
    ...(options.data === undefined ? {} : { data: options.data }),
    now,
    every: () => () => {},
    ...options.backend,
    fetch: (url, init) =>
      new URL(url).origin === GATEWAY_URL || options.backend?.fetch === undefined
        ? pageWire.fetch(url, init)
        : options.backend.fetch(url, init),
  }, clock);
  const { backend } = services;
  const authUrl = options.backend?.issuer ?? AUTH_URL;
  const usualEnv = {
    MANA_AUTH_URL: authUrl,
    MANA_SYNC_URL: SYNC_URL,
    ALLOWED_HOSTS: options.hasPages === true ? `gateway.test,${new URL(RESOURCE).hostname}` : "gateway.test",
    CORS_ORIGINS: ORIGIN.origin,
    ...options.env,
  };
  const logLines: string[] = [];
  const wire = createWire({
    services: { [authUrl]: backend.auth.fetch, [SYNC_URL]: backend.sync.fetch },
    intercept: (request) => world.intercept?.(request),
    ...(options.syncFetch === undefined ? {} : { past: { [SYNC_URL]: options.syncFetch } }),
  });

  const others: Gateway[] = [];
  const another = (changes: AnotherGateway): Gateway => {
    const made = makeGateway(changes);
    others.push(made);
    return made;
  };
  // No process shares its clock of durations with another one.
  const makeGateway = ({ env = {}, fastPath = true, aheadMs = 0 }: AnotherGateway, elapsedFrom = START) =>
    createTestGateway({
      fastPath,
      ...(options.hints === true ? {} : { maxHintStreams: 0 }),
      settings: settingsOf({ ...usualEnv, ...env }),
      modules: options.modules ?? MODULES,
      profiles: options.profiles ?? (options.modules === undefined ? PROFILES : []),
      prompts: options.prompts ?? (options.modules === undefined ? PROMPTS : []),
      views: options.views ?? VIEWS,
      skills: options.skills ?? (options.modules === undefined ? SKILLS : []),
      log: createLog({ level: "debug", clock: clockOf(now), write: (line) => void logLines.push(line) }),
      fetch: wire.fetch,
      personActions: options.personActions ?? [],
      clock: {
        ...createClock({
          calendar: () => now() - clock.back + aheadMs,
          elapsed: () => now() - elapsedFrom,
        }),
        wait: (ms, signal) => world.delay(ms, signal),
        ...(options.after === undefined ? {} : { after: options.after }),
      },
      ...(options.trace === undefined ? {} : { trace: options.trace }),
      ...(options.sharedStore === undefined ? {} : { sharedStore: options.sharedStore() }),
      ...(options.listener === undefined ? {} : { listener: options.listener }),
    });
  const gateway = makeGateway({}, 0);
  let sdkOnly: Gateway | undefined;

  const world: World = {
    gateway,
    get sdkOnly() {
      return sdkOnly ??= another({ fastPath: false });
    },
    another: (changes = {}) => another(changes),
    ...services,
    clock,
    logLines,
    upstreamCalls: wire.calls,
    intercept: null,
    pageCalls: pageWire.calls,
    interceptPages: null,
    delay: (ms) => {
      clock.now += ms;
      return Promise.resolve();
    },
    person: (name, { vault = true } = {}) => signUp(services, name, vault),
    async [Symbol.asyncDispose]() {
      await pageWire.settled();
      await gateway.stop();
      for (const other of others) await other.stop();
      await wire.settled();
      await backend.close();
    },
  };
  return world;
}

function settingsOf(env: Readonly<Record<string, string>>): Settings {
  const parsed = parseSettings(env);
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.problems.join("\n"));
  return parsed.settings;
}

async function signUp(services: TestBackend, name: string, hasVault: boolean): Promise<Person> {
  const account = await services.person(name);
  const list = await services.auth("/api/auth/organization/list", { headers: { cookie: account.cookie } });
  const [personal] = Organizations.parse(await list.json());
  assert.ok(personal);
  if (hasVault) {
    const url = "/api/v1/me/encryption-vault/init";
    const init = await services.auth(url, { method: "POST", headers: bearer(account) });
    assert.equal(init.status, 200);
    await init.body?.cancel();
  }
  return Object.assign(account, { personalSpace: personal.id });
}

const Organizations = z.array(z.object({ id: z.string() }));
