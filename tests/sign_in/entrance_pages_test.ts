import assert from "node:assert/strict";
import type {
  CodeAttempt,
  CodeOutcome,
  PasswordEntrance,
  SignInAttempt,
  SignInOutcome,
} from "../../sign_in/people/entrance.ts";
import { fieldsOf } from "../_support/browser.ts";
import { allow, authorizeUrl, register, returned } from "../_support/oauth_flow.ts";
import { playSignIn } from "./_played_sign_in.ts";

const ANNA = { email: "anna@mana.test", password: "correct horse" };
const PENDING = "sealed.sign-in";

/** A way in by password that ends as `ends` says, and keeps what it was given. */
async function playPassword(
  ends: { signIn: SignInOutcome; code?: CodeOutcome },
  more: Partial<PasswordEntrance> = {},
) {
  const attempts: SignInAttempt[] = [];
  const codes: CodeAttempt[] = [];
  const played = await playSignIn(({ enter, left }) => ({
    entrance: {
      kind: "password",
      signIn(attempt) {
        attempts.push(attempt);
        return ends.signIn.outcome === "entered"
          ? enter(attempt.email, attempt.oauthQuery)
          : Promise.resolve(ends.signIn);
      },
      verifyCode(attempt) {
        codes.push(attempt);
        const outcome = ends.code ?? ENTERED;
        return outcome.outcome === "entered"
          ? enter(ANNA.email, attempt.oauthQuery)
          : Promise.resolve(outcome);
      },
      leave: (sessionId) => Promise.resolve(void left.push(sessionId)),
      ...more,
    },
  }));
  await played.makePerson("anna");
  return { ...played, attempts, codes, ends };
}

const ENTERED = { outcome: "entered", cookies: [], url: undefined } as const;
const WAIT_CODE = { outcome: "code-needed", pending: PENDING } as const;

Deno.test("sign-in: names the app of the signed request, and no other", async () => {
  await using played = await playPassword({ signIn: { outcome: "wrong-password" } });
  const browser = played.browser();
  const { client_id } = await register(played, { client_name: "<b>Claude</b>\u202E\u3164" });
  const page = await browser.open(authorizeUrl(client_id));
  assert.match(
    page.html,
    /“&lt;b&gt;Claude&lt;\/b&gt;”<\/strong> wants to connect to your Mana data\./,
  );
  const again = await browser.submit(page, "/sign-in", ANNA);
  assert.equal(again.status, 422);
  assert.match(again.html, /“&lt;b&gt;Claude/);
  // A name in a link is nobody's name.
  for (const query of ["client_name=Bank", `client_id=${client_id}`, `client_id=${client_id}&appName=Bank`]) {
    const { html, status } = await browser.open(`/sign-in?${query}`);
    assert.deepEqual([status, /Bank|Claude|wants to connect/.test(html)], [200, false], query);
  }
  const forged = new URL(page.url);
  forged.searchParams.set("client_id", (await register(played, { client_name: "Bank" })).client_id);
  for (const path of ["/sign-in", "/sign-up"]) {
    const { html, status } = await browser.open(path + forged.search);
    assert.deepEqual([status, /Bank|Claude/.test(html)], [400, false], path);
    assert.match(html, /no longer good/);
  }
});

Deno.test("sign-in: links are those that were set, and none that a query names", async () => {
  const forgotUrl = "https://mana.test/forgot";
  await using played = await playPassword({ signIn: ENTERED }, { forgotUrl });
  const { html } = await played.browser().open(
    "/sign-in?forgotUrl=https://evil.test&loginUrl=https://evil.test",
  );
  assert.match(html, /<a href="https:\/\/mana\.test\/forgot">Forgot your password\?<\/a>/);
  assert.doesNotMatch(html, /evil|sign-up|No account yet/);
  await using plain = await playPassword({ signIn: ENTERED });
  assert.doesNotMatch((await plain.browser().open("/sign-in")).html, /Forgot/);
  // An app that asks for a new account where none are made gets the page that there is.
  const { client_id } = await register(plain);
  const page = await plain.browser().open(authorizeUrl(client_id, { prompt: "create" }));
  assert.equal(new URL(page.url).pathname, "/sign-in");
  assert.match(page.html, /“Test app”/);
});

Deno.test("sign-in: who cannot be judged is told why and how long, and types only the password again", async () => {
  const cases = [
    [{ outcome: "busy", seconds: 12 }, 429, "12", /Try again in 12 seconds/],
    [{ outcome: "busy", seconds: 0.2 }, 429, "1", /Try again in 1 second\./],
    [{ outcome: "busy", seconds: NaN }, 429, "60", /Try again in 60 seconds/],
    [{ outcome: "held-back", seconds: 1800 }, 429, "1800", /wrong too often.*for 30 minutes/],
    [{ outcome: "held-back", seconds: 95 }, 429, "95", /for 2 minutes/],
    [{ outcome: "unavailable" }, 503, null, /does not answer.*Nothing is wrong with your password/s],
    [{ outcome: "unconfirmed" }, 422, null, /Confirm your e-mail address first/],
    [{ outcome: "wrong-password" }, 422, null, /is not right/],
  ] as const;
  for (const [signIn, status, retryAfter, words] of cases) {
    await using played = await playPassword({ signIn });
    const browser = played.browser();
    const { client_id } = await register(played);
    const page = await browser.submit(await browser.open(authorizeUrl(client_id)), "/sign-in", ANNA);
    assert.deepEqual([page.status, page.headers.get("retry-after")], [status, retryAfter], signIn.outcome);
    assert.match(page.html, words);
    assert.match(page.html, /role="alert"/);
    assert.match(page.html, /value="anna@mana\.test"/);
    assert.doesNotMatch(page.html, /correct horse/);
    assert.equal(played.attempts[0]?.address, "192.0.2.7");
    played.ends.signIn = ENTERED;
    const consent = await browser.submit(page, "/sign-in", { password: ANNA.password });
    assert.equal(new URL(consent.url).pathname, "/consent", "the waiting request is kept");
    assert.ok(returned(await allow(browser, consent)).get("code"));
  }
});

