/**
 * Runs the official suite's authorization server scenarios against the embedded backend and against a sign-in server in front of
 * an auth service, each a process of its own under its own rights. The suite prints the address a person would open; here the
 * test browser signs up or in, allows and goes back.
 * Prints one line per scenario and `N passed, N failed`; exits 1 when one fails or is missing.
 */
import { z } from "zod";
import { print } from "../../scripts/print.ts";
import { freePort } from "../../scripts/stack/free_port.ts";
import { startBackend, startSignIn } from "../../scripts/stack/start_stack.ts";
import { type Browser, createBrowser, type Page } from "../_support/browser.ts";
import { serveRealServices } from "../_support/real_services/serve_real_services.ts";
import { submitPassword } from "../_support/remote_world.ts";
import { makeFolder } from "../backend/_folder.ts";
import { npmCacheFolder, SUITE } from "./suite.ts";

/** The scenarios that there are, so that a run must not shrink unnoticed. */
const SCENARIOS = ["authorization-server-metadata-endpoint", "authorization-code-grant"];
const RESOURCE = "http://127.0.0.1:3069/mcp";

function deno(args: string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), { args, stdin: "null", stdout: "piped", stderr: "piped" });
}

async function registerClient(issuer: string, redirect: string): Promise<string> {
  const answer = await fetch(`${issuer}/api/auth/oauth2/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      client_name: "Conformance suite",
      redirect_uris: [redirect],
      token_endpoint_auth_method: "none",
    }),
  });
  return z.object({ client_id: z.string() }).parse(await answer.json()).client_id;
}

/** Does what the suite asks a person to do; `enter` leads from the sign-in page to the question what the app may do. */
async function connect(issuer: string, address: string, enter: Authorization["enter"]): Promise<void> {
  const browser = createBrowser(issuer, (request) => fetch(new Request(request, { redirect: "manual" })));
  const consent = await enter(browser, await browser.open(address));
  const done = await browser.submit(consent, "/consent", { answer: "yes" });
  if (done.leaves === undefined) throw new Error(`Cannot connect: the consent page answered ${done.status}`);
  await (await fetch(done.leaves)).body?.cancel();
}

/** An authorization server that the suite is run against. */
interface Authorization extends AsyncDisposable {
  readonly words: string;
  readonly issuer: string;
  readonly enter: (browser: Browser, signIn: Page) => Promise<Page>;
}

async function startEmbedded(): Promise<Authorization> {
  await using started = new AsyncDisposableStack();
  const folder = started.use(await makeFolder());
  const backend = startBackend({
    data: folder.path,
    env: { BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0", MANA_MCP_RESOURCE: RESOURCE },
  });
  started.defer(async () => void await backend.stop());
  const { issuer } = Listening.parse(await backend.event("listening"));
  const running = started.move();
  return {
    words: "the embedded backend",
    issuer,
    async enter(browser, signIn) {
      const signUp = await browser.open(`/sign-up${new URL(signIn.url).search}`);
      const person = { name: "Conny", email: "conny@mana.test", password: "correct horse" };
      return await browser.submit(signUp, "/sign-up", person);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function startBeforeAuthService(): Promise<Authorization> {
  await using started = new AsyncDisposableStack();
  const services = started.use(await serveRealServices());
  const folder = started.use(await makeFolder());
  const person = await services.people.make("conny");
  const server = startSignIn({
    env: {
      SIGN_IN_PORT: "0",
      SIGN_IN_DATA: folder.path,
      MANA_AUTH_URL: services.authUrl,
      JWT_ISSUER: services.issuer,
      SIGN_IN_SERVICE_KEY: crypto.randomUUID(),
      MANA_MCP_RESOURCE: RESOURCE,
    },
  });
  started.defer(async () => void await server.stop());
  const { issuer } = Listening.parse(await server.event("listening"));
  const running = started.move();
  return {
    words: "a sign-in server in front of an auth service",
    issuer,
    enter: (browser, signIn) => submitPassword(browser, signIn, person),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

const Listening = z.object({ issuer: z.string() });

/** Runs the suite; `visit` is called once with the address that it prints. Returns everything it said. */
async function runSuite(args: string[], visit: (address: string) => Promise<void>): Promise<string> {
  const suite = deno(["run", ...args]).spawn();
  const errors = new Response(suite.stderr).text();
  let text = "";
  let visited: Promise<void> | undefined;
  for await (const part of suite.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    const address = /^http\S+\/oauth2\/authorize\?\S+$/m.exec(text)?.[0];
    if (address !== undefined && text.includes("Waiting up to")) visited ??= visit(address);
  }
  await visited;
  return text + await errors;
}

/** Whether a scenario succeeded: the suite marks each and counts its checks. */
function outcome(text: string, name: string): string | undefined {
  return new RegExp(`^.*${name}.*\\b(\\d+ passed, \\d+ failed).*$`, "m").exec(text)?.[1];
}

/** Runs the suite against one server, and prints what came of it. Returns how many scenarios failed. */
async function judge({ words, issuer, enter }: Authorization): Promise<number> {
  const port = freePort();
  const client = await registerClient(issuer, `http://127.0.0.1:${port}/callback`);
  const host = new URL(issuer).host;
  const rights = [
    ...SUITE.flags,
    "--no-prompt",
    "--ignore-env",
    `--allow-net=${host},127.0.0.1:${port}`,
    `--allow-read=${await npmCacheFolder()}`,
  ];
  const asked = [
    "authorization",
    "--url",
    issuer,
    "--client-id",
    client,
    "--resource",
    RESOURCE,
    "--port",
    `${port}`,
  ];
  const text = await runSuite(
    [...rights, SUITE.specifier, ...asked],
    (address) => connect(issuer, address, enter),
  );
  const outcomes = SCENARIOS.map((name) => ({ name, checks: outcome(text, name) ?? "did not run" }));
  const failed = outcomes.filter(({ checks }) => !/^[1-9]\d* passed, 0 failed$/.test(checks)).length;
  for (const { name, checks } of outcomes) print(`${words}: ${name} (${checks})`);
  if (failed > 0) print(text);
  return failed;
}

if (import.meta.main) {
  let failed = 0;
  for (const start of [startEmbedded, startBeforeAuthService]) {
    await using server = await start();
    failed += await judge(server);
  }
  print(`${2 * SCENARIOS.length - failed} passed, ${failed} failed`);
  Deno.exitCode = failed === 0 ? 0 : 1;
}
