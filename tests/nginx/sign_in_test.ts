// The sign-in host behind nginx, as docs/deploy/nginx-sign-in.conf ships it: TLS, cookies, forms, addresses, limits.
import assert from "node:assert/strict";
import { print } from "../../scripts/print.ts";
import { readFirstPerson } from "../../scripts/stack/read_first_person.ts";
import { freePort, startBackend } from "../../scripts/stack/start_stack.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { makeCertificate } from "./_certificate.ts";
import { isInstalled, signInSite, startNginx } from "./_nginx.ts";

const installed = await isInstalled();
if (!installed) print("Not tested: the shipped nginx-sign-in.conf, because /usr/sbin/nginx is not installed");

/** nginx with TLS before `upstream`, and a way to ask it that believes its certificate. */
async function createFront(folder: string, port: number, upstream: string) {
  const certificate = await makeCertificate();
  const plainPort = freePort();
  const nginx = await startNginx(folder, signInSite({ port, plainPort, upstream, certificate }));
  const client = Deno.createHttpClient({ caCerts: [certificate.certificate] });
  const base = `https://127.0.0.1:${port}`;
  return {
    base,
    plainBase: `http://127.0.0.1:${plainPort}`,
    async ask(path: string, init: RequestInit = {}): Promise<Answer> {
      const answer = await fetch(`${base}${path}`, { ...init, redirect: "manual", client });
      return { status: answer.status, headers: answer.headers, text: await answer.text() };
    },
    async [Symbol.asyncDispose]() {
      client.close();
      await nginx[Symbol.asyncDispose]();
    },
  };
}

/** An answer that was read to its end. */
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The pages of sign-in behind nginx, which know their address by the issuer alone, and a person who can sign in. */
async function createPages() {
  const folder = await temporaryFolder();
  const port = freePort();
  const backend = startBackend({
    data: folder.path,
    firstPerson: "demo@mana.test",
    env: { BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0", JWT_ISSUER: `https://127.0.0.1:${port}` },
  });
  const upstream = String((await backend.event("listening")).auth);
  const front = await createFront(folder.path, port, new URL(upstream).host);
  return {
    ...front,
    upstream,
    folder: folder.path,
    person: await readFirstPerson(folder.path),
    async [Symbol.asyncDispose]() {
      await front[Symbol.asyncDispose]();
      await backend.stop();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** A server behind nginx that says what reached it. */
async function createEcho() {
  const folder = await temporaryFolder();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    await request.body?.cancel();
    return Response.json({ url: request.url, ...Object.fromEntries(request.headers) });
  });
  const front = await createFront(folder.path, freePort(), `127.0.0.1:${server.addr.port}`);
  return {
    ...front,
    async [Symbol.asyncDispose]() {
      await front[Symbol.asyncDispose]();
      await server.shutdown();
      await folder[Symbol.asyncDispose]();
    },
  };
}

function test(name: string, run: () => Promise<void>): void {
  Deno.test({ name: `nginx, sign-in: ${name}`, ignore: !installed, fn: run });
}

/** The hidden token of the form on a page. */
function tokenOf(page: string): string {
  const [, token] = /name="form" value="([^"]+)"/.exec(page) ?? [];
  assert.ok(token, page);
  return token;
}

/** `Set-Cookie` lines as the browser sends them back. */
function cookiesOf(...answers: readonly Answer[]): string {
  return answers.flatMap(({ headers }) => headers.getSetCookie().map((line) => line.split(";")[0])).join(
    "; ",
  );
}

const FORM = { "content-type": "application/x-www-form-urlencoded" };

