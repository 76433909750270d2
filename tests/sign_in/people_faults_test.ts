import assert from "node:assert/strict";
import { PeopleFault } from "../../sign_in/people/people.ts";
import {
  allow,
  authorizeUrl,
  decode,
  getCode,
  introspect,
  redeem,
  register,
  returned,
  tokensOf,
} from "../_support/oauth_flow.ts";
import { SERVICE_KEY } from "../_support/test_backend.ts";
import { playSignIn, SPACE } from "./_played_sign_in.ts";

/** What the source of people does at each question: nothing, or a fault. */
interface Faults {
  spacesOf?: PeopleFault | undefined;
  grantMade?: PeopleFault | undefined;
  leave?: PeopleFault | undefined;
}

async function playFaults(faults: Faults, state = { isLeaving: false }) {
  const ended: string[] = [];
  const answer = <T>(fault: PeopleFault | undefined, value: T) =>
    fault === undefined ? Promise.resolve(value) : Promise.reject(fault);
  const played = await playSignIn(({ enter, left }) => ({
    spacesOf: () => answer(faults.spacesOf, [SPACE]),
    grantMade: () => answer(faults.grantMade, undefined),
    isLeaving: () => Promise.resolve(state.isLeaving),
    grantEnded: (id) => Promise.resolve(void ended.push(id)),
    entrance: {
      kind: "password",
      signIn: ({ email, oauthQuery }) => enter(email, oauthQuery),
      leave(sessionId) {
        left.push(sessionId);
        return answer(faults.leave, undefined);
      },
    },
  }));
  await played.makePerson("anna");
  const browser = played.browser();
  const signIn = async () => {
    const fields = { email: "anna@mana.test", password: "correct horse" };
    return await browser.submit(await browser.open("/sign-in"), "/sign-in", fields);
  };
  assert.equal(new URL((await signIn()).url).pathname, "/apps");
  return { ...played, faults, anna: browser, ended };
}

const GONE = () => new PeopleFault("gone");
const UNAVAILABLE = () => new PeopleFault("unavailable");

Deno.test("a person whose session is gone signs in anew, and the app's request waits for them", async () => {
  await using played = await playFaults({});
  const { anna, faults } = played;
  const { client_id } = await register(played);
  for (const leave of [undefined, UNAVAILABLE()]) {
    for (const isAnswer of [false, true]) {
      const consent = await anna.open(authorizeUrl(client_id));
      Object.assign(faults, { spacesOf: GONE(), leave });
      const page = isAnswer ? await allow(anna, consent) : await anna.open(consent.url);
      assert.deepEqual([page.status, new URL(page.url).pathname], [200, "/sign-in"]);
      assert.match(page.html, /“Test app”<\/strong> wants to connect/);
      assert.equal(anna.cookies.has("mana.session_token"), false, "the session here is over");
      faults.spacesOf = undefined;
      const again = await anna.submit(page, "/sign-in", FIELDS);
      assert.equal(new URL(again.url).pathname, "/consent");
      assert.ok(returned(await allow(anna, again)).get("code"));
    }
  }
  assert.equal(played.left.length, 4);
});

const FIELDS = { email: "anna@mana.test", password: "correct horse" };

Deno.test("apps: a session that is gone ends here, and the person signs in anew", async () => {
  await using played = await playFaults({});
  const { anna, faults } = played;
  faults.spacesOf = GONE();
  const page = await anna.open("/apps");
  assert.deepEqual([page.status, new URL(page.url).pathname + new URL(page.url).search], [200, "/sign-in"]);
  assert.equal(played.left.length, 1);
  faults.spacesOf = undefined;
  assert.equal(new URL((await anna.open("/apps")).url).pathname, "/sign-in");
});

Deno.test("pages: a source of people that does not answer is said, with a way to try again", async () => {
  await using played = await playFaults({});
  const { anna, faults } = played;
  const { client_id } = await register(played);
  await tokensOf(await redeem(played, client_id, await getCode(anna, client_id)));
  const consent = await anna.open(authorizeUrl(client_id));
  const apps = await anna.open("/apps");
  faults.spacesOf = UNAVAILABLE();
  const pages = [
    [await anna.submit(apps, "/apps", { save: "yes", preset: "choose", allow: "notes:read" }), "/apps"],
    [await anna.open(consent.url), "/consent?"],
    [await allow(anna, consent), "/consent?"],
  ] as const;
  for (const [page, retry] of pages) {
    assert.equal(page.status, 503);
    assert.match(page.html, /<h1>Your account service does not answer<\/h1>/);
    assert.ok(page.html.includes(`<a href="${retry}`), page.html);
  }
  faults.spacesOf = undefined;
  assert.ok(returned(await allow(anna, await anna.open(consent.url))).get("code"));
  assert.deepEqual(played.log, []);
});

