import assert from "node:assert/strict";
import { z } from "zod";
import { signInFlags } from "../../sign_in/settings/permissions.ts";
import { parseSettings } from "../../sign_in/settings/settings.ts";
import { createSignInApp } from "../../sign_in/sign_in_app.ts";
import { startSignIn } from "../../scripts/stack/start_stack.ts";
import { makeFolder } from "../backend/_folder.ts";
import { createBrowser } from "../_support/browser.ts";
import { serveRealServices } from "../_support/real_services/serve_real_services.ts";
import { connect, exchange } from "../_support/oauth_flow.ts";
import { createRemoteWorld } from "../_support/remote_world.ts";

/** The sign-in server as a process, under exactly its own rights, and what it serves. */

const KEY = "a-service-key-of-32-characters-or-more";

function environment(data: string, changes: Readonly<Record<string, string>> = {}) {
  return {
    SIGN_IN_PORT: "0",
    SIGN_IN_DATA: data,
    SIGN_IN_SERVICE_KEY: KEY,
    MANA_AUTH_URL: "http://127.0.0.1:1",
    MANA_MCP_RESOURCE: "http://127.0.0.1:3069/mcp",
    ...changes,
  };
}

const Listening = z.object({ url: z.string(), issuer: z.string(), data: z.string() });

/** Starts the process; `await using` ends it. */
async function running(env: Readonly<Record<string, string>>, flags?: readonly string[]) {
  const server = startSignIn({ env, ...(flags === undefined ? {} : { flags }) });
  const said = Listening.parse(await server.event("listening"));
  return { ...said, server, [Symbol.asyncDispose]: async () => void await server.stop("SIGKILL") };
}

/** Starts a process that ends by itself; what it says on its way. */
async function ended(env: Readonly<Record<string, string>>, flags?: readonly string[]) {
  const server = startSignIn({ env, ...(flags === undefined ? {} : { flags }) });
  return { code: await server.exited, said: server.lines() };
}

Deno.test("sign-in process: somebody of an auth service elsewhere connects an app, which works on after a restart", async () => {
  await using services = await serveRealServices();
  await using folder = await makeFolder();
  const anna = await services.people.make("anna");
  const env = environment(folder.path, { MANA_AUTH_URL: services.authUrl, JWT_ISSUER: services.issuer });
  const first = await running(env);
  const port = new URL(first.issuer).port;
  const door = {
    auth: (path: string, init?: RequestInit) =>
      fetch(new URL(path, first.issuer), { redirect: "manual", ...init }),
  };
  const browser = createBrowser(first.issuer, (request) => fetch(request, { redirect: "manual" }));
  const page = await browser.open("/sign-in");
  const entered = await browser.submit(page, "/sign-in", { email: anna.email, password: anna.password });
  assert.equal(new URL(entered.url).pathname, "/apps", entered.html);
  const app = await connect(door, browser);
  assert.equal(await first.server.stop(), 0);
  assert.match(first.server.lines().at(-1) ?? "", /"event":"stopped","drained":"true"/);

  await using second = await running({ ...env, SIGN_IN_PORT: port });
  assert.equal(second.issuer, first.issuer);
  const answer = await exchange(door, app.access, {}, { "x-service-key": KEY });
  assert.equal(answer.status, 200, await answer.text());
  const text = [...first.server.lines(), ...second.server.lines()].join("\n");
  for (const secret of [anna.password, anna.email, KEY, app.access, app.refresh]) {
    assert.ok(!text.includes(secret));
  }
});

Deno.test("sign-in process: health, public keys under both paths, and the backend's words for what is not there", async () => {
  await using folder = await makeFolder();
  await using server = await running(environment(folder.path));
  assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.equal(server.issuer, server.url.replace("127.0.0.1", "localhost"));
  assert.equal(server.data, await Deno.realPath(folder.path));
  const health = await fetch(`${server.url}/health`);
  assert.equal(health.status, 200);
  assert.equal((await health.json()).service, "mana-sign-in");
  const [keys, same] = await Promise.all(
    ["/api/auth/jwks", "/api/v1/auth/jwks"].map(async (path) =>
      await (await fetch(server.url + path)).json()
    ),
  );
  assert.deepEqual(keys, same);
  const [key] = z.object({ keys: z.array(z.looseObject({ crv: z.string() })) }).parse(keys).keys;
  assert.equal(key?.crv, "Ed25519");
  assert.equal(key && "d" in key, false);
  const nothing = await fetch(`${server.url}/nothing`);
  assert.deepEqual([nothing.status, await nothing.json()], [404, { statusCode: 404, message: "Not found" }]);
  const page = await fetch(`${server.url}/nothing`, { headers: { accept: "text/html" } });
  assert.equal(page.status, 404);
  assert.match(await page.text(), /There is no such page/);
});

Deno.test("sign-in process: one folder serves one server, and a taken port is named", async () => {
  await using folder = await makeFolder();
  await using server = await running(environment(folder.path));
  assert.deepEqual(await ended(environment(folder.path)), {
    code: 78,
    said: [
      `SIGN_IN_DATA ${folder.path} is in use by another sign-in server: stop that one, or name another folder`,
    ],
  });
  await using other = await makeFolder();
  const { port } = new URL(server.url);
  assert.deepEqual(await ended(environment(other.path, { SIGN_IN_PORT: port })), {
    code: 78,
    said: [`Cannot listen on port ${port}: it is taken; set SIGN_IN_PORT to a free port`],
  });
});

