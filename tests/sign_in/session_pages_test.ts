import assert from "node:assert/strict";
import type { SessionOutcome } from "../../sign_in/people/entrance.ts";
import { PeopleFault } from "../../sign_in/people/people.ts";
import { fieldsOf } from "../_support/browser.ts";
import { allow, authorizeUrl, register, returned } from "../_support/oauth_flow.ts";
import { playSignIn } from "./_played_sign_in.ts";

const EMAIL = "anna@mana.test";

/** A way in by the person's own session at the auth service. */
async function playSession(state: {
  recognised: string | undefined | PeopleFault;
  ends?: Exclude<SessionOutcome["outcome"], "entered" | "busy" | "held-back">;
}) {
  let entries = 0;
  const played = await playSignIn(({ enter, left }) => ({
    entrance: {
      kind: "session",
      loginUrl: "https://mana.test/login",
      recognise: () =>
        state.recognised instanceof PeopleFault
          ? Promise.reject(state.recognised)
          : Promise.resolve(state.recognised === undefined ? undefined : { email: state.recognised }),
      enter(_headers, oauthQuery) {
        entries += 1;
        return state.ends === undefined ? enter(EMAIL, oauthQuery) : Promise.resolve({ outcome: state.ends });
      },
      leave: (sessionId) => Promise.resolve(void left.push(sessionId)),
    },
  }));
  await played.makePerson("anna");
  return { ...played, state, entries: () => entries };
}

Deno.test("session: whoever is signed in at the auth service goes on by one click, without a password", async () => {
  await using played = await playSession({ recognised: EMAIL });
  const browser = played.browser();
  const { client_id } = await register(played);
  const page = await browser.open(authorizeUrl(client_id));
  assert.match(page.html, /<h1>Go on to “Test app”<\/h1>/);
  assert.match(page.html, /“Test app”<\/strong> wants to connect/);
  assert.match(page.html, /You are signed in to Mana as <strong>anna@mana\.test<\/strong>/);
  assert.doesNotMatch(page.html, /type="password"|sign-up/);
  assert.equal(played.entries(), 0, "a link alone lets nobody in");
  const consent = await browser.submit(page, "/sign-in");
  assert.equal(new URL(consent.url).pathname, "/consent");
  assert.ok(returned(await allow(browser, consent)).get("code"));
  const out = await browser.submit(await browser.open("/apps"), "/sign-out");
  assert.equal(new URL(out.url).pathname, "/sign-in");
  assert.equal(played.left.length, 1);
});

Deno.test("session: whoever is not signed in there finds the way there and back, with the app's request", async () => {
  await using played = await playSession({ recognised: undefined });
  const browser = played.browser();
  const { client_id } = await register(played);
  const page = await browser.open(authorizeUrl(client_id));
  assert.match(page.html, /<a href="https:\/\/mana\.test\/login" target="_blank" rel="noopener">/);
  const here = /<a href="(\/sign-in\?[^"]*)">I have signed in, go on/.exec(page.html)?.[1]?.replaceAll(
    "&amp;",
    "&",
  );
  assert.ok(here);
  played.state.recognised = EMAIL;
  const known = await browser.open(here);
  const consent = await browser.submit(known, "/sign-in");
  assert.equal(new URL(consent.url).pathname, "/consent");
  const plain = await played.browser().open("/sign-in?loginUrl=https://evil.test&q=https://evil.test");
  assert.doesNotMatch(plain.html, /evil/);
});

Deno.test("session: the form is of this browser and of this request (CSRF)", async () => {
  await using played = await playSession({ recognised: EMAIL });
  const browser = played.browser();
  const page = await browser.open("/sign-in");
  const other = await played.browser().open("/sign-in");
  const refused = [
    await browser.submit(page, "/sign-in", { form: "" }),
    await browser.submit(page, "/sign-in", { form: fieldsOf(other, "/sign-in").get("form") ?? "" }),
    await browser.submit(page, "/sign-in", { q: "sig=x" }),
    await browser.submit(page, "/sign-in", {}, { origin: "https://evil.test" }),
  ];
  assert.deepEqual(refused.map(({ status }) => status), [403, 403, 403, 403]);
  assert.equal(played.entries(), 0);
});

Deno.test("session: an auth service that does not answer, or knows nobody any more, is said", async () => {
  await using played = await playSession({ recognised: new PeopleFault("unavailable") });
  const browser = played.browser();
  const { client_id } = await register(played);
  const down = await browser.open(authorizeUrl(client_id));
  assert.equal(down.status, 503);
  const retry = /<a href="(\/sign-in\?[^"]*)">Try again/.exec(down.html)?.[1]?.replaceAll("&amp;", "&");
  assert.ok(retry);
  played.state.recognised = EMAIL;
  const page = await browser.open(retry);
  played.state.ends = "unavailable";
  const still = await browser.submit(page, "/sign-in");
  assert.deepEqual([still.status, /does not answer/.test(still.html)], [503, true]);
  played.state.ends = "nobody";
  played.state.recognised = undefined;
  const nobody = await browser.submit(still, "/sign-in");
  assert.equal(nobody.status, 422);
  assert.match(nobody.html, /You are not signed in any more/);
  assert.match(nobody.html, /https:\/\/mana\.test\/login/);
  assert.match(nobody.html, /“Test app”/);
});

Deno.test("session: what the auth service calls the person is text", async () => {
  await using played = await playSession({ recognised: `<script>alert(1)</script>\u202Ex@y.test` });
  const { html } = await played.browser().open("/sign-in");
  assert.doesNotMatch(html, /<script|\u202E/);
  assert.match(html, /&lt;script&gt;alert\(1\)&lt;\/script&gt;x@y\.test/);
});
