// A world in which personas have accounts, and the runner's way in as a connected app. Every request of the runner passes here.
import assert from "node:assert/strict";
import { type Persona, readCatalogue } from "../../../runner/catalogue/read_catalogue.ts";
import type { Clock } from "../../../runner/kit/clock.ts";
import { createTurns } from "../../../runner/kit/turns.ts";
import { type Entrance, SignInFault } from "../../../runner/sign_in/access.ts";
import { type AppAccess, createAppAccess } from "../../../runner/sign_in/app_access.ts";
import { GATEWAY_URL } from "../../_support/world.ts";
import { type Browser, createBrowser, type Page } from "../../_support/browser.ts";
import { modernRequest } from "../../_support/mcp_request.ts";
import { ISSUER, RESOURCE } from "../../_support/oauth_flow.ts";
import { post, SERVICE_KEY } from "../../_support/test_backend.ts";
import { createWorld, type World } from "../../_support/world.ts";

/** Creates the scene with accounts for Julia and Ida, who work through an app. */
export async function createAppScene(): Promise<AppScene> {
  const world = await createWorld({
    hasPages: true,
    isStill: true,
    hints: true,
    env: { MANA_SERVICE_KEY: SERVICE_KEY },
    backend: { issuer: ISSUER, gatewayAddresses: [RESOURCE] },
  });
  const asked: Request[] = [];
  const scene: AppScene = {
    world,
    asked,
    answer: null,
    start: () => createAppAccess(wayOf(scene)),
    browserOf: async (name) => {
      const browser = createBrowser(ISSUER, world.backend.auth.fetch);
      const page = await browser.open("/sign-in");
      const { email } = personaOf(name);
      const entered = await browser.submit(page, "/sign-in", { email, password: PASSWORD });
      assert.equal(new URL(entered.url).pathname, "/apps", entered.html);
      return browser;
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
  for (const name of ["julia", "ida"]) {
    const body = { email: personaOf(name).email, password: PASSWORD, name };
    const registered = await world.auth("/api/v1/auth/register", post(body));
    assert.equal(registered.status, 200, await registered.text());
  }
  return scene;
}

/** Personas, and the runner at the other end of its requests. */
export interface AppScene extends AsyncDisposable {
  readonly world: World;
  /** Every request of the runner. */
  readonly asked: Request[];
  /** Looks at the runner's requests first; undefined: the real servers answer. */
  answer: ((request: Request) => Promise<Response | undefined> | Response | undefined) | null;
  /** A runner that starts: it knows nothing of those before. */
  start(): AppAccess;
  /** The persona's own browser, signed in. */
  browserOf(name: string): Promise<Browser>;
}

const PASSWORD = "follows from a secret and the address";

/** What the runner's way in needs. */
export function wayOf(scene: AppScene) {
  return {
    mcpUrl: RESOURCE,
    signInOrigins: [ISSUER],
    passwordOf: () => Promise.resolve(PASSWORD),
    turns: createTurns(),
    clock: clockOf(scene.world),
    fetch: async (input: string | URL | Request, init?: RequestInit) => {
      const request = new Request(input, init);
      scene.asked.push(request.clone());
      const played = await scene.answer?.(request);
      if (played !== undefined) return played;
      request.signal.throwIfAborted();
      const { origin } = new URL(request.url);
      assert.ok(origin === ISSUER || origin === GATEWAY_URL, `nobody is at ${origin}`);
      return await (origin === ISSUER ? scene.world.backend.auth : scene.world.gateway).fetch(request);
    },
  };
}

/** The world's time. It passes for a persona that answers late; deadlines never come. */
function clockOf({ clock }: World): Clock {
  return {
    calendar: () => clock.now,
    elapsed: () => clock.now,
    after(ms, run) {
      if (LATE_MS.includes(ms)) {
        clock.now += ms;
        queueMicrotask(run);
      }
      return () => {};
    },
  };
}

/** How late a late answer comes: while the request waits, and after its ten minutes. */
export const [WITHIN_MS, TOO_LATE_MS] = [60_001, 600_001];
const LATE_MS = [WITHIN_MS, TOO_LATE_MS];

/** A persona of the catalogue. */
export function personaOf(name: string): Persona {
  const persona = readCatalogue().find((one) => one.name === name);
  assert.ok(persona);
  return persona;
}

/** A tool call with the token of an entrance. */
export async function callAs(
  { world }: AppScene,
  entrance: Pick<Entrance, "token">,
  name: string,
  args: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly status: number; readonly text: string }> {
  const params = { name, arguments: args };
  const answer = await world.gateway.fetch(
    modernRequest(await entrance.token(), "tools/call", params, { url: RESOURCE }),
  );
  return { status: answer.status, text: await answer.text() };
}

/** The requests to the authorization server's endpoint of this name. */
export function askedFor({ asked }: AppScene, endpoint: string): readonly Request[] {
  return asked.filter(({ url }) => new URL(url).pathname.endsWith(`/${endpoint}`));
}

/** The signal of a tick that does not end. */
export const GOING = new AbortController().signal;

/** The names of the apps on a page of apps. */
export function appsOn({ html }: Page): readonly string[] {
  return [...html.matchAll(/<h2[^>]*>([^<]*)<\/h2>/g)].map(([, name = ""]) => name);
}

/** For `assert.rejects`: whether an error is this fault of sign-in. */
export function isFault(kind: SignInFault["kind"], words: RegExp, waitMs: number | null = null) {
  return (error: unknown) => {
    assert.ok(error instanceof SignInFault, String(error));
    assert.deepEqual([error.kind, error.waitMs], [kind, waitMs], error.message);
    assert.match(error.message, words);
    return true;
  };
}
