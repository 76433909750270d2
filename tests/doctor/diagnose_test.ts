import assert from "node:assert/strict";
import { parseSettings, type Settings } from "../../lib/settings/settings.ts";
import { diagnose } from "../../scripts/doctor/diagnose.ts";
import { callOk } from "../_support/mcp.ts";
import { AUTH_URL, SERVICE_KEY, SYNC_URL } from "../_support/test_backend.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";

function settings(env: Record<string, string> = {}): Settings {
  const parsed = parseSettings({ MANA_AUTH_URL: AUTH_URL, MANA_SYNC_URL: SYNC_URL, ...env });
  assert.ok(parsed.ok);
  return parsed.settings;
}

/** The findings that are not fine, as the terminal shows them. */
async function problems(
  world: World,
  person: Person | null,
  env: Record<string, string> = {},
  skewMs = 0,
  answers: (url: URL) => Response | undefined = () => undefined,
) {
  const found = await diagnose({
    settings: settings(env),
    now: () => world.clock.now,
    token: person?.token ?? null,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const answered = answers(new URL(request.url));
      if (answered !== undefined) return answered;
      const { host } = new URL(request.url);
      if (!["auth.test", "sync.test"].includes(host)) throw new TypeError("unreachable");
      const response = await world.backend[host === "auth.test" ? "auth" : "sync"].fetch(request);
      const headers = new Headers(response.headers);
      headers.set("date", new Date(world.clock.now + skewMs).toUTCString());
      return new Response(response.body, { status: response.status, headers });
    },
  });
  return found.filter(({ ok }) => !ok).map(({ what, fix }) => `${what} → ${fix}`);
}

Deno.test("doctor: a good set-up has nothing to complain about", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await callOk(world, anna, "todo_create", { title: "mine" });
  assert.deepEqual(await problems(world, anna), []);
  assert.deepEqual(await problems(world, null), []);
  assert.deepEqual(await problems(world, anna, { MANA_SERVICE_KEY: SERVICE_KEY }), []);
});

Deno.test("doctor: a sync service that bills the ledger's app as any other is named with its fix, unless no ledger is kept", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const bills = ({ pathname }: URL) =>
    pathname === "/sync/mcp/pull" ? Response.json({ error: "sync_inactive" }, { status: 402 }) : undefined;
  assert.deepEqual(await problems(world, anna, {}, 0, bills), [
    "sync service takes the app mcp, in which the ledger lies → it answers 402: exempt the app mcp from billing, or the ledger is not kept, " +
    "and nothing is handed out where it is strict",
  ]);
  assert.deepEqual(await problems(world, anna, { LEDGER: "off" }, 0, bills), []);
});

for (
  const [name, env, expected] of [
    [
      "an auth service that is not there",
      { MANA_AUTH_URL: "http://gone.test" },
      /auth service at http:\/\/gone\.test → it cannot be reached; check MANA_AUTH_URL/,
    ],
    [
      "a sync service that is not there",
      { MANA_SYNC_URL: "http://gone.test" },
      /sync service .* check MANA_SYNC_URL/,
    ],
    [
      "a vault that is another service",
      { MANA_VAULT_URL: SYNC_URL },
      /key vault .* it answers 404, expected 401/,
    ],
    [
      "a sync service that is another service",
      { MANA_SYNC_URL: AUTH_URL },
      /sync service keeps its log from strangers → it answers 404 to a pull without a token, expected 401: that is no sync/,
    ],
    [
      "a wrong service key",
      { MANA_SERVICE_KEY: "not-the-service-key" },
      /auth service takes the service key → it answers 401: MANA_SERVICE_KEY is not the key that it was started with/,
    ],
    [
      "another issuer",
      { JWT_ISSUER: "http://else.test" },
      /token issuer http:\/\/auth\.test → set JWT_ISSUER=http:\/\/auth\.test/,
    ],
    ["another audience", { JWT_AUDIENCE: "else" }, /token audience mana → set JWT_AUDIENCE/],
  ] as const
) {
  Deno.test(`doctor: ${name} is named with its fix`, async () => {
    await using world = await createWorld();
    const anna = await world.person("anna");
    assert.match((await problems(world, anna, env)).join("\n"), expected);
  });
}

Deno.test("doctor: clocks apart, an ended token and a missing vault are named", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna", { vault: false });
  assert.match(
    (await problems(world, anna, {}, 90_000)).join("\n"),
    /clock differs from the auth service by 90 s/,
  );
  assert.match(
    (await problems(world, anna)).join("\n"),
    /key vault takes the token → open the Mana app once/,
  );
  world.clock.now += 20 * 60_000;
  assert.match((await problems(world, anna)).join("\n"), /token has not ended → get a fresh token/);
});

