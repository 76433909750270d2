// The operator's own services behind the sign-in server, each as a process, with the official clients and a real browser: nobody
// signs in a second time, whatever starts anew. The services are the stand-in.
import assert from "node:assert/strict";
import type { DenoProcess } from "../../scripts/stack/deno_process.ts";
import { freePort } from "../../scripts/stack/free_port.ts";
import { startGateway, startSignIn } from "../../scripts/stack/start_stack.ts";
import { serveRealServices } from "../_support/real_services/serve_real_services.ts";
import type { RealPerson } from "../_support/real_services/people.ts";
import { VAULT_PATH } from "../_support/real_services/vault_and_sync.ts";
import { signIn } from "../../scripts/stack/sign_in.ts";
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
import { allowOnly } from "./_person.ts";

const options = await browserOptions();

const APPS: Readonly<Record<string, (options: AppOptions) => App>> = {
  "the v2 client": createModernApp,
  "the v1 client": createLegacyApp,
};

const KEY = "a-key-between-gateway-and-sign-in-server";
const SECRETS = [
  "the first secret of the sign-in server",
  "the second secret of the sign-in server",
] as const;

for (const [label, createApp] of Object.entries(APPS)) {
  Deno.test(
    `${label}: an account of the operator's auth service, restarts of each process, new keys, one sign-in`,
    options,
    async () => {
      await using folder = await temporaryFolder();
      await using services = await serveRealServices();
      const person = await services.people.make("anna");
      await makeVault(services.authUrl, person);
      const port = String(freePort());
      const mcpUrl = `http://127.0.0.1:${port}/mcp`;
      const signInPort = String(freePort());
      const signInUrl = `http://localhost:${signInPort}`;
      await using signInServer = await manage((secrets = `1:${SECRETS[0]}`) =>
        startSignIn({
          env: {
            SIGN_IN_PORT: signInPort,
            SIGN_IN_DATA: `${folder.path}/sign-in`,
            SIGN_IN_SERVICE_KEY: KEY,
            SIGN_IN_SECRETS: secrets,
            MANA_AUTH_URL: services.authUrl,
            MANA_MCP_RESOURCE: mcpUrl,
          },
        })
      );
      await using gateway = await manage(() =>
        startGateway({
          env: {
            PORT: port,
            MANA_AUTH_URL: services.authUrl,
            MANA_SYNC_URL: services.syncUrl,
            MANA_SIGN_IN_URL: signInUrl,
            SIGN_IN_SERVICE_KEY: KEY,
          },
        })
      );
      await using callback = listenForCallback();
      await using browser = await openBrowser(folder.path);
      const app = createApp({ mcpUrl, redirectUrl: callback.url });
      const secrets: string[] = [person.password, person.email, KEY, ...SECRETS];
      try {
        await connect(app, browser, callback.returned, person);
        await work(app);
        await refresh(app);
        await restart(app);
        const asked = app.asked.length;
        for (const startAnew of [gateway.restart, signInServer.restart, services.people.rotateSigningKey]) {
          await startAnew();
          await worksOn(app);
        }
        await signInServer.restart(`2:${SECRETS[1]},1:${SECRETS[0]}`);
        await worksOn(app);
        await signInServer.restart(`2:${SECRETS[1]}`);
        await worksOn(app);
        assert.equal(app.asked.length, asked, "nobody was asked again");
        secrets.push(app.accessToken());
        await signInAgain(browser, signInUrl, person);
        await revoke(app, browser, mcpUrl);
      } finally {
        await app.close();
      }
      const printed = [...signInServer.lines(), ...gateway.lines()].join("\n");
      for (const secret of secrets) {
        assert.ok(!printed.includes(secret), "nothing secret is in a log");
      }
    },
  );
}

/** A process that can be started anew in its place; `await using` ends it. */
async function manage(start: (secrets?: string) => DenoProcess) {
  const lines: string[] = [];
  let running = start();
  await running.event("listening");
  const stop = async () => {
    const code = await running.stop();
    lines.push(...running.lines());
    return code;
  };
  return {
    lines: () => [...lines, ...running.lines()],
    async restart(secrets?: string) {
      assert.equal(await stop(), 0);
      running = start(secrets);
      await running.event("listening");
    },
    [Symbol.asyncDispose]: async () => void await stop(),
  };
}

async function makeVault(authUrl: string, { email, password }: RealPerson): Promise<void> {
  const headers = { authorization: `Bearer ${await signIn(authUrl, email, password)}` };
  const made = await fetch(`${authUrl}${VAULT_PATH}/init`, { method: "POST", headers });
  await made.body?.cancel();
  assert.equal(made.status, 200);
}

/** 401, metadata of the sign-in server, registration, the browser with password and consent, code, tokens. */
async function connect(
  app: App,
  browser: Browser,
  returned: Promise<URLSearchParams>,
  person: RealPerson,
): Promise<void> {
  await assert.rejects(app.connect(), /^UnauthorizedError: |^Error: Unauthorized$/);
  const url = app.asked.at(-1);
  assert.ok(url);
  const { page } = browser;
  await page.goto(url.href);
  await page.getByText(`“${app.name}” wants to connect to your Mana data.`).waitFor();
  await typePassword(browser, person);
  await page.getByRole("heading", { name: `Connect “${app.name}” to Mana?` }).waitFor();
  await allowOnly(page, { "To-dos": ["See", "Add and change"] }, "1 day");
  await page.getByRole("button", { name: "Allow", exact: true }).click();
  const params = await returned;
  assert.equal(params.get("state"), url.searchParams.get("state"));
  await page.getByText("Go back to your assistant.").waitFor();
  await app.finish(params);
}

async function typePassword({ page }: Browser, { email, password }: RealPerson): Promise<void> {
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** The app connects anew, as its sessions may be gone, by what it remembers. */
async function worksOn(app: App): Promise<void> {
  await app.connect();
  assert.match(JSON.stringify(await app.call("todo_list", {})), /Buy milk ☕/);
}

/** A new secret signs cookies: the person signs in once more in the browser, and no app does. */
async function signInAgain(browser: Browser, signInUrl: string, person: RealPerson): Promise<void> {
  await browser.page.goto(`${signInUrl}/apps`);
  await typePassword(browser, person);
  await browser.page.getByRole("heading", { name: "Connected apps" }).waitFor();
}
