// A person with a browser and an app that they connect, and a device of theirs, at one installation. The app does what
// clients do: it sends its token, and refreshes once where it is told that the token is no good.
import assert from "node:assert/strict";
import { z } from "zod";
import { type Browser, type Changes, createBrowser } from "../_support/browser.ts";
import { modernRequest } from "../_support/mcp_request.ts";
import { connect, refresh, tokensOf } from "../_support/oauth_flow.ts";
import { submitPassword } from "../_support/remote_world.ts";
import { bearer, post } from "../_support/test_backend.ts";
import type { Credentials, Installation, Powers } from "./installation.ts";

/** Begins a visit; the person is nobody yet. */
export function createVisit(at: Installation): Visit {
  const door = {
    auth: (path: string, init?: RequestInit) => at.toSignIn(new Request(new URL(path, at.signInUrl), init)),
  };
  let browsers = 0;
  const browser = () => {
    const address = `192.0.2.${++browsers}`; // at home: an address may only try a few times
    return createBrowser(at.signInUrl, (request) => {
      request.headers.set("x-forwarded-for", address);
      return at.toSignIn(request);
    });
  };
  const visit: Visit = {
    at,
    door,
    newBrowser: browser,
    browser: browser(),
    app: { clientId: "", access: "", refresh: "" },
    refreshes: 0,
    power(name) {
      const power = at.powers[name];
      if (power === undefined) throw new MissingPower(name);
      return power;
    },
    async signIn(person) {
      const own = browser();
      const page = await submitPassword(own, await own.open("/sign-in"), person);
      assert.equal(new URL(page.url).pathname, "/apps", page.html);
      return own;
    },
    connect: (own, choice = {}) => connect(door, own, choice, { resource: at.mcpUrl }),
    send: (method, params = {}, headers = {}) =>
      at.toGateway(modernRequest(visit.app.access, method, params, { headers, url: at.mcpUrl })),
    async refresh() {
      const { clientId, refresh: token } = visit.app;
      visit.refreshes++;
      Object.assign(visit.app, await tokensOf(await refresh(door, clientId, token)));
    },
    async call(name, args = {}, headers = {}) {
      const first = await outcomeOf(await visit.send("tools/call", { name, arguments: args }, headers));
      if (first.status !== 401) return first;
      await visit.refresh();
      return await outcomeOf(await visit.send("tools/call", { name, arguments: args }, headers));
    },
    async ok(name, args, headers) {
      const outcome = await visit.call(name, args, headers);
      assert.ok(outcome.output, `${name}: ${outcome.message}`);
      return outcome.output;
    },
    async refused(name, args, headers) {
      const outcome = await visit.call(name, args, headers);
      assert.equal(outcome.output, undefined, `${name} was expected to be refused`);
      return outcome.message;
    },
    async titles(name, args, headers) {
      return titlesIn(await visit.ok(name, args, headers));
    },
    async outliveTokens() {
      const { turnClock } = at.powers;
      if (turnClock === undefined) {
        const restart = visit.power("restart");
        await restart.signIn();
        await restart.gateway();
      } else {
        turnClock(20 * 60_000);
        await visit.refresh().catch(() => {}); // the step finds out what became of the app
      }
    },
    async within10s(work) {
      for (let second = 0; second < 10; second++) {
        try {
          return await work();
        } catch {
          await at.wait(1000);
        }
      }
      await work();
    },
    async spaces() {
      return Spaces.parse(await visit.ok("spaces_list")).spaces;
    },
    async device() {
      const personal = (await visit.spaces()).find(({ type }) => type === "personal");
      assert.ok(personal);
      return { ...await logIn(at, at.person), personalSpace: personal.id };
    },
  };
  return visit;
}

/** An installation lacks what a step needs. */
export class MissingPower extends Error {
  override readonly name = "MissingPower";
  readonly power: keyof Powers;

  constructor(power: keyof Powers) {
    super(`The installation has no ${power}`);
    this.power = power;
  }
}

