import assert from "node:assert/strict";
import type { CodeOutcome, SignInOutcome } from "../../sign_in/people/entrance.ts";
import { PeopleFault } from "../../sign_in/people/people.ts";
import { authorizeUrl, decode, redeem, REDIRECT, register, tokensOf } from "../_support/oauth_flow.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { PASSWORD, SERVICE_KEY } from "../_support/test_backend.ts";
import { type Played, type PlayedSignIn, playSignIn, SPACE } from "../sign_in/_played_sign_in.ts";
import { browserOptions, openBrowser } from "./_chromium.ts";
import { assertLooks } from "./_looks.ts";
import { unfold } from "./_person.ts";

const options = await browserOptions();

Deno.test(
  "entrance: each way in which it can end, in both themes, at a desk and on a phone",
  options,
  async () => {
    const ends: {
      signIn: SignInOutcome;
      code: CodeOutcome;
      fault?: PeopleFault | undefined;
      isLeaving?: boolean;
    } = {
      signIn: { outcome: "busy", seconds: 12 },
      code: { outcome: "wrong-code", pending: "sealed" },
    };
    await using folder = await temporaryFolder();
    await using served = await serve(({ enter }) => ({
      spacesOf: () => ends.fault === undefined ? Promise.resolve([SPACE]) : Promise.reject(ends.fault),
      isLeaving: () => Promise.resolve(ends.isLeaving ?? false),
      entrance: {
        kind: "password",
        forgotUrl: "https://mana.test/forgot",
        signIn: () => Promise.resolve(ends.signIn),
        verifyCode: ({ oauthQuery }) =>
          ends.code.outcome === "entered" ? enter("anna@mana.test", oauthQuery) : Promise.resolve(ends.code),
        leave: () => Promise.resolve(),
      },
    }));
    const { played, origin } = served;
    await played.makePerson("anna");
    await using browser = await openBrowser(folder.path);
    const { page, context } = browser;
    const session = await context.newCDPSession(page);
    await session.send("Emulation.setTimezoneOverride", { timezoneId: "Asia/Tokyo" });
    const { client_id } = await register(played, { client_name: "Claude" });
    /** Submits the form on the page, and looks at what comes. */
    const send = async (name: string, button: string, status: number) => {
      const answered = page.waitForResponse((one) => one.request().method() === "POST");
      await page.getByRole("button", { name: button, exact: true }).click();
      assert.equal((await answered).status(), status, name);
      await assertLooks(page, `entrance-${name}`);
    };
    const signIn = async (name: string, status: number) => {
      await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
      await send(name, "Sign in", status);
    };

    await page.goto(origin + authorizeUrl(client_id));
    await assertLooks(page, "entrance-sign-in");
    await page.getByLabel("E-mail address").fill("anna@mana.test");
    await signIn("busy", 429);
    ends.signIn = { outcome: "held-back", seconds: 1800 };
    await signIn("held-back", 429);
    ends.signIn = { outcome: "unavailable" };
    await signIn("unavailable", 503);
    ends.signIn = { outcome: "unconfirmed" };
    await signIn("unconfirmed", 422);
    assert.equal(await page.getByLabel("E-mail address").inputValue(), "anna@mana.test");
    ends.signIn = { outcome: "code-needed", pending: "sealed" };
    await signIn("code", 200);
    await page.getByLabel("Code", { exact: true }).fill("123 456");
    await send("code-wrong", "Go on", 422);
    await page.getByText("use a backup code").click();
    await assertLooks(page, "entrance-backup-code");
    ends.code = { outcome: "entered", cookies: [], url: undefined };
    await page.getByLabel("Backup code").fill("abcde-fghij");
    await page.getByRole("button", { name: "Use this backup code" }).click();
    await page.getByRole("heading", { name: "Connect “Claude” to Mana?" }).waitFor();

    // The one script of the pages.
    const zone = page.getByLabel("Your time zone");
    assert.equal(await zone.inputValue(), "Asia/Tokyo");
    await zone.fill("nowhere");
    await send("consent-zone", "Allow", 422);
    await zone.fill("");
    await page.getByText("1 week").click();
    await unfold(page.getByRole("group", { name: "What may it do?" }));
    for (const box of await page.getByRole("checkbox").all()) await box.uncheck();
    await send("consent-nothing", "Allow", 422);
    assert.equal(await zone.inputValue(), "", "who emptied the field has chosen");
    await zone.fill("berlin");
    await unfold(page.getByRole("group", { name: "What may it do?" }));
    await page.getByRole("checkbox", { name: "See", exact: true }).first().check();
    await page.route(`${new URL(REDIRECT).origin}/**`, (route) => route.abort("aborted"));
    const gone = page.waitForEvent("requestfailed", (one) => one.url().startsWith(REDIRECT));
    await page.getByRole("button", { name: "Allow", exact: true }).click();
    const code = new URL((await gone).url()).searchParams.get("code") ?? "";
    const { access } = await tokensOf(await redeem(played, client_id, code));

    await page.goto(`${origin}/apps`);
    assert.equal(await zone.inputValue(), "Europe/Berlin");
    ends.fault = new PeopleFault("unavailable");
    await page.goto(`${origin}/apps`);
    await assertLooks(page, "apps-unanswered");
    await page.goto(origin + authorizeUrl(client_id));
    await assertLooks(page, "unavailable");
    ends.fault = new PeopleFault("gone");
    const headers = { "x-service-key": SERVICE_KEY };
    await played.auth(`/api/v1/internal/grants/${decode(access).claims.gid}/spaces`, { headers });
    Object.assign(ends, { fault: undefined, isLeaving: true });
    await page.goto(`${origin}/apps`);
    await page.getByText("because you changed your password").waitFor();
    await assertLooks(page, "apps-ended");
    assert.deepEqual(browser.problems.filter((one) => !/responded with a status of [45]\d\d/.test(one)), []);
  },
);

