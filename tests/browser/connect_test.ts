import assert from "node:assert/strict";
import { startStack } from "../../scripts/stack/start_stack.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { refresh, restart, revoke, work } from "./_app_ways.ts";
import { type Browser, browserOptions, openBrowser } from "./_chromium.ts";
import {
  type App,
  type AppOptions,
  createLegacyApp,
  createModernApp,
  listenForCallback,
} from "./_connecting.ts";
import { allowOnly, fillSignUp } from "./_person.ts";

const FREE_PORTS = { PORT: "0", BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0" };
const options = await browserOptions();

const APPS: Readonly<Record<string, (options: AppOptions) => App>> = {
  "the v2 client": createModernApp,
  "the v1 client": createLegacyApp,
};

for (const [label, createApp] of Object.entries(APPS)) {
  Deno.test(
    `${label}: from a clean profile to connected, narrowed, refreshed, revoked`,
    options,
    async () => {
      await using folder = await temporaryFolder();
      const stack = await startStack({ data: `${folder.path}/data`, env: FREE_PORTS });
      try {
        await using callback = listenForCallback();
        await using browser = await openBrowser(folder.path);
        const app = createApp({ mcpUrl: stack.mcpUrl, redirectUrl: callback.url });
        try {
          await connect(app, browser, callback.returned);
          await work(app);
          await refresh(app);
          await restart(app);
          await revoke(app, browser, stack.mcpUrl);
        } finally {
          await app.close();
        }
        const { port } = new URL(stack.authUrl);
        const ours = [`http://localhost:${port}`, new URL(callback.url).origin];
        assert.deepEqual([...browser.origins].sort(), ours.sort(), "nothing is loaded from elsewhere");
        assert.deepEqual(browser.problems, []);
      } finally {
        assert.deepEqual(await stack.stop(), { gateway: 0, backend: 0 });
      }
    },
  );
}

/** 401, metadata, registration, the browser with sign-up and consent, code, tokens. */
async function connect(app: App, browser: Browser, returned: Promise<URLSearchParams>): Promise<void> {
  await assert.rejects(app.connect(), /^UnauthorizedError: |^Error: Unauthorized$/);
  const [first] = app.answers;
  assert.equal(first?.status, 401);
  assert.match(first.challenge, /resource_metadata="[^"]+\/\.well-known\/oauth-protected-resource\/mcp"/);
  assert.match(first.challenge, /scope="mana:read mana:write mana:destructive offline_access"/);
  const url = app.asked.at(-1);
  assert.ok(url);

  const { page } = browser;
  await page.goto(url.href);
  await page.getByRole("link", { name: "Make one" }).click();
  await fillSignUp(page, "Anna");
  await page.getByRole("button", { name: "Make the account" }).click();
  await page.getByRole("heading", { name: `Connect “${app.name}” to Mana?` }).waitFor();
  await allowOnly(page, { "To-dos": ["See", "Add and change"] }, "1 day");
  await page.getByRole("button", { name: "Allow", exact: true }).click();

  const params = await returned;
  assert.equal(params.get("state"), url.searchParams.get("state"));
  await page.getByText("Go back to your assistant.").waitFor();
  await app.finish(params);
}
