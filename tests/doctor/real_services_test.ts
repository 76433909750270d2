/** `deno task doctor` against an operator's own services, with and without a sign-in server, with and without a token. */
import assert from "node:assert/strict";
import { z } from "zod";
import { parseSettings } from "../../lib/settings/settings.ts";
import { diagnose } from "../../scripts/doctor/diagnose.ts";
import type { Finding } from "../../scripts/doctor/finding.ts";
import { createRealServices, type RealServices } from "../_support/real_services/real_services.ts";
import { VAULT_PATH } from "../_support/real_services/vault_and_sync.ts";
import { createTestBackend, post } from "../_support/test_backend.ts";

const SYNC_URL = "http://sync.test";
const SIGN_IN_URL = "http://sign-in.test";
const SIGN_IN_KEY = "k".repeat(32);
const SIGN_IN_ENV = { MANA_SIGN_IN_URL: SIGN_IN_URL, SIGN_IN_SERVICE_KEY: SIGN_IN_KEY };

/** Who answers for the sign-in server. */
type SignIn = (request: Request) => Response | Promise<Response>;

/** The services of an operator, a sign-in server beside them, and Anna's token. */
interface SetUp extends AsyncDisposable {
  readonly services: RealServices;
  /** The sign-in server as it should be. */
  readonly signIn: SignIn;
  readonly token: string;
  findings(env: Record<string, string>, how?: Looking): Promise<readonly Finding[]>;
  /** The findings that are not fine, as the terminal shows them. */
  problems(env: Record<string, string>, how?: Looking): Promise<readonly string[]>;
}

/** Anna's token and the sign-in server as it should be, by default. */
interface Looking {
  readonly token?: string | null;
  readonly signIn?: SignIn;
}

async function setUp(): Promise<SetUp> {
  const services = await createRealServices();
  const server = await createTestBackend({ issuer: SIGN_IN_URL, serviceKey: SIGN_IN_KEY }, services.clock);
  const given: SetUp = {
    services,
    signIn: (request) => server.backend.auth.fetch(request),
    token: await tokenWithVault(services),
    findings(env, { token = given.token, signIn = given.signIn } = {}) {
      const parsed = parseSettings({ MANA_AUTH_URL: services.issuer, MANA_SYNC_URL: SYNC_URL, ...env });
      assert.ok(parsed.ok, parsed.ok ? "" : parsed.problems.join("\n"));
      const doors: Readonly<Record<string, SignIn>> = {
        [services.issuer]: (request) => services.auth.fetch(request),
        [SYNC_URL]: (request) => services.sync.fetch(request),
        [SIGN_IN_URL]: signIn,
      };
      return diagnose({
        settings: parsed.settings,
        now: () => services.clock.now,
        token,
        fetch: async (input, init) => {
          const request = new Request(input, init);
          const door = doors[new URL(request.url).origin];
          if (door === undefined) throw new TypeError("unreachable");
          return await door(request);
        },
      });
    },
    problems: async (env, how) =>
      (await given.findings(env, how)).filter(({ ok }) => !ok).map(({ what, fix }) => `${what} → ${fix}`),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await services[Symbol.asyncDispose]();
    },
  };
  return given;
}

async function tokenWithVault(services: RealServices): Promise<string> {
  const anna = await services.people.make("anna");
  const login = await services.ask("/api/v1/auth/login", post(anna));
  const { accessToken } = z.object({ accessToken: z.string() }).parse(await login.json());
  const headers = { authorization: `Bearer ${accessToken}` };
  const vault = await services.ask(`${VAULT_PATH}/init`, { method: "POST", headers });
  assert.equal(vault.status, 200);
  await vault.body?.cancel();
  return accessToken;
}

Deno.test("doctor: an operator's services with a service key, or with a sign-in server, are fine, with and without a token", async () => {
  await using given = await setUp();
  const { serviceKey } = given.services;
  for (const token of [given.token, null]) {
    assert.deepEqual(await given.problems({ MANA_SERVICE_KEY: serviceKey }, { token }), []);
    assert.deepEqual(await given.problems(SIGN_IN_ENV, { token }), []);
    assert.deepEqual(await given.problems({ ...SIGN_IN_ENV, MANA_SERVICE_KEY: serviceKey }, { token }), []);
  }
  const said = (await given.findings(SIGN_IN_ENV)).map(({ what }) => what);
  for (
    const what of [
      "sign-in server at http://sign-in.test",
      "assistants can sign in at http://sign-in.test",
      "sign-in server takes the service key",
      "the auth service refuses a JWT on its list of spaces: people's own tokens need MANA_SERVICE_KEY, assistants do not",
    ]
  ) assert.ok(said.includes(what), said.join("\n"));
});

Deno.test("doctor: an auth service without an authorization server is told, with the way out", async () => {
  await using given = await setUp();
  const env = { MANA_SERVICE_KEY: given.services.serviceKey };
  for (const token of [given.token, null]) {
    const found = await given.findings(env, { token });
    assert.deepEqual(found.filter(({ what }) => /assistants/.test(what)), [{
      ok: true,
      what:
        "The auth service signs no assistants in: start a sign-in server and set MANA_SIGN_IN_URL, or give your client the person's own token.",
    }]);
  }
  assert.deepEqual(await given.problems({}), [
    "spaces can be looked up → the auth service refuses a JWT on its list of spaces: set up a sign-in server (MANA_SIGN_IN_URL) or set MANA_SERVICE_KEY, else every tool that works with records is refused",
  ]);
});

