// The sign-in host behind a proxy that docs/deploy ships: TLS, cookies, forms, addresses, limits. The same tests for each proxy.
import assert from "node:assert/strict";
import { freePort } from "../../scripts/stack/free_port.ts";
import { startSignIn } from "../../scripts/stack/start_stack.ts";
import { serveRealServices } from "../_support/real_services/serve_real_services.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { type Certificate, makeCertificate } from "./_certificate.ts";

/** Registers the tests that each proxy has to pass. */
export function testSignInHost(proxy: Proxy): void {
  const test = (name: string, run: (proxy: Proxy) => Promise<void>) =>
    Deno.test({ name: `${proxy.name}, sign-in: ${name}`, ignore: !proxy.isInstalled, fn: () => run(proxy) });
  test("a person signs in through it, with cookies that browsers keep to this host and to TLS", signsIn);
  test(
    "what counts per address counts the person's own, whatever stands in X-Forwarded-For",
    countsAddresses,
  );
  test(
    "the server is told the sender's address, the name that was asked for, and of no upgrade",
    tellsAddress,
  );
  test("what the gateway alone asks is nobody else's, in any spelling", closesInside);
  test(
    "a request for everything, in many spaces and with a long state, reaches the page and its answer",
    longRequest,
  );
  test("a body too long for the server is refused by the server, and a longer one by the proxy", capsBodies);
}

/** A proxy that is tried. */
export interface Proxy {
  readonly name: string;
  readonly isInstalled: boolean;
  /** Its status for a body that is too long. */
  readonly tooLong: number;
  /** Starts it with the shipped configuration in `folder`, and resolves when it listens. */
  start(folder: string, host: SignInHost): Promise<AsyncDisposable>;
}

/** Where the proxy stands. */
export interface SignInHost {
  /** Port of https on 127.0.0.1. */
  readonly port: number;
  /** Port of http on 127.0.0.1. */
  readonly plainPort: number;
  /** Host and port of the sign-in server. */
  readonly upstream: string;
  readonly certificate: Certificate;
}