Deno.test(
  "entrance: by the person's own session, in both themes, at a desk and on a phone",
  options,
  async () => {
    const state: { email: string | undefined } = { email: undefined };
    await using folder = await temporaryFolder();
    await using served = await serve(({ enter }) => ({
      entrance: {
        kind: "session",
        loginUrl: "https://mana.test/login",
        recognise: () => Promise.resolve(state.email === undefined ? undefined : { email: state.email }),
        enter: (_headers, oauthQuery) => enter("anna@mana.test", oauthQuery),
        leave: () => Promise.resolve(),
      },
    }));
    const { played, origin } = served;
    await played.makePerson("anna");
    await using browser = await openBrowser(folder.path);
    const { page } = browser;
    const { client_id } = await register(played, { client_name: "Claude" });
    await page.goto(origin + authorizeUrl(client_id));
    await assertLooks(page, "session-nobody");
    state.email = "anna@mana.test";
    await page.getByRole("link", { name: "I have signed in, go on" }).click();
    await page.getByText("You are signed in to Mana as anna@mana.test").waitFor();
    await assertLooks(page, "session-known");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("heading", { name: "Connect “Claude” to Mana?" }).waitFor();
    assert.deepEqual(browser.problems, []);
  },
);

/** A server with played people, on a port. */
async function serve(play: (parts: Parameters<Parameters<typeof playSignIn>[0]>[0]) => Played) {
  const ready = Promise.withResolvers<PlayedSignIn>();
  const server = Deno.serve(
    { hostname: "localhost", port: 0, onListen() {} },
    async (request) => await (await ready.promise).fetch(request),
  );
  const origin = `http://localhost:${server.addr.port}`;
  const played = await playSignIn(play, origin);
  ready.resolve(played);
  return {
    played,
    origin,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await played[Symbol.asyncDispose]();
    },
  };
}
