/** `deno task token --auth URL`: a token from a real auth service, or what to do. */
import assert from "node:assert/strict";
import { NoToken, obtainToken } from "../../scripts/token/obtain_token.ts";
import { tokenArguments } from "../../scripts/token/token_arguments.ts";
import { createRealServices, type RealServices } from "../_support/real_services/real_services.ts";
import { serveRealServices } from "../_support/real_services/serve_real_services.ts";
import { runTask } from "../_support/run_task.ts";

const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const WRONG = "The e-mail address or the password is wrong.";

/** The token, or why there is none. */
async function obtained(
  services: Pick<RealServices, "auth" | "issuer">,
  person: { readonly email: string; readonly password: string },
  askCode: () => Promise<string> = () => Promise.reject(new Error("no code was to be asked for")),
): Promise<string> {
  const fetch = (input: string | URL | Request, init?: RequestInit) =>
    services.auth.fetch(new Request(input, init));
  try {
    const { email, password } = person;
    return await obtainToken({ authUrl: services.issuer, email, password, askCode, fetch });
  } catch (error) {
    assert.ok(error instanceof NoToken, String(error));
    return error.message;
  }
}

/** A service that answers everything in one way. */
function answering(answer: () => Response | Promise<Response>) {
  return { issuer: "http://auth.test", auth: { fetch: () => Promise.resolve(answer()) } };
}

const ANNA = { email: "anna@mana.test", password: "correct horse" };

Deno.test("token: a person of a real auth service gets a token; a wrong password, a lock and a mail to confirm are told", async () => {
  await using services = await createRealServices();
  const anna = await services.people.make("anna");
  assert.match(await obtained(services, anna), JWT);
  const ben = await services.people.register("ben");
  assert.equal(
    await obtained(services, ben),
    "The e-mail address is not confirmed yet: follow the link in the mail that the auth service has sent.",
  );
  for (let failed = 0; failed < 5; failed++) {
    assert.equal(await obtained(services, { ...anna, password: "wrong" }), WRONG);
  }
  assert.equal(
    await obtained(services, anna),
    "The account is locked after too many wrong passwords: try again in 30 minutes.",
  );
  const needed = "An e-mail address and a password are needed.";
  assert.equal(await obtained(services, { ...anna, password: "" }), needed);
});

Deno.test("token: a second factor is asked for, as an app shows its code", async () => {
  await using services = await createRealServices();
  const { people } = services;
  const anna = await people.make("anna");
  await people.switchOnSecondFactor(anna);
  const grouped = async () => (await people.secondFactorCode(anna.email)).replace(/^(...)/, "$1 ");
  assert.match(await obtained(services, anna, grouped), JWT);
  assert.equal(
    await obtained(services, anna, () => Promise.resolve("000 000")),
    "The code is wrong, or its time was over: start again with the next code.",
  );
  assert.equal(
    await obtained(services, anna, () => Promise.resolve(" ")),
    "The account has a second factor: a code of the authenticator app is needed.",
  );
  assert.equal(await obtained(services, anna, grouped), "Too many sign-ins: try again in 10 seconds.");
  services.clock.now += 10_001;
  const elsewhere = { auth: services.auth, issuer: "http://auth.elsewhere.test" };
  assert.match(await obtained(elsewhere, anna, grouped), /does not know itself by this address/);
});

Deno.test("token: what is no auth service, is down, redirects or answers nonsense is told, and nothing of it is shown", async () => {
  const html = "<html>\u001b[31mhello";
  const json = (status: number, body: unknown, headers = {}) => () =>
    Response.json(body, { status, headers });
  const cases: readonly (readonly [() => Response | Promise<Response>, RegExp])[] = [
    [() => new Response(html, { status: 404 }), /no auth service with \/api\/v1\/auth\/login/],
    [() => new Response(html), /gave no token/],
    [() => new Response(null, { status: 308, headers: { location: "https://x.test" } }), /redirects/],
    [() => new Response(html, { status: 502 }), /not available \(502\)/],
    [() => Promise.reject(new TypeError("connection refused")), /cannot be reached/],
    [() => Promise.reject(new DOMException("late", "TimeoutError")), /does not answer in time/],
    [() => new Response("x".repeat(300_000)), /gave no token/],
    [json(401, { error: "Invalid credentials" }), /^The e-mail address or the password is wrong\.$/],
    [json(403, { error: "no", code: "EMAIL_NOT_VERIFIED" }), /not confirmed yet/],
    [json(429, { error: "slow", remainingSeconds: 61 }), /try again in 61 seconds/],
    [json(429, {}, { "x-retry-after": "1" }), /try again in 1 second\./],
    [json(429, { retryAfterSec: 1e99 }), /try again later/],
    [json(403, { code: html }), /refused to sign you in \(403\)/],
    // A token that could steer the terminal is none.
    [json(200, { accessToken: "a.b.\u001b[31m", token: "a.b" }), /gave no token to the session/],
    [json(200, []), /gave no token/],
  ];
  for (const [answer, words] of cases) {
    const said = await obtained(answering(answer), ANNA);
    assert.match(said, words);
    assert.ok(!said.includes("hello") && !said.includes("horse"), said);
  }
});

Deno.test("token: the task may reach the one address that it was given", () => {
  const hostOf = (...args: string[]) => {
    const asked = tokenArguments(args);
    return asked.ok ? asked.auth?.host ?? null : asked.problem;
  };
  assert.equal(hostOf(), null);
  assert.equal(hostOf("--auth", "https://auth.mana.test/"), "auth.mana.test:443");
  assert.equal(hostOf("--auth=http://[::1]:3001", "anna@mana.test"), "[::1]:3001");
  const url = "--auth takes an http or https URL without user, query and fragment.";
  for (
    const bad of [
      "",
      "a.test",
      "ftp://a.test",
      "http://u:p@a.test",
      "http://a.test?x",
      "http://a,b",
      "http://*.test",
    ]
  ) {
    assert.equal(hostOf("--auth", bad), url, bad);
  }
  assert.equal(hostOf("--auth", "http://a.test", "hunter2"), "What follows the URL is an e-mail address.");
  assert.equal(hostOf("anna@mana.test"), "Unknown arguments.");
  assert.equal(hostOf("--auth", "http://a.test", "anna@mana.test", "hunter2"), "Unknown arguments.");
});

const task = (args: readonly string[], input: string, env: Record<string, string> = {}) =>
  runTask(["token", ...args], input, env);

Deno.test("token: the task prints the token and nothing else; a password comes by stdin or the environment", async () => {
  await using services = await serveRealServices();
  const { email, password } = await services.people.make("anna");
  const byInput = await task(["--auth", services.authUrl], `${email}\n${password}\n`);
  assert.deepEqual([byInput.code, byInput.err], [0, ""]);
  assert.match(byInput.out, /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  const byEnvironment = await task([`--auth=${services.authUrl}/`, email], "", { MANA_PASSWORD: password });
  assert.match(byEnvironment.out, /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  const refused = await task(["--auth", services.authUrl, email], "wrong\r\n");
  assert.deepEqual(refused, { code: 1, out: "", err: `${WRONG}\n` });
  const missing = await task([], "", { BACKEND_DATA: "./.mana-test/not there" });
  assert.deepEqual([missing.code, missing.out], [1, ""]);
  assert.match(missing.err, /^There is no data folder \.\/\.mana-test\/not there: start the backend/);
  const misused = await task(["--auth"], "");
  assert.deepEqual([misused.code, misused.out], [64, ""]);
  assert.match(misused.err, /deno task --quiet token --auth URL \[EMAIL\]/);
});
