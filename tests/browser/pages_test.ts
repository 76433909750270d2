import assert from "node:assert/strict";
import type { Response as PageResponse } from "playwright-core";
import { z } from "zod";
import { signIn } from "../../scripts/stack/sign_in.ts";
import { type Stack, startStack } from "../../scripts/stack/start_stack.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { browserOptions, openBrowser } from "./_chromium.ts";
import { createModernApp, listenForCallback } from "./_connecting.ts";
import { tabTo } from "./_keyboard.ts";
import { assertLooks } from "./_looks.ts";
import { allowOnly, emailOf, fillSignUp, PASSWORD, unfold } from "./_person.ts";
import { until } from "./_until.ts";

const FREE_PORTS = { PORT: "0", BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0" };
const options = await browserOptions();

/** What every page says about itself. */
const HEADERS = {
  "x-frame-options": "DENY",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
} as const;

Deno.test(
  "every page: in both themes, at a desk and on a phone, no fault that axe finds",
  options,
  async (t) => {
    await using folder = await temporaryFolder();
    const stack = await startStack({ data: `${folder.path}/data`, env: FREE_PORTS });
    try {
      await using callback = listenForCallback();
      await using browser = await openBrowser(folder.path);
      const { page, context } = browser;
      const auth = `http://localhost:${new URL(stack.authUrl).port}`;
      const app = createModernApp({ mcpUrl: stack.mcpUrl, redirectUrl: callback.url });
      /** Opens an address, and looks at what is there. */
      const visit = async (name: string, url: string, status = 200) => {
        await assertHeaders(await page.goto(url), status);
        await assertLooks(page, name);
      };
      /** Submits the form on the page, and looks at what comes. */
      const send = async (name: string, button: string, status = 200) => {
        const answered = page.waitForResponse((one) => one.request().method() === "POST");
        await page.getByRole("button", { name: button, exact: true }).click();
        await assertHeaders(await answered, status);
        await assertLooks(page, name);
      };

      await t.step("the gateway's own page", async () => {
        const home = new URL("/", stack.mcpUrl);
        await visit("gateway", home.href);
        await page.setViewportSize({ width: 1280, height: 800 });
        const height = await page.evaluate("document.documentElement.scrollHeight");
        assert.ok(Number(height) <= 800, `one screen: ${height}`);
        for (const name of ["Cursor", "Codex", "opencode", "Others"]) {
          await page.getByText(name, { exact: true }).first().click();
          assert.deepEqual(await page.getByRole("article").evaluateAll((all) => all.length), 1);
          await page.getByRole("article", { name }).waitFor();
        }
        for (const name of ["Is it working?", "What an assistant can do", "What this process may do"]) {
          await page.locator("summary", { hasText: name }).click();
        }
        await assertLooks(page, "gateway-unfolded");
        await visit("gateway-lost", `${home.href}nothing`, 404);
        await page.getByRole("link", { name: "See how to connect an assistant" }).click();
        await page.getByRole("radio", { name: "Claude Code" }).press("ArrowRight");
        assert.ok(await page.getByRole("radio", { name: "Claude Desktop and claude.ai" }).isChecked());
        await page.getByRole("radio", { name: "Claude Desktop and claude.ai" }).press("ArrowLeft");
        await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: home.origin });
        await page.getByRole("button", { name: "Copy for Claude Code" }).click();
        await page.getByRole("status").getByText("Copied").waitFor();
        const copied = await page.evaluate("navigator.clipboard.readText()");
        assert.equal(copied, `claude mcp add --transport http mana ${stack.mcpUrl}`);
      });

      await t.step("what can go wrong", async () => {
        await visit("error-unknown-app", `${auth}/api/auth/oauth2/authorize?client_id=nobody`, 400);
        await visit("error-expired", `${auth}/consent`, 400);
        await visit("error-unclear", `${auth}/error?error=whatever`, 400);
        await visit("error-leave", await badRequestOfWebApp(auth, stack.mcpUrl), 400);
        await page.goto(`${auth}/sign-in`);
        await page.locator("input[name=form]").first().evaluate((input) =>
          input.setAttribute("value", "forged")
        );
        await page.getByLabel("E-mail address").fill(emailOf("Anna"));
        await page.getByLabel("Password").fill(PASSWORD);
        await send("error-foreign-form", "Sign in", 403);
      });

      await t.step("sign-up", async () => {
        await visit("sign-up", `${auth}/sign-up`);
        await fillSignUp(page, "Anna");
        await page.getByRole("button", { name: "Make the account" }).click();
        await page.getByText("No app is connected.").waitFor();
        await assertLooks(page, "apps-none");
        await visit("vault-none", `${auth}/vault`);
        await page.getByRole("button", { name: "Sign out" }).click();
        await page.getByRole("heading", { name: "Sign in" }).waitFor();
        await page.goto(`${auth}/sign-up`);
        await fillSignUp(page, "Anna");
        await send("sign-up-taken", "Make the account", 422);
      });

      await t.step("sign-in and consent", async () => {
        await assert.rejects(app.connect());
        await visit("sign-in", app.asked.at(-1)?.href ?? "");
        await page.getByLabel("E-mail address").fill(emailOf("Anna"));
        await page.getByLabel("Password").fill("a wrong one altogether");
        await send("sign-in-wrong", "Sign in", 422);
        await page.getByLabel("Password").fill(PASSWORD);
        await page.getByRole("button", { name: "Sign in", exact: true }).click();
        await page.getByRole("heading", { name: /^Connect / }).waitFor();
        await assertLooks(page, "consent");
        await allowOnly(page, {}, "1 week");
        await send("consent-nothing", "Allow", 422);
        await allowOnly(page, { Notes: ["See", "Add and change"], "To-dos": ["See"] }, "1 week");
        await page.route(`${callback.url}**`, (route) => route.abort("aborted")); // stay here for the picture
        const gone = page.waitForEvent("requestfailed", (one) => one.url().startsWith(callback.url));
        await send("connected", "Allow");
        const back = new URL((await gone).url());
        await app.finish(back.searchParams);
      });

      await t.step("connected apps", async () => {
        await app.call("notes_create", { title: "Shopping", content: "Milk" });
        await app.call("todo_list", {});
        const card = page.getByRole("article", { name: app.name });
        await until("the uses are counted", async () => {
          await page.goto(`${auth}/apps`);
          return (await card.innerText()).includes("looked at To-dos once");
        });
        await visit("apps", `${auth}/apps`);
        await card.getByText("Change what it may do").click();
        await unfold(card.getByRole("group", { name: "What may it do?" }));
        await assertLooks(page, "apps-change");
        await card.getByRole("group", { name: "Journal" }).getByRole("checkbox", { name: "See" }).check();
        await card.getByRole("button", { name: `Save for ${app.name}` }).click();
        await card.getByText("Journal: see").waitFor();
        await visit("vault", `${auth}/vault`);
        await keepOwnKey(stack);
        await visit("vault-own-key", `${auth}/vault`);
      });

      await app.close();
      const others = [...browser.origins].filter((origin) =>
        ![auth, new URL(stack.mcpUrl).origin, new URL(callback.url).origin].includes(origin)
      );
      assert.deepEqual(others, [], "nothing is loaded from elsewhere");
      // The browser reports every page with such a status as an error of its own.
      const problems = browser.problems.filter((one) => !/responded with a status of 4\d\d/.test(one));
      assert.deepEqual(problems, []);

      await t.step("nobody else's picture, nobody else's frame", async () => {
        const refused = async (script: string, words: RegExp) => {
          const seen = browser.problems.length;
          await page.evaluate(script);
          await until("the browser refuses", () => Promise.resolve(browser.problems.length > seen));
          assert.match(browser.problems.slice(seen).join(), words);
        };
        const home = new URL("/", stack.mcpUrl).href;
        for (const url of [home, `${auth}/apps`]) {
          await page.goto(url);
          const picture = "Object.assign(new Image(), { src: 'https://elsewhere.test/x.png' })";
          await refused(`document.body.append(${picture})`, /Content Security Policy/);
        }
        await page.unroute(`${callback.url}**`);
        for (const url of [home, `${auth}/sign-in`]) {
          await page.goto(callback.url);
          const frame = `Object.assign(document.createElement('iframe'), { src: '${url}' })`;
          await refused(`document.body.append(${frame})`, /frame-ancestors 'none'/);
        }
      });
    } finally {
      assert.deepEqual(await stack.stop(), { gateway: 0, backend: 0 });
    }
  },
);

