// What an operator of existing services runs, in one process without ports: the stand-in of these services, the sign-in server
// in front of them, and the gateway, all in the same time. Each way between two of them is in the test's hands.
import assert from "node:assert/strict";
import type { Gateway } from "../../lib/gateway.ts";
import { createLog } from "../../lib/observe/log.ts";
import { parseSettings } from "../../lib/settings/settings.ts";
import { MODULES } from "../../tools/modules.ts";
import { PROFILES } from "../../tools/profiles.ts";
import { PROMPTS } from "../../tools/prompts.ts";
import { VIEWS } from "../../tools/views.ts";
import { SKILLS } from "../../tools/skills/skills.ts";
import { createFakeClock } from "./fake_clock.ts";
import { RESOURCE } from "./oauth_flow.ts";
import { createRealServices, type RealServices } from "./real_services/real_services.ts";
import { createRemoteWorld, type RemoteWorld, SIGN_IN_URL } from "./remote_world.ts";
import { temporaryFolder } from "./temporary_folder.ts";
import type { PersonAction } from "../../lib/person_page/person_action.ts";
import { GATEWAY_URL } from "./world.ts";
import { SYNC_URL } from "./test_backend.ts";
import { createTestGateway } from "./test_gateway.ts";
import { createWire, type UpstreamCall, type Wire } from "./wire.ts";

/** Starts everything. `await using` ends it. */
export async function createProductionWorld(
  { hasPages = false, personActions = [] }: ProductionWorldOptions = {},
): Promise<ProductionWorld> {
  await using started = new AsyncDisposableStack();
  const time = createFakeClock(Date.parse("2026-05-01T12:00:00.000Z"));
  const clock = {
    get now() {
      return time.now();
    },
    set now(to) {
      time.advance(to - time.now());
    },
  };
  const folder = started.use(await temporaryFolder());
  const services = started.use(await createRealServices({ clock }));
  const startSignIn = async () => {
    const server = await createRemoteWorld({
      services,
      data: folder.path,
      serviceKey: SIGN_IN_KEY,
      address: "127.0.0.1",
      people: { patienceMs: 1000 },
      server: hasPages
        ? { gatewayUrl: GATEWAY_URL, fetch: (url, init) => gateway.fetch(new Request(url, init)) }
        : {},
    });
    server.answer = (request) => world.signInToAuth?.(request);
    return server;
  };
  let signIn = await startSignIn();
  started.defer(async () => await signIn[Symbol.asyncDispose]());
  const wire = createWire({
    services: {
      [services.issuer]: async (request) => await services.auth.fetch(request),
      [SYNC_URL]: async (request) => await services.sync.fetch(request),
      [SIGN_IN_URL]: (request) => signIn.ask(request),
    },
    intercept: (request) =>
      (new URL(request.url).origin === SIGN_IN_URL ? world.gatewayToSignIn : world.gatewayToServices)?.(
        request,
      ),
  });
  started.defer(async () => void await wire.settled());
  const logLines: string[] = [];
  const gateways = new Set<Gateway>();
  const startGateway = (env: Readonly<Record<string, string>>) => {
    const made = createTestGateway({
      settings: settingsOf({ MANA_AUTH_URL: services.issuer, ...env }),
      modules: MODULES,
      prompts: PROMPTS,
      skills: SKILLS,
      profiles: PROFILES,
      views: VIEWS,
      personActions,
      maxHintStreams: 0, // each read asks, whatever time it is in here
      log: createLog({ level: "debug", clock: time, write: (line) => void logLines.push(line) }),
      fetch: wire.fetch,
      clock: { ...time, wait: (ms) => Promise.resolve(time.advance(ms)) },
    });
    gateways.add(made);
    return made;
  };
  started.defer(async () => void await Promise.all([...gateways].map((each) => each.stop())));
  let gateway = startGateway(SIGN_IN);
  const running = started.move();
  const world: ProductionWorld = {
    gatewayToServices: null,
    gatewayToSignIn: null,
    signInToAuth: null,
    services,
    clock,
    get signIn() {
      return signIn;
    },
    get gateway() {
      return gateway;
    },
    upstreamCalls: wire.calls,
    logLines,
    startGateway,
    async restartSignIn() {
      await signIn[Symbol.asyncDispose]();
      signIn = await startSignIn();
    },
    async restartGateway() {
      await gateway.stop();
      gateway = startGateway(SIGN_IN);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
  return world;
}

/** What differs from the usual production. */
export interface ProductionWorldOptions {
  /** Whether the pages of the sign-in server reach the newest gateway. */
  readonly hasPages?: boolean;
  /** What pages can ask besides the gateway's own actions. */
  readonly personActions?: readonly PersonAction[];
}

/** What an operator runs. */
export interface ProductionWorld extends Faults, AsyncDisposable {
  readonly services: RealServices;
  /** The newest one; see `restartSignIn`. */
  readonly signIn: RemoteWorld;
  /** The newest one; see `restartGateway`. */
  readonly gateway: Gateway;
  /** The time of everything. Setting it runs what was to be done until then. */
  readonly clock: { now: number };
  /** Every request that a gateway sent. */
  readonly upstreamCalls: UpstreamCall[];
  /** What gateways logged. */
  readonly logLines: readonly string[];
  /** Another gateway, with these settings besides the addresses of the services. */
  startGateway(env: Readonly<Record<string, string>>): Gateway;
  /** Ends the sign-in server, and starts another over its database. */
  restartSignIn(): Promise<void>;
  restartGateway(): Promise<void>;
}

/** What answers in the place of somebody; null, or no answer: they answer by themselves. */
export interface Faults {
  /** From the gateway to the auth service, the vault and sync. */
  gatewayToServices: Wire["intercept"] | null;
  /** From the gateway to the sign-in server. */
  gatewayToSignIn: Wire["intercept"] | null;
  /** From the sign-in server to the auth service. */
  signInToAuth: ((request: Request) => Response | Promise<Response> | undefined) | null;
}

/** What the gateway and the sign-in server share. */
export const SIGN_IN_KEY = "a-service-key-of-32-characters-or-more";

/** Settings of a gateway with a sign-in server. */
const SIGN_IN = { MANA_SIGN_IN_URL: SIGN_IN_URL, SIGN_IN_SERVICE_KEY: SIGN_IN_KEY };

function settingsOf(env: Readonly<Record<string, string>>) {
  const parsed = parseSettings({
    MANA_SYNC_URL: SYNC_URL,
    ALLOWED_HOSTS: new URL(RESOURCE).hostname,
    ...env,
  });
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.problems.join("\n"));
  return parsed.settings;
}
