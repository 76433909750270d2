import assert from "node:assert/strict";
import { type Stack, startStack } from "../../scripts/stack/start_stack.ts";
import { message, post, postHeaders } from "../_support/mcp_request.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { type Browser, browserOptions, openBrowser } from "./_chromium.ts";
import {
  type App,
  type AppOptions,
  createLegacyApp,
  createModernApp,
  listenForCallback,
} from "./_connecting.ts";
import { allowOnly, fillSignUp } from "./_person.ts";
import { until } from "./_until.ts";

/** Within this time a revoked app has to be out. */
const REVOKED_MS = 5_000;

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
          await revoke(app, browser, stack);
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

/** What was chosen works, and nothing else. */
async function work(app: App): Promise<void> {
  assert.deepEqual((await app.toolNames()).sort(), ["todo_complete", "todo_create", "todo_list"]);
  const created = await app.call("todo_create", { title: "Buy milk ☕" });
  assert.match(JSON.stringify(created), /Buy milk ☕/);
  const seen = app.answers.length;
  for (const [tool, args] of OUTSIDE) {
    await assert.rejects(app.call(tool, args), tool);
    const refused = app.answers.slice(seen).find(({ status }) => status === 403);
    assert.match(refused?.challenge ?? "", /error="insufficient_scope"/, tool);
  }
}

const OUTSIDE = [
  ["notes_create", { title: "Diary", content: "Nobody's business" }],
  ["todo_delete", { id: "00000000-0000-4000-8000-000000000000" }],
] as const;

/** An access token that is no longer good costs the person nothing. */
async function refresh(app: App): Promise<void> {
  app.spoilAccessToken();
  const seen = app.answers.length;
  assert.match(JSON.stringify(await app.call("todo_list", {})), /Buy milk ☕/);
  const steps = app.answers.slice(seen).filter(({ path, grant }) => path === "/mcp" || grant !== "");
  assert.deepEqual(steps.map(({ status, grant }) => `${status} ${grant}`.trim()), [
    "401",
    "200 refresh_token",
    "200",
  ]);
}

/** Tomorrow the app remembers, and nobody is asked again. */
async function restart(app: App): Promise<void> {
  const asked = app.asked.length;
  await app.connect();
  assert.equal(app.asked.length, asked);
}

/** One click, and the app is out. */
async function revoke(app: App, browser: Browser, stack: Stack): Promise<void> {
  const { page } = browser;
  const appsUrl = new URL("/apps", app.asked[0]).href;
  const card = page.getByRole("article", { name: app.name });
  await until("the uses are counted", async () => {
    await page.goto(appsUrl);
    const text = await card.innerText();
    return text.includes("wrote to To-dos once") && text.includes("looked at To-dos once");
  });
  await app.call("todo_list", {}); // just now it was still allowed, and that is remembered
  await card.getByRole("button", { name: `Disconnect ${app.name}` }).click();
  await page.getByText("No app is connected.").waitFor();
  const revokedAt = Date.now();

  const token = app.accessToken();
  const streams = app.answers.filter((one) =>
    one.path === "/mcp" && one.method === "GET" && one.status === 200
  );
  assert.equal(streams.length > 0, app.hasStream);
  const elapsed = () => Date.now() - revokedAt;
  const streamsEnded = Promise.all(streams.map((stream) => stream.ended)).then(elapsed);
  await until("the app is refused", () => app.call("todo_list", {}).then(() => false, () => true));
  assert.ok(elapsed() < REVOKED_MS, `refused after ${elapsed()} ms`);
  assert.equal((await callWith(stack, token)).status, 401);
  assert.equal(app.answers.findLast(({ path }) => path === "/mcp")?.status, 401);
  assert.ok(app.answers.some(({ grant, status }) => grant === "refresh_token" && status === 400));
  assert.ok(await streamsEnded < REVOKED_MS, `a stream ended after ${await streamsEnded} ms`);
}

async function callWith(stack: Stack, token: string): Promise<Response> {
  const response = await fetch(post(message("tools/list"), postHeaders(token), stack.mcpUrl));
  await response.body?.cancel();
  return response;
}
