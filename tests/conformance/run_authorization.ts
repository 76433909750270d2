/**
 * Runs the official suite's authorization server scenarios against the embedded backend, as a process of its own under
 * its own rights. The suite prints the address a person would open; here the test browser signs up, allows and goes back.
 * Prints one line per scenario and `N passed, N failed`; exits 1 when one fails or is missing.
 */
import { z } from "zod";
import { startBackend } from "../../scripts/stack/start_stack.ts";
import { createBrowser } from "../_support/browser.ts";
import { makeFolder } from "../backend/_folder.ts";
import { npmCacheFolder, SUITE } from "./suite.ts";

/** The scenarios that there are, so that a run must not shrink unnoticed. */
const SCENARIOS = ["authorization-server-metadata-endpoint", "authorization-code-grant"];
const RESOURCE = "http://127.0.0.1:3069/mcp";

function deno(args: string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), { args, stdin: "null", stdout: "piped", stderr: "piped" });
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
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

/** Does what the suite asks a person to do. */
async function connect(issuer: string, address: string): Promise<void> {
  const browser = createBrowser(issuer, (request) => fetch(new Request(request, { redirect: "manual" })));
  const signIn = await browser.open(address);
  const signUp = await browser.open(`/sign-up${new URL(signIn.url).search}`);
  const person = { name: "Conny", email: "conny@mana.test", password: "correct horse" };
  const consent = await browser.submit(signUp, "/sign-up", person);
  const done = await browser.submit(consent, "/consent", { answer: "yes" });
  if (done.leaves === undefined) throw new Error(`Cannot connect: the consent page answered ${done.status}`);
  await (await fetch(done.leaves)).body?.cancel();
}

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

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

if (import.meta.main) {
  await using folder = await makeFolder();
  const backend = startBackend({
    data: folder.path,
    env: { BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0", MANA_MCP_RESOURCE: RESOURCE },
  });
  try {
    const { issuer } = z.object({ issuer: z.string() }).parse(await backend.event("listening"));
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
      (address) => connect(issuer, address),
    );
    const outcomes = SCENARIOS.map((name) => ({ name, checks: outcome(text, name) ?? "did not run" }));
    const failed = outcomes.filter(({ checks }) => !/^[1-9]\d* passed, 0 failed$/.test(checks)).length;
    for (const { name, checks } of outcomes) print(`${name} (${checks})`);
    if (failed > 0) print(text);
    print(`${SCENARIOS.length - failed} passed, ${failed} failed`);
    Deno.exitCode = failed === 0 ? 0 : 1;
  } finally {
    await backend.stop();
  }
}