test("a person signs in through it, with cookies that browsers keep to this host and to TLS", async () => {
  await using pages = await createPages();
  const page = await pages.ask("/sign-in");
  assert.equal(page.status, 200);
  assert.equal(page.headers.get("strict-transport-security"), "max-age=31536000");
  assert.match(
    page.headers.getSetCookie().join(),
    /^__Host-mana\.form=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
  );

  const body = new URLSearchParams({ form: tokenOf(page.text), q: "", ...pages.person });
  const submit = (origin: string) =>
    pages.ask("/sign-in", { method: "POST", body, headers: { ...FORM, cookie: cookiesOf(page), origin } });
  const foreign = await submit("https://elsewhere.test");
  assert.equal(foreign.status, 403);
  assert.deepEqual(foreign.headers.getSetCookie(), []);
  const entered = await submit(pages.base);
  assert.equal(entered.status, 303, entered.text);
  assert.equal(entered.headers.get("location"), "/apps");
  assert.match(entered.headers.getSetCookie().join("\n"), /^__Secure-mana\.session_token=.+; Secure/m);
  const apps = await pages.ask("/apps", { headers: { cookie: cookiesOf(page, entered) } });
  assert.equal(apps.status, 200);
  assert.ok(apps.text.includes(pages.person.email), apps.text);
});

test("what counts per address counts the person's own, whatever the person writes into X-Forwarded-For", async () => {
  await using pages = await createPages();
  const register = async (index: number) => {
    const { status } = await pages.ask("/api/auth/oauth2/register", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-forwarded-for": `192.0.2.${index}, 198.51.100.${index}`,
      },
      body: JSON.stringify({ client_name: "App", redirect_uris: ["http://127.0.0.1/callback"] }),
    });
    return status;
  };
  for (let index = 1; index <= 30; index += 1) assert.equal(await register(index), 201);
  assert.equal(await register(31), 429);
});

test("the server is told the sender's address, the name that was asked for, and of no upgrade", async () => {
  await using echo = await createEcho();
  const { text } = await echo.ask("/sign-in?a=b", {
    method: "POST",
    body: "c=d",
    headers: { ...FORM, "x-forwarded-for": "192.0.2.1", origin: echo.base },
  });
  const reached = JSON.parse(text);
  assert.equal(reached["x-forwarded-for"], "127.0.0.1");
  assert.equal(reached.host, new URL(echo.base).host);
  assert.equal(reached.origin, echo.base);
  assert.equal(reached.upgrade, undefined);
  assert.equal(new URL(reached.url).search, "?a=b");
});

test("what the gateway alone asks is nobody else's, in any spelling", async () => {
  await using pages = await createPages();
  for (
    const path of [
      "/health",
      "/health/",
      "/api/v1/oauth/introspect",
      "/api/v1/internal/grants/a/spaces",
      "/api/v1/internal/users/a/memberships",
      "/api/v1/%69nternal/grants/a/spaces",
      "//api/v1//internal/grants/a/spaces",
      "/apps/../api/v1/internal/grants/a/spaces",
    ]
  ) {
    assert.equal((await pages.ask(path)).status, 403, path);
    assert.equal((await pages.ask(path, { method: "POST", body: "" })).status, 403, path);
  }
  const health = await fetch(`${pages.upstream}/health`);
  await health.body?.cancel();
  assert.equal(health.status, 200);
});

test("a body too long for any form is refused by nginx, and one that is too long for the server by the server", async () => {
  await using pages = await createPages();
  const send = (length: number) =>
    pages.ask("/sign-in", { method: "POST", body: `password=${"x".repeat(length)}`, headers: FORM });
  const long = await send(100_000);
  assert.equal(long.status, 403);
  assert.equal(long.headers.get("x-frame-options"), "DENY"); // a page of the server's
  assert.equal((await send(200_000)).status, 413);
});

test("http leads to https, and the log holds no query", async () => {
  await using pages = await createPages();
  const plain = await fetch(`${pages.plainBase}/apps?a=b`, { redirect: "manual" });
  await plain.body?.cancel();
  assert.equal(plain.status, 308);
  assert.equal(plain.headers.get("location"), "https://127.0.0.1/apps?a=b");
  await pages.ask("/sign-in?client_id=sentinel");
  const log = await Deno.readTextFile(`${pages.folder}/access.log`);
  assert.match(log, /127\.0\.0\.1 \[[^\]]+\] GET "\/sign-in" 200 /);
  assert.ok(!log.includes("sentinel"), log);
});