/** A person at an installation. */
export interface Visit {
  readonly at: Installation;
  /** The sign-in server, as an app's own program reaches it. */
  readonly door: { auth(path: string, init?: RequestInit): Promise<Response> };
  /** A browser in which nobody is signed in. */
  newBrowser(): Browser;
  /** The person's browser. */
  browser: Browser;
  /** The person's app. */
  app: { clientId: string; access: string; refresh: string };
  /** How often the app has refreshed. */
  refreshes: number;
  /** @throws {MissingPower} */
  power<N extends keyof Powers>(name: N): NonNullable<Partial<Powers>[N]>;
  /** A browser in which a person typed their password. */
  signIn(person: Credentials): Promise<Browser>;
  /** Connects one more app in this browser. */
  connect(browser: Browser, choice?: Changes): ReturnType<typeof connect>;
  /** One request of the app, as it is. */
  send(method: string, params?: Args, headers?: Record<string, string>): Promise<Response>;
  refresh(): Promise<void>;
  /** A tool call as a client makes it. */
  call(name: string, args?: Args, headers?: Record<string, string>): Promise<CallOutcome>;
  /** The result of a call that has to succeed. */
  ok(name: string, args?: Args, headers?: Record<string, string>): Promise<Record<string, unknown>>;
  /** The words of a call that has to be refused. */
  refused(name: string, args?: Args, headers?: Record<string, string>): Promise<string>;
  /** The titles of a listing. */
  titles(name: string, args?: Args, headers?: Record<string, string>): Promise<readonly (string | null)[]>;
  /**
   * Lets everything be over that the two servers keep of the person: tokens, lists of spaces. Where no minutes can pass, the
   * servers are restarted, which forget it then.
   */
  outliveTokens(): Promise<void>;
  /** Does something until it succeeds, for ten seconds. */
  within10s(work: () => Promise<void>): Promise<void>;
  spaces(): Promise<z.infer<typeof Spaces>["spaces"]>;
  /** The person at a device of theirs: with a fresh token of their own. */
  device(): Promise<{ token: string; id: string; personalSpace: string }>;
}

type Args = Readonly<Record<string, unknown>>;

/** What came of a call: `output`, or words. */
export interface CallOutcome {
  readonly status: number;
  readonly output?: Record<string, unknown>;
  readonly message: string;
  /** `WWW-Authenticate` */
  readonly challenge: string;
}

/** The titles of a listing such as `{ tasks }`. */
export function titlesIn({ remarks: _said, ...output }: Record<string, unknown>): readonly (string | null)[] {
  const rows = Object.values(output).find((value) => Array.isArray(value));
  return z.array(z.looseObject({ title: z.string().nullable() })).parse(rows).map(({ title }) => title);
}

/** Reads the answer to a tool call. */
export async function outcomeOf(answer: Response): Promise<CallOutcome> {
  const text = await answer.text();
  const { result, error } = Answer.parse(text.startsWith("{") ? JSON.parse(text) : {});
  const words = result?.content.map((part) => part.text ?? "").join("\n");
  return {
    status: answer.status,
    ...(result?.structuredContent === undefined || result.isError === true
      ? {}
      : { output: result.structuredContent }),
    message: error?.message ?? words ?? text,
    challenge: answer.headers.get("www-authenticate") ?? "",
  };
}

/** Where a challenge says that the gateway's metadata lie. */
export function metadataAddress(refused: Response): string {
  const address = /resource_metadata="([^"]+)"/.exec(refused.headers.get("www-authenticate") ?? "")?.[1];
  assert.ok(address);
  return address;
}

/** The person's own token, as their devices get it. */
export async function logIn(at: Installation, person: Credentials): Promise<{ token: string; id: string }> {
  const answer = await at.auth(
    "/api/v1/auth/login",
    post({ email: person.email, password: person.password }),
  );
  assert.equal(answer.status, 200, await answer.clone().text());
  const { accessToken, user } = Login.parse(await answer.json());
  return { token: accessToken, id: user.id };
}

/** Makes the person's vault, where there is none. */
export async function makeVault(at: Installation, person: Credentials): Promise<void> {
  const own = await logIn(at, person);
  const init = { method: "POST", headers: bearer(own) };
  const made = await at.auth("/api/v1/me/encryption-vault/init", init);
  await made.body?.cancel();
}

const Login = z.object({ accessToken: z.string(), user: z.object({ id: z.string() }) });
const Answer = z.looseObject({
  result: z.looseObject({
    content: z.array(z.looseObject({ text: z.string().optional() })).default([]),
    structuredContent: z.record(z.string(), z.unknown()).optional(),
    isError: z.boolean().optional(),
  }).optional(),
  error: z.looseObject({ message: z.string() }).optional(),
});
const Spaces = z.looseObject({
  spaces: z.array(
    z.looseObject({ id: z.string(), name: z.string().optional(), type: z.string().optional() }),
  ),
  activeSpaceId: z.string().nullable(),
});