Deno.test("code: a person with a second factor types it, and goes on to the app", async () => {
  await using played = await playPassword({
    signIn: WAIT_CODE,
    code: { outcome: "wrong-code", pending: "second" },
  });
  const browser = played.browser();
  const { client_id } = await register(played);
  const page = await browser.submit(await browser.open(authorizeUrl(client_id)), "/sign-in", ANNA);
  assert.equal(page.status, 200);
  assert.match(page.html, /“Test app”/);
  assert.match(page.html, /<input[^>]*name="code"[^>]*inputmode="numeric"[^>]*autocomplete="one-time-code"/);
  assert.match(page.html, /<summary>[^<]*backup code<\/summary>/);
  assert.doesNotMatch(page.html, /correct horse/);

  const wrong = await browser.submit(page, "/sign-in/code", { code: " 123 456 " });
  assert.equal(wrong.status, 422);
  assert.match(wrong.html, /<a href="#code">This code is not right/);
  assert.deepEqual(played.codes.map(({ code, pending }) => [code, pending]), [["123456", PENDING]]);

  played.ends.code = { outcome: "unavailable" };
  const down = await browser.submit(wrong, "/sign-in/code", { code: "654321" });
  assert.equal(down.status, 503);
  assert.match(down.html, /Nothing is wrong with your code/);
  played.ends.code = { outcome: "busy", seconds: 7 };
  const busy = await browser.submit(down, "/sign-in/code", { code: "654321" });
  assert.deepEqual([busy.status, busy.headers.get("retry-after")], [429, "7"]);

  played.ends.code = ENTERED;
  const consent = await browser.submit(busy, "/sign-in/code", { code: "abcde-fghij" });
  assert.equal(new URL(consent.url).pathname, "/consent");
  assert.deepEqual(played.codes.map(({ pending }) => pending), [PENDING, "second", "second", "second"]);
  assert.equal(played.codes.at(-1)?.code, "abcde-fghij");
});

Deno.test("code: the form is of this browser and of this sign-in (CSRF)", async () => {
  await using played = await playPassword({ signIn: WAIT_CODE });
  const victim = played.browser();
  const mallory = played.browser();
  const his = await mallory.submit(await mallory.open("/sign-in"), "/sign-in", ANNA);
  await victim.open("/sign-in");
  const page = await victim.submit(await victim.open("/sign-in"), "/sign-in", ANNA);
  const code = "123456";
  const refused = [
    await victim.submit(his, "/sign-in/code", { code }),
    await victim.submit(page, "/sign-in/code", { code, pending: "another sign-in" }),
    await victim.submit(page, "/sign-in/code", { code, q: "sig=another" }),
    await victim.submit(page, "/sign-in/code", { code, form: "" }),
    await victim.submit(page, "/sign-in/code", { code }, { origin: "https://evil.test" }),
    await victim.submit(page, "/sign-in/code", {
      code,
      form: fieldsOf(await victim.open("/sign-in"), "/sign-in").get("form") ?? "",
    }),
  ];
  assert.deepEqual(refused.map(({ status }) => status), [403, 403, 403, 403, 403, 403]);
  assert.deepEqual(played.codes, []);
  assert.equal(new URL((await victim.submit(page, "/sign-in/code", { code })).url).pathname, "/apps");
});

Deno.test("code: without a sign-in that waits, or when it is over, people begin anew", async () => {
  await using played = await playPassword({ signIn: WAIT_CODE, code: { outcome: "over" } });
  const browser = played.browser();
  const bare = await browser.open("/sign-in/code");
  assert.deepEqual([new URL(bare.url).pathname, bare.status], ["/sign-in", 200]);
  const { client_id } = await register(played);
  const page = await browser.submit(await browser.open(authorizeUrl(client_id)), "/sign-in", ANNA);
  const over = await browser.submit(page, "/sign-in/code", { code: "123456" });
  assert.equal(over.status, 422);
  assert.match(over.html, /Please sign in again/);
  assert.match(over.html, /value="anna@mana\.test"/);
  assert.match(over.html, /“Test app”/);
  const lost = await browser.submit(page, "/sign-in/code", { code: "123456", pending: "" });
  assert.equal(new URL(lost.url).pathname, "/sign-in");
  assert.match(lost.html, /“Test app”/);
});

Deno.test("entrance: pages of an attempt are framed, scripted and kept by nobody", async () => {
  await using played = await playPassword({ signIn: WAIT_CODE });
  const browser = played.browser();
  const script = `"><script>alert(1)</script>`;
  const code = await browser.submit(await browser.open("/sign-in"), "/sign-in", { ...ANNA, email: script });
  played.ends.signIn = { outcome: "busy", seconds: 3 };
  const busy = await browser.submit(await browser.open("/sign-in"), "/sign-in", { ...ANNA, email: script });
  for (const { headers, html } of [code, busy]) {
    assert.match(headers.get("content-security-policy") ?? "", /default-src 'none'.*frame-ancestors 'none'/);
    assert.doesNotMatch(headers.get("content-security-policy") ?? "", /script-src/);
    assert.deepEqual([headers.get("x-frame-options"), headers.get("cache-control")], ["DENY", "no-store"]);
    assert.doesNotMatch(html, /<script/);
  }
  assert.deepEqual(played.log, []);
});
