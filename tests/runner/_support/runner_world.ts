// The runner over a whole product in one process: gateway and backend of tests/_support/world.ts as fetch functions, no ports.
import assert from "node:assert/strict";
import { attempt, type AttemptDeps, type AttemptReport } from "../../../runner/attempt/attempt.ts";
import { createInputHash } from "../../../runner/attempt/input_hash.ts";
import type { Brain, Day, Move, Rating, Turn } from "../../../runner/brain/brain.ts";
import { type Persona, readCatalogue } from "../../../runner/catalogue/read_catalogue.ts";
import { NO_CHECKS } from "../../../runner/checks/check.ts";
import type { Clock } from "../../../runner/kit/clock.ts";
import { createTurns } from "../../../runner/kit/turns.ts";
import { createPersonasApi } from "../../../runner/personas_api/personas_api.ts";
import { createOwnAccess } from "../../../runner/sign_in/own_access.ts";
import { derivePersonaPassword } from "../../../process/derive_persona_password.ts";
import { MCP_URL } from "../../_support/mcp_request.ts";
import { AUTH_URL, bearer, ORIGIN, post } from "../../_support/test_backend.ts";
import { createWorld, type World, type WorldOptions } from "../../_support/world.ts";
import {
  createPlayedPersonasApi,
  PERSONAS_KEY,
  PERSONAS_URL,
  type PlayedPersonasApi,
} from "./played_personas_api.ts";

/** What passwords of personas follow from, in tests. */
export const SEED_SECRET = "0123456789abcdef0123456789abcdef";

/** Creates it, with the accounts of these personas. */
export async function createRunnerWorld(
  names: readonly string[],
  options: RunnerWorldOptions = {},
): Promise<RunnerWorld> {
  // The runner's own origin is one that the auth service trusts.
  const world = await createWorld({
    ...options.world,
    backend: { origins: [ORIGIN.origin], ...options.world?.backend },
  });
  const api = createPlayedPersonasApi();
  api.now = () => world.clock.now;
  const ids = new Map<string, string>();
  for (const name of names) ids.set(name, await register(world, personaOf(name).email));
  const requests: Request[] = [];
  const runner: RunnerWorld = {
    world,
    api,
    requests,
    intercept: () => undefined,
    userId: (name) => ids.get(name) ?? assert.fail(`${name} has no account`),
    fetch: async (input, init) => {
      const request = new Request(input, init);
      requests.push(request);
      const said = await runner.intercept(request.clone());
      if (said !== undefined) return said;
      request.signal.throwIfAborted();
      const { origin } = new URL(request.url);
      if (origin === new URL(MCP_URL).origin) return await world.gateway.fetch(request);
      if (origin === PERSONAS_URL) return await api.fetch(request);
      return await world.auth(request.url, request);
    },
    deps: (changes = {}) => depsOf(runner, options.clock ?? realTime(world), changes),
    play: (name, brain, changes = {}) => {
      const never = new AbortController().signal;
      const player = { userId: runner.userId(name), persona: personaOf(name) };
      return attempt(runner.deps({ brain, ...changes }), player, { soft: never, hard: never });
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
  return runner;
}

/** What differs. */
export interface RunnerWorldOptions {
  readonly world?: WorldOptions;
  /** The runner's time; by default the world's calendar, and real timers. */
  readonly clock?: Clock;
}

/** The runner and everything around it. */
export interface RunnerWorld extends AsyncDisposable {
  readonly world: World;
  readonly api: PlayedPersonasApi;
  /** Every request of the runner. */
  readonly requests: Request[];
  /** Looks at each request of the runner first; what it returns is the answer. */
  intercept: (request: Request) => Response | undefined | Promise<Response | undefined>;
  readonly fetch: typeof fetch;
  userId(name: string): string;
  /** What attempts are given here. */
  deps(changes?: Partial<AttemptDeps>): AttemptDeps;
  /** One attempt of one persona. */
  play(name: string, brain: AttemptDeps["brain"], changes?: Partial<AttemptDeps>): Promise<AttemptReport>;
}

/** Somebody of the catalogue. */
export function personaOf(name: string): Persona {
  return readCatalogue().find((persona) => persona.name === name) ?? assert.fail(`nobody is called ${name}`);
}

/** A brain that makes these moves, one after the other, and ends then. `rate` is what it thinks of the day. */
export function brainOf(
  moves:
    readonly (Move | ((turns: readonly Turn[], day: Day, signal: AbortSignal) => Move | Promise<Move>))[],
  rate: (turns: readonly Turn[]) => readonly Rating[] = () => [],
): Brain & { readonly days: Day[] } {
  const days: Day[] = [];
  return {
    name: "test",
    days,
    begin(day) {
      days.push(day);
      return {
        next: async (turns, signal) => {
          const move = moves[turns.length];
          return typeof move === "function" ? await move(turns, day, signal) : move ?? { end: "" };
        },
        rate: (turns) => Promise.resolve(rate(turns)),
      };
    },
  };
}

function depsOf(runner: RunnerWorld, clock: Clock, changes: Partial<AttemptDeps>): AttemptDeps {
  const way = { fetch: runner.fetch, clock };
  return {
    api: createPersonasApi({ ...way, url: PERSONAS_URL, key: PERSONAS_KEY }),
    access: createOwnAccess({ ...way, authUrl: AUTH_URL, secret: SEED_SECRET, turns: createTurns() }),
    mana: { ...way, url: MCP_URL, version: "0.0.0-test" },
    brain: brainOf([]),
    checks: NO_CHECKS,
    clock,
    hash: createInputHash(SEED_SECRET),
    newTickId: () => crypto.randomUUID(),
    seed: 1,
    events: { called() {}, violated() {} },
    ...changes,
  };
}

function realTime(world: World): Clock {
  return {
    calendar: () => world.clock.now,
    elapsed: () => performance.now(),
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  };
}

async function register(world: World, email: string): Promise<string> {
  const password = await derivePersonaPassword(SEED_SECRET, email);
  const registered = await world.auth(
    "/api/v1/auth/register",
    post({ email, password, name: email.split("@")[0] }),
  );
  assert.equal(registered.status, 200, await registered.text());
  const login = await world.auth("/api/v1/auth/login", post({ email, password }));
  const { accessToken, user } = await login.json();
  const init = await world.auth("/api/v1/me/encryption-vault/init", {
    method: "POST",
    headers: bearer({ token: accessToken }),
  });
  await init.body?.cancel();
  return user.id;
}
