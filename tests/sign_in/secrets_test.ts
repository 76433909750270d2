import assert from "node:assert/strict";
import { SetupFault } from "../../sign_in/kit/setup_fault.ts";
import type { Secrets } from "../../sign_in/secrets/secrets.ts";
import { makeFolder } from "../backend/_folder.ts";
import { type Browser, createBrowser, fieldsOf } from "../_support/browser.ts";
import { createFlow, type Flow } from "../_support/flow.ts";
import {
  allow,
  authorizeUrl,
  connect,
  introspect,
  ISSUER,
  refresh,
  register,
  tokensOf,
} from "../_support/oauth_flow.ts";
import { openTestDatabase, type ProviderTables } from "../_support/test_database.ts";
import { PASSWORD } from "../_support/test_backend.ts";

/** The secrets of sign-in, and what changes for whom when they change. */

const secret = (id: number, letter = String(id)) => ({ id, text: letter.repeat(40) });

/** Runs `work` on a backend of the folder that has these secrets. */
async function under<T>(
  folder: string,
  secrets: Secrets,
  work: (flow: Flow) => T | Promise<T>,
): Promise<T> {
  await using flow = await createFlow({ data: folder, secrets });
  return await work(flow);
}

async function signInAgain(browser: Browser): Promise<void> {
  const page = await browser.open("/apps");
  assert.equal(new URL(page.url).pathname, "/sign-in");
  const entered = await browser.submit(page, "/sign-in", { email: "anna@mana.test", password: PASSWORD });
  assert.equal(new URL(entered.url).pathname, "/apps", entered.html);
}

Deno.test("secrets: a new first secret is noticed by no app; people sign in once more; then the old one can go", async () => {
  await using folder = await makeFolder();
  let current: Flow | undefined;
  const browser = createBrowser(ISSUER, (request) => {
    assert.ok(current);
    return current.auth(request.url, request);
  });
  const enter = (flow: Flow) => {
    current = flow;
    return signInAgain(browser);
  };
  const first = await under(folder.path, [secret(1)], async (flow) => {
    await flow.person("anna");
    await enter(flow);
    return await connect(flow, browser);
  });
  // Every node learns the new secret before any node seals with it.
  const second = await under(folder.path, [secret(1), secret(2)], async (flow) => {
    current = flow;
    assert.equal(new URL((await browser.open("/apps")).url).pathname, "/apps");
    return await tokensOf(await refresh(flow, first.clientId, first.refresh));
  });
  const third = await under(folder.path, [secret(2), secret(1)], async (flow) => {
    assert.equal((await introspect(flow, second.access)).active, true);
    await enter(flow);
    return await tokensOf(await refresh(flow, first.clientId, second.refresh));
  });
  await under(folder.path, [secret(2)], async (flow) => {
    assert.equal((await introspect(flow, third.access)).active, true);
    await tokensOf(await refresh(flow, first.clientId, third.refresh));
  });
});

Deno.test("secrets: a page that was open during the change is good, and what the app had asked has to be asked anew", async () => {
  await using folder = await makeFolder();
  let current: Flow | undefined;
  const browser = createBrowser(ISSUER, (request) => {
    assert.ok(current);
    return current.auth(request.url, request);
  });
  const [empty, waiting] = await under(folder.path, [secret(1)], async (flow) => {
    current = flow;
    await flow.person("anna");
    const { client_id } = await register(flow);
    return [await browser.open("/sign-in"), await browser.open(authorizeUrl(client_id))];
  });
  await under(folder.path, [secret(2), secret(1)], async (flow) => {
    current = flow;
    const fields = { email: "anna@mana.test", password: PASSWORD };
    const asked = await browser.submit(waiting, "/sign-in", fields);
    assert.match(asked.html, /This page is no longer good/);
    assert.ok(fieldsOf(empty, "/sign-in").get("form"));
    const entered = await browser.submit(empty, "/sign-in", fields);
    assert.equal(new URL(entered.url).pathname, "/apps", entered.html);
    const { client_id } = await register(flow);
    assert.ok((await allow(browser, await browser.open(authorizeUrl(client_id)))).leaves);
  });
});

Deno.test("secrets: those that do not open what the database holds are refused, also under an id that it knows", async () => {
  await using folder = await makeFolder();
  await under(folder.path, [secret(1)], () => {});
  const refused = (secrets: Secrets) =>
    assert.rejects(under(folder.path, secrets, () => {}), (error) => {
      assert.ok(error instanceof SetupFault);
      assert.match(error.message, /^The signing key in .* does not open with /);
      assert.ok(secrets.every(({ text }) => !error.message.includes(text)));
      return true;
    });
  await refused([secret(1, "x")]);
  await refused([secret(2)]);
  await under(folder.path, [secret(2), secret(1)], () => {});
  await refused([secret(2, "x"), secret(1)]);
  await refused([secret(3), secret(1)]);
  await under(folder.path, [secret(2), secret(1)], () => {});
});

Deno.test("secrets: what was sealed before secrets had ids is opened by the oldest of them", async () => {
  await using folder = await makeFolder();
  await under(folder.path, [secret(1)], () => {});
  const signIn = await openTestDatabase(folder.path);
  const tables = signIn.db.withTables<ProviderTables>();
  const { privateKey } = await tables.selectFrom("jwks").select("privateKey").executeTakeFirstOrThrow();
  assert.match(privateKey, /^"\$ba\$1\$[0-9a-f]+"$/);
  await tables.updateTable("jwks").set({ privateKey: privateKey.replace("$ba$1$", "") }).execute();
  await signIn.close();
  await under(folder.path, [secret(2), secret(1)], () => {});
  await under(folder.path, [secret(2)], () => {});
});