Deno.test("doctor: another program under our client id is found", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const pushed = await world.sync("/sync/todo", {
    method: "POST",
    headers: {
      authorization: `Bearer ${anna.token}`,
      "content-type": "application/json",
      "x-client-id": "mana-mcp",
    },
    body: JSON.stringify({
      since: "9999-12-31T23:59:59.999Z",
      changes: [{ table: "tasks", id: "t", op: "insert", data: { id: "t" } }],
    }),
  });
  assert.equal(pushed.status, 200);
  await pushed.body?.cancel();
  assert.match(
    (await problems(world, anna)).join("\n"),
    /it stands on 1 change of another program: set MANA_MCP_CLIENT_ID/,
  );
});

Deno.test("doctor: whatever answers as no sync service and no auth service of this kind would is named", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const found = await diagnose({
    settings: settings({ MANA_SERVICE_KEY: SERVICE_KEY }),
    now: () => world.clock.now,
    token: anna.token,
    fetch: (input, init) => {
      const request = new Request(input, init);
      const url = new URL(request.url);
      // Something that wants a token for everything and then says yes to everything; an auth service without the routes.
      if (url.host === "sync.test") {
        const isOpen = url.pathname === "/health" || request.headers.has("authorization");
        return Promise.resolve(Response.json({ ok: true }, { status: isOpen ? 200 : 401 }));
      }
      if (/\/(memberships|list)$/.test(url.pathname)) {
        return Promise.resolve(new Response(null, { status: 404 }));
      }
      return world.backend.auth.fetch(request);
    },
  });
  const bad = found.filter(({ ok }) => !ok).map(({ what, fix }) => `${what} → ${fix}`);
  assert.ok(bad.includes(
    "sync service answers with changes → its answer is none of a sync service: check MANA_SYNC_URL",
  ));
  assert.ok(bad.includes(
    "auth service takes the service key → it answers 404 when asked for memberships, expected 200: check MANA_AUTH_URL",
  ));
});

Deno.test("doctor: an auth service that tells no spaces, and no service key to ask with", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const asked = (env: Record<string, string>) =>
    diagnose({
      settings: settings(env),
      now: () => world.clock.now,
      token: anna.token,
      fetch: (input, init) => {
        const request = new Request(input, init);
        const { host, pathname } = new URL(request.url);
        if (pathname.endsWith("/organization/list")) {
          return Promise.resolve(new Response(null, { status: 401 }));
        }
        return world.backend[host === "auth.test" ? "auth" : "sync"].fetch(request);
      },
    });
  assert.deepEqual((await asked({})).filter(({ ok }) => !ok), [{
    ok: false,
    what: "spaces can be looked up",
    fix:
      "the auth service refuses a JWT on its list of spaces: set up a sign-in server (MANA_SIGN_IN_URL) or set MANA_SERVICE_KEY, else every tool that works with records is refused",
  }]);
  assert.deepEqual((await asked({ MANA_SERVICE_KEY: SERVICE_KEY })).filter(({ ok }) => !ok), []);
});

Deno.test("doctor: says where assistants sign in, that they cannot, and that their tokens would be refused", async () => {
  await using world = await createWorld();
  const said = async (env: Record<string, string>, isAbsent: boolean) =>
    (await diagnose({
      settings: settings(env),
      now: () => world.clock.now,
      token: null,
      fetch: (input, init) => {
        const request = new Request(input, init);
        const { host, pathname } = new URL(request.url);
        if (isAbsent && pathname.startsWith("/.well-known/")) {
          return Promise.resolve(new Response("404 page not found", { status: 404 }));
        }
        return world.backend[host === "auth.test" ? "auth" : "sync"].fetch(request);
      },
    })).filter(({ what }) => /sign in|signs/.test(what));
  const what = "assistants can sign in at http://auth.test";
  assert.deepEqual(await said({}, false), [{ ok: true, what }]);
  assert.deepEqual(await said({ JWT_ISSUER: "http://else.test" }, false), [{
    ok: false,
    what,
    fix: "set JWT_ISSUER=http://auth.test; tokens of assistants are refused while it is http://else.test",
  }]);
  assert.deepEqual(await said({ JWT_ISSUER: "http://auth.test/" }, false), [{
    ok: false,
    what,
    fix:
      "set JWT_ISSUER=http://auth.test, letter by letter; tokens of assistants are refused while it is http://auth.test/",
  }]);
  assert.deepEqual(await said({}, true), [{
    ok: true,
    what:
      "The auth service signs no assistants in: start a sign-in server and set MANA_SIGN_IN_URL, or give your client the person's own token.",
  }]);
});

Deno.test("doctor: with no service there nothing of them is said to be fine", async () => {
  const found = await diagnose({
    settings: settings(),
    now: Date.now,
    token: null,
    fetch: () => Promise.reject(new TypeError("unreachable")),
  });
  const fine = found.filter(({ ok }) => ok).map(({ what }) => what);
  assert.deepEqual(fine.filter((what) => !what.startsWith("no token given")), []);
});