Deno.test("apps: disconnecting does not wait for a source of people that does not answer", async () => {
  await using played = await playFaults({});
  const { anna, faults } = played;
  const { client_id } = await register(played);
  const code = await getCode(anna, client_id, { where: "some", space: [SPACE.id] });
  const { access } = await tokensOf(await redeem(played, client_id, code));
  faults.spacesOf = UNAVAILABLE();
  const page = await anna.open("/apps");
  assert.equal(page.status, 503);
  assert.match(page.html, /Your account service does not answer/);
  assert.match(page.html, /<dd>1 of your spaces<\/dd>/);
  assert.doesNotMatch(page.html, /Change what it may do/);
  await anna.submit(page, "/apps", { end: "yes" });
  assert.equal((await introspect(played, access)).active, false);
});

Deno.test("apps: an app that ended with the person's session says when and why, until it is connected again", async () => {
  const state = { isLeaving: false };
  await using played = await playFaults({}, state);
  const { anna, clock } = played;
  const { client_id } = await register(played, { client_name: "Claude" });
  const connectOnce = async () => {
    const { access } = await tokensOf(await redeem(played, client_id, await getCode(anna, client_id)));
    return String(decode(access).claims.gid);
  };
  const gid = await connectOnce();
  assert.doesNotMatch((await anna.open("/apps")).html, /Disconnected on|has not confirmed/);
  // The gateway asks for the spaces of the grant, and the session behind the grant is gone.
  played.faults.spacesOf = GONE();
  const headers = { "x-service-key": SERVICE_KEY };
  const asked = await played.auth(`/api/v1/internal/grants/${gid}/spaces`, { headers });
  assert.equal(asked.status, 404);
  played.faults.spacesOf = undefined;
  state.isLeaving = true;
  const words =
    /<h2[^>]*>Claude<\/h2>.*Disconnected on 1 May 2026 because you changed your password or signed out everywhere\. Connect it again from the app\./s;
  const { html } = await anna.open("/apps");
  assert.match(html, words);
  assert.match(html, /No app is connected/);
  assert.match(
    html,
    /A session at your account service should have ended, but the service has not confirmed it yet/,
  );
  clock.now += 31 * 24 * 3600_000;
  assert.doesNotMatch((await anna.open("/apps")).html, /Disconnected on/);
  clock.now -= 31 * 24 * 3600_000;
  // Nobody else sees it, and a connection that the person ended is not told of.
  await played.makePerson("ben");
  const ben = played.browser();
  const his = await ben.submit(await ben.open("/sign-in"), "/sign-in", { ...FIELDS, email: "ben@mana.test" });
  assert.doesNotMatch(his.html, /Claude/);
  await connectOnce();
  assert.doesNotMatch((await anna.open("/apps")).html, /Disconnected on/);
  const after = await anna.submit(await anna.open("/apps"), "/apps", { end: "yes" });
  assert.match(after.html, words, "the older end is still true");
});

Deno.test("consent: a source of people that does not answer in the middle leaves the request open", async () => {
  await using played = await playFaults({ grantMade: UNAVAILABLE() });
  const { anna, faults } = played;
  const { client_id } = await register(played);
  const consent = await anna.open(authorizeUrl(client_id));
  const down = await allow(anna, consent);
  assert.equal(down.status, 503);
  faults.grantMade = undefined;
  assert.ok(returned(await allow(anna, consent)).get("code"));
  // Answered: what the second answer had stored for its grant is given back.
  assert.match((await allow(anna, consent)).html, /no longer good/);
  assert.equal(played.ended.length, 1);
});

Deno.test("sign-out: ends here, also when the source of people does not answer", async () => {
  await using played = await playFaults({ leave: UNAVAILABLE() });
  const { anna } = played;
  const page = await anna.submit(await anna.open("/apps"), "/sign-out");
  assert.deepEqual([page.status, new URL(page.url).pathname], [200, "/sign-in"]);
  assert.equal(anna.cookies.has("mana.session_token"), false);
});