/** The proxy with TLS before `upstream`, and a way to ask it that believes its certificate. */
async function createFront(proxy: Proxy, folder: string, port: number, upstream: string) {
  const certificate = await makeCertificate();
  const plainPort = freePort();
  const running = await proxy.start(folder, { port, plainPort, upstream, certificate });
  const client = Deno.createHttpClient({ caCerts: [certificate.certificate] });
  const base = `https://127.0.0.1:${port}`;
  let stopped: Promise<void> | undefined;
  const end = async () => {
    client.close();
    await running[Symbol.asyncDispose]();
  };
  const stop = () => stopped ??= end();
  return {
    base,
    /** Ends the proxy; its log is whole then. */
    stop,
    plainBase: `http://127.0.0.1:${plainPort}`,
    async ask(path: string, init: RequestInit = {}): Promise<Answer> {
      const answer = await fetch(`${base}${path}`, { ...init, redirect: "manual", client });
      return { status: answer.status, headers: answer.headers, text: await answer.text() };
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** An answer that was read to its end. */
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The sign-in server behind a proxy, which knows its address by its settings alone, and a person of the auth service. */
export async function createPages(proxy: Proxy) {
  const folder = await temporaryFolder();
  const port = freePort();
  const services = await serveRealServices();
  const server = startSignIn({
    env: {
      SIGN_IN_PORT: "0",
      SIGN_IN_DATA: folder.path,
      SIGN_IN_ISSUER: `https://127.0.0.1:${port}`,
      SIGN_IN_SERVICE_KEY: "a-service-key-of-32-characters-or-more",
      MANA_AUTH_URL: services.authUrl,
      JWT_ISSUER: services.issuer,
    },
  });
  const upstream = String((await server.event("listening")).url);
  const front = await createFront(proxy, folder.path, port, new URL(upstream).host);
  return {
    ...front,
    upstream,
    folder: folder.path,
    services,
    person: await services.people.make("anna"),
    async [Symbol.asyncDispose]() {
      await front[Symbol.asyncDispose]();
      await server.stop();
      await services[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** A server behind the proxy that says what reached it. */
async function createEcho(proxy: Proxy) {
  const folder = await temporaryFolder();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    // Whole, so that nothing is answered before the proxy has judged the body: a proxy that streams would pass the early answer on.
    await request.bytes();
    return Response.json({ url: request.url, ...Object.fromEntries(request.headers) });
  });
  const front = await createFront(proxy, folder.path, freePort(), `127.0.0.1:${server.addr.port}`);
  return {
    ...front,
    async [Symbol.asyncDispose]() {
      await front[Symbol.asyncDispose]();
      await server.shutdown();
      await folder[Symbol.asyncDispose]();
    },
  };
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

async function signsIn(proxy: Proxy): Promise<void> {
  await using pages = await createPages(proxy);
  const page = await pages.ask("/sign-in");
  assert.equal(page.status, 200);
  assert.equal(page.headers.get("strict-transport-security"), "max-age=31536000");
  assert.match(
    page.headers.getSetCookie().join(),
    /^__Host-mana\.form=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
  );

  const body = new URLSearchParams({
    form: tokenOf(page.text),
    q: "",
    email: pages.person.email,
    password: pages.person.password,
  });
  const submit = (origin: string) =>
    pages.ask("/sign-in", {
      method: "POST",
      body,
      headers: { ...FORM, cookie: cookiesOf(page), origin, "x-forwarded-for": "192.0.2.1" },
    });
  const foreign = await submit("https://elsewhere.test");
  assert.equal(foreign.status, 403);
  assert.deepEqual(foreign.headers.getSetCookie(), []);
  const entered = await submit(pages.base);
  assert.equal(entered.status, 303, entered.text);
  assert.equal(entered.headers.get("location"), "/apps");
  assert.match(
    entered.headers.getSetCookie().join("\n"),
    /^__Secure-mana-sign-in\.session_token=.+; Secure/m,
  );
  const asked = pages.services.requests.filter(({ path }) => path === "/api/auth/sign-in/email");
  assert.deepEqual(asked.map((request) => request.header("x-forwarded-for")), ["127.0.0.1"]);
  const apps = await pages.ask("/apps", { headers: { cookie: cookiesOf(page, entered) } });
  assert.equal(apps.status, 200);
  assert.ok(apps.text.includes(pages.person.email), apps.text);
}

async function countsAddresses(proxy: Proxy): Promise<void> {
  await using pages = await createPages(proxy);
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
}

async function longRequest(proxy: Proxy): Promise<void> {
  await using pages = await createPages(proxy);
  const registered = await pages.ask("/api/auth/oauth2/register", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client_name: "App", redirect_uris: ["http://127.0.0.1/callback"] }),
  });
  const { client_id } = JSON.parse(registered.text);
  const metadata = JSON.parse((await pages.ask("/.well-known/oauth-authorization-server")).text);
  const spaces = Array.from({ length: 40 }, (_, index) => `space:${String(index).padStart(32, "s")}`);
  const query = new URLSearchParams({
    response_type: "code",
    client_id,
    redirect_uri: "http://127.0.0.1/callback",
    scope: [...metadata.scopes_supported, ...spaces].join(" "),
    state: "s".repeat(1500),
    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    code_challenge_method: "S256",
  });
  const sent = await pages.ask(`/api/auth/oauth2/authorize?${query}`);
  assert.equal(sent.status, 303, sent.text);
  const location = sent.headers.get("location") ?? "";
  assert.ok(location.length > 4096 && location.includes("/sign-in?"), `${location.length} characters`);
  const page = await pages.ask(location.slice(location.indexOf("/sign-in?")));
  assert.equal(page.status, 200, page.text);
  const body = new URLSearchParams({
    form: tokenOf(page.text),
    q: location.slice(location.indexOf("?") + 1),
    email: pages.person.email,
    password: pages.person.password,
  });
  const headers = { ...FORM, cookie: cookiesOf(page), origin: pages.base, referer: pages.base + location };
  const entered = await pages.ask("/sign-in", { method: "POST", body, headers });
  assert.equal(entered.status, 303, entered.text);
  const consent = entered.headers.get("location") ?? "";
  assert.ok(consent.length > 4096 && consent.includes("/consent?"), consent.slice(0, 100));
  const asked = await pages.ask(consent.slice(consent.indexOf("/consent?")), {
    headers: { cookie: cookiesOf(page, entered) },
  });
  assert.equal(asked.status, 200, asked.text);
}

async function tellsAddress(proxy: Proxy): Promise<void> {
  await using echo = await createEcho(proxy);
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
}

async function closesInside(proxy: Proxy): Promise<void> {
  await using pages = await createPages(proxy);
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
}

async function capsBodies(proxy: Proxy): Promise<void> {
  await using pages = await createPages(proxy);
  await using echo = await createEcho(proxy);
  const send = (host: Pick<typeof pages, "ask">, length: number) =>
    host.ask("/sign-in", { method: "POST", body: `password=${"x".repeat(length)}`, headers: FORM });
  const long = await send(pages, 100_000);
  assert.equal(long.status, 403);
  assert.equal(long.headers.get("x-frame-options"), "DENY"); // a page of the server's
  assert.equal((await send(echo, 100_000)).status, 200);
  assert.equal((await send(echo, 200_000)).status, proxy.tooLong);
}