Deno.test("doctor: a wrong key of the auth service, a sync URL that is no sync service: told with and without a token", async () => {
  await using given = await setUp();
  for (const token of [given.token, null]) {
    assert.deepEqual(await given.problems({ MANA_SERVICE_KEY: "not-the-service-key" }, { token }), [
      "auth service takes the service key → it answers 401: MANA_SERVICE_KEY is not the key that it was started with",
    ]);
    const env = { MANA_SERVICE_KEY: given.services.serviceKey, MANA_SYNC_URL: SIGN_IN_URL };
    const [first, ...more] = await given.problems(env, { token });
    assert.equal(
      first,
      "sync service keeps its log from strangers → it answers 404 to a pull without a token, expected 401: " +
        "that is no sync service, check MANA_SYNC_URL",
    );
    assert.deepEqual(more, token === null ? [] : ["sync service takes the token → it answers 404"]);
  }
});

for (
  const [name, signIn, expected] of [
    [
      "is down",
      () => Promise.reject(new TypeError("connection refused")),
      "sign-in server at http://sign-in.test → it cannot be reached; check MANA_SIGN_IN_URL and that it runs (deno task sign-in)",
    ],
    [
      "is slow",
      () => Promise.reject(new DOMException("late", "TimeoutError")),
      "sign-in server at http://sign-in.test → it does not answer in time; check MANA_SIGN_IN_URL and that it runs (deno task sign-in)",
    ],
    [
      "is behind a redirect",
      () => new Response(null, { status: 308, headers: { location: "https://sign-in.test" } }),
      "sign-in server at http://sign-in.test → it answers 308, a redirect, which is never followed; check MANA_SIGN_IN_URL and that it runs (deno task sign-in)",
    ],
    [
      "is another service",
      () => Response.json({ status: "ok" }),
      "what answers is a sign-in server → What answers at MANA_SIGN_IN_URL is no sign-in server, so no assistant is sent there: " +
      "check the address, or give your client the person's own token.",
    ],
  ] as const
) {
  Deno.test(`doctor: a sign-in server that ${name} is told`, async () => {
    await using given = await setUp();
    for (const token of [given.token, null]) {
      assert.deepEqual(await given.problems(SIGN_IN_ENV, { token, signIn }), [expected]);
    }
  });
}

Deno.test("doctor: another issuer of the sign-in server, or another spelling of it, is told", async () => {
  await using given = await setUp();
  const issuer = { ...SIGN_IN_ENV, SIGN_IN_ISSUER: "https://sign-in.mana.test" };
  const named = (name: string) => async (request: Request) => {
    const answer = await given.signIn(request);
    if (!request.url.includes("/.well-known/") || answer.status !== 200) return answer;
    return Response.json({ ...z.looseObject({}).parse(await answer.json()), issuer: name });
  };
  for (const token of [given.token, null]) {
    assert.deepEqual(await given.problems(issuer, { token }), [
      "assistants can sign in at http://sign-in.test → set SIGN_IN_ISSUER=http://sign-in.test; " +
      "tokens of assistants are refused while it is https://sign-in.mana.test",
    ]);
    assert.deepEqual(await given.problems(SIGN_IN_ENV, { token, signIn: named(`${SIGN_IN_URL}/`) }), [
      "assistants can sign in at http://sign-in.test/ → set SIGN_IN_ISSUER=http://sign-in.test at the sign-in server too, " +
      "letter by letter: it spells itself http://sign-in.test/",
    ]);
    const signIn = named("https://sign-in.mana.test");
    assert.deepEqual(await given.problems(issuer, { token, signIn }), []);
  }
});

Deno.test("doctor: a wrong key of the sign-in server is told by a question about a token that nobody has", async () => {
  await using given = await setUp();
  const wrong = { ...SIGN_IN_ENV, SIGN_IN_SERVICE_KEY: "x".repeat(32) };
  const odd = (request: Request) =>
    request.url.endsWith("/introspect") ? Response.json({ active: true }) : given.signIn(request);
  for (const token of [given.token, null]) {
    assert.deepEqual(await given.problems(wrong, { token }), [
      "sign-in server takes the service key → it answers 401: " +
      "SIGN_IN_SERVICE_KEY is not the key that the sign-in server was started with",
    ]);
    const [problem] = await given.problems(SIGN_IN_ENV, { token, signIn: odd });
    assert.match(problem ?? "", /when asked about a made-up token, expected \{"active":false\}/);
    assert.ok(!problem?.includes(SIGN_IN_KEY));
  }
});

Deno.test("doctor: a token of an assistant, and a text that is none, are told", async () => {
  await using given = await setUp();
  const part = (value: unknown) =>
    new TextEncoder().encode(JSON.stringify(value)).toBase64({ alphabet: "base64url", omitPadding: true });
  const token = `${part({ alg: "EdDSA", typ: "at+jwt" })}.${part({ iss: SIGN_IN_URL })}.AAAA`;
  assert.deepEqual(await given.problems(SIGN_IN_ENV, { token }), [
    "token → MANA_TOKEN is an assistant's: give the person's own (deno task token --auth URL)",
  ]);
  assert.deepEqual(await given.problems(SIGN_IN_ENV, { token: "hunter2" }), [
    "token → MANA_TOKEN is no JWT: get one (deno task token --auth URL)",
  ]);
});