Deno.test("keyboard only: sign in, choose, allow", options, async () => {
  await using folder = await temporaryFolder();
  const stack = await startStack({ data: `${folder.path}/data`, env: FREE_PORTS });
  try {
    await using callback = listenForCallback();
    await using browser = await openBrowser(folder.path);
    const { page } = browser;
    await makeAccount(stack.authUrl);
    const app = createModernApp({ mcpUrl: stack.mcpUrl, redirectUrl: callback.url });
    await assert.rejects(app.connect());
    await page.goto(app.asked.at(-1)?.href ?? "");

    await tabTo(page, page.getByLabel("E-mail address"));
    await page.keyboard.type(emailOf("Anna"));
    await tabTo(page, page.getByLabel("Password"));
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: `Connect “${app.name}” to Mana?` }).waitFor();

    await tabTo(page, page.getByRole("link", { name: "Skip to the content" }));
    await page.keyboard.press("Enter");
    await tabTo(page, page.getByRole("radio", { name: "Look and add" }));
    for (let preset = 0; preset < 3; preset += 1) await page.keyboard.press("ArrowDown");
    assert.ok(await page.getByRole("radio", { name: "Let me choose" }).isChecked());
    await tabTo(page, page.locator("summary", { hasText: "Day" }));
    await page.keyboard.press("Enter");
    for (const module of ["Habits", "Notes", "Journal"]) {
      const group = page.getByRole("group", { name: module });
      for (const word of ["See", "Add and change"]) {
        await tabTo(page, group.getByRole("checkbox", { name: word }));
        await page.keyboard.press("Space");
      }
    }
    await tabTo(page, page.getByRole("radio", { name: "30 days", exact: true }));
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    assert.ok(await page.getByRole("radio", { name: "1 day" }).isChecked());
    await tabTo(page, page.getByRole("button", { name: "Allow", exact: true }));
    await page.keyboard.press("Enter");

    await app.finish(await callback.returned);
    const names = await app.toolNames();
    assert.ok(
      ["spaces_list", "todo_create", "todo_list"].every((name) => names.includes(name)),
      names.join(),
    );
    assert.deepEqual(names.filter((name) => /^(?:habits|notes|journal)_|_delete$/.test(name)), []);
    await app.close();
    assert.deepEqual(browser.problems, []);
  } finally {
    assert.deepEqual(await stack.stop(), { gateway: 0, backend: 0 });
  }
});