Deno.test("sign-in process: settings that cannot be used end it with 78 and all problems, and no secret", async () => {
  await using folder = await makeFolder();
  const secret = "b".repeat(31);
  const { code, said } = await ended(
    environment(folder.path, {
      SIGN_IN_SECRETS: `1:${secret}`,
      SIGN_IN_MODE: "x",
      SIGN_IN_SERVICE_KEY: secret,
    }),
  );
  assert.equal(code, 78);
  assert.deepEqual(said.map((line) => line.split(" ")[0]), [
    "SIGN_IN_SERVICE_KEY",
    "SIGN_IN_SECRETS",
    "SIGN_IN_MODE",
  ]);
  assert.ok(!said.join("\n").includes(secret));
});

Deno.test("sign-in process: secrets are readable by their owner alone, and a database without them is refused", async () => {
  await using folder = await makeFolder();
  const env = environment(folder.path);
  {
    await using _first = await running(env);
  }
  const path = `${folder.path}/secrets.json`;
  assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
  assert.equal(((await Deno.stat(folder.path)).mode ?? 0) & 0o777, 0o700);
  await Deno.remove(path);
  assert.deepEqual(await ended(env), {
    code: 78,
    said: [
      `SIGN_IN_DATA ${folder.path} holds sign_in.sqlite but no secrets.json: restore secrets.json from where the databases ` +
      "come from, or move the databases away to start anew",
    ],
  });
});

Deno.test("sign-in process: it serves under its own flags alone, and names what is too much and what is missing", async () => {
  await using folder = await makeFolder();
  const env = environment(folder.path);
  const parsed = parseSettings(env);
  assert.ok(parsed.ok);
  const flags = signInFlags(parsed.settings);
  const all = await ended(env, ["--allow-all"]);
  assert.equal(all.code, 78);
  const kinds = ["net", "read", "write", "run", "ffi", "sys", "env", "import"];
  assert.deepEqual(
    all.said.map((line) =>
      z.object({ event: z.literal("unconfined"), problem: z.string() }).parse(JSON.parse(line))
    )
      .map(({ problem }) => problem.split(" ")[0]),
    kinds,
  );
  for (
    const flag of [
      "--allow-run=sh",
      "--allow-sys=hostname",
      "--allow-read=.",
      "--allow-env=HOME",
      "--allow-net=127.0.0.1:5432",
    ]
  ) {
    const { code, said } = await ended(env, [...flags, flag]);
    assert.deepEqual([code, said.length], [78, 1], flag);
    assert.match(said[0] ?? "", new RegExp(`"problem":"${flag.slice(8).split("=")[0]} is allowed for `));
  }
  const fewer = await ended(env, flags.map((flag) => flag.replace(",127.0.0.1:1", "")));
  assert.equal(fewer.code, 78);
  assert.match(fewer.said[0] ?? "", /^net is not allowed for auth, which is needed: start with --allow-net=/);

  await using loose = await running({ ...env, ALLOW_UNCONFINED: "1" }, [...flags, "--allow-sys=hostname"]);
  assert.match(loose.server.lines()[0] ?? "", /"event":"unconfined"/);
});

Deno.test("sign-in process: none of better-auth's own endpoints is served, but what is ours under the same name", async () => {
  await using world = await createRemoteWorld();
  const { server } = world;
  const app = createSignInApp({
    server,
    signIn: world.signIn,
    listener: undefined,
    now: () => world.clock.now,
    log: () => {},
  });
  const ours = ["/oauth2/authorize", "/oauth2/register", "/oauth2/token", "/oauth2/revoke", "/jwks"];
  const Methods = z.union([z.string(), z.array(z.string())]).catch("GET").transform((given) =>
    [given].flat()
  );
  const endpoints = Object.values(server.identity.api).flatMap((endpoint: object) => {
    const path: unknown = Reflect.get(endpoint, "path");
    const options = z.looseObject({ method: Methods }).parse(Reflect.get(endpoint, "options"));
    return typeof path === "string" && path.startsWith("/") ? [{ path, methods: options.method }] : [];
  });
  assert.ok(endpoints.length > 50, String(endpoints.length));
  const served: string[] = [];
  for (const endpoint of endpoints) {
    const path = endpoint.path.replaceAll(/:\w+/g, "x");
    for (const method of endpoint.methods) {
      for (const spelling of [path, `${path}/`, path.replace("/", "//")]) {
        const init = method === "POST"
          ? { method, body: "{}", headers: { "content-type": "application/json" } }
          : { method };
        const answer = await app.fetch(new Request(`http://localhost:3002/api/auth${spelling}`, init), {
          address: "192.0.2.1",
        });
        await answer.body?.cancel();
        if (answer.status !== 404) served.push(spelling);
      }
    }
  }
  assert.deepEqual([...new Set(served)].sort(), ours.filter((path) => served.includes(path)).sort());
  for (const path of ["/token", "/sign-up/email", "/sign-in/email", "/get-session", "/oauth2/introspect"]) {
    assert.ok(endpoints.some((endpoint) => endpoint.path === path), path);
    assert.ok(!served.includes(path), path);
  }
});