/** The page's status, and the headers that keep others out of it. */
async function assertHeaders(response: PageResponse | null, status: number): Promise<void> {
  assert.ok(response);
  assert.equal(response.status(), status);
  const headers = await response.allHeaders();
  for (const [name, value] of Object.entries(HEADERS)) assert.equal(headers[name], value, name);
  assert.match(headers["referrer-policy"] ?? "", /^(?:no-referrer|same-origin)$/);
  const policy = headers["content-security-policy"] ?? "";
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.match(policy, /base-uri 'none'/);
  assert.match(policy, /form-action '(?:self|none)'/);
  assert.doesNotMatch(policy, /unsafe|\*|https?:/);
}

/** The request of an app on the web that asks for nothing we know. */
async function badRequestOfWebApp(auth: string, resource: string): Promise<string> {
  const redirect = "https://assistant.example.org/callback";
  const response = await fetch(`${auth}/api/auth/oauth2/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ redirect_uris: [redirect], token_endpoint_auth_method: "none" }),
  });
  const { client_id } = z.looseObject({ client_id: z.string() }).parse(await response.json());
  const query = new URLSearchParams({
    response_type: "code",
    client_id,
    redirect_uri: redirect,
    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    code_challenge_method: "S256",
    resource: `${resource}/elsewhere`,
  });
  return `${auth}/api/auth/oauth2/authorize?${query}`;
}

async function makeAccount(authUrl: string): Promise<void> {
  const response = await fetch(`${authUrl}/api/v1/auth/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "Anna", email: emailOf("Anna"), password: PASSWORD }),
  });
  assert.ok(response.ok, await response.text());
}

/** As the Mana app does when a person wants nobody else to have their key. */
async function keepOwnKey({ authUrl }: Stack): Promise<void> {
  const token = await signIn(authUrl, emailOf("Anna"), PASSWORD);
  const steps: readonly (readonly [string, unknown])[] = [
    ["recovery-wrap", { recoveryWrappedMk: btoa("w".repeat(48)), recoveryIv: btoa("i".repeat(12)) }],
    ["zero-knowledge", { enable: true }],
  ];
  for (const [step, body] of steps) {
    const response = await fetch(`${authUrl}/api/v1/me/encryption-vault/${step}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    assert.ok(response.ok, await response.text());
  }
}
