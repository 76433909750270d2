import assert from "node:assert/strict";
import { z } from "zod";
import { signIn } from "../_support/test_backend.ts";
import { createFlow, onlyEmbedded } from "../_support/flow.ts";
import {
  allow,
  authorizeUrl,
  connect,
  decode,
  exchange,
  introspect,
  refresh,
  refusalOf,
  register,
  returned,
  tokensOf,
} from "../_support/oauth_flow.ts";

const gidOf = (access: string) => z.string().parse(decode(access).claims.gid);

Deno.test("apps: each app with what it may do, did, and until when", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  assert.match((await anna.open("/apps")).html, /No app is connected/);
  await connect(flow, anna, { allow: ["notes:read", "todo:write"], until: "week" });
  const { html } = await anna.open("/apps");
  assert.match(html, /<h2[^>]*>Test app<\/h2>/);
  assert.match(html, /Notes: see/);
  assert.match(html, /To-dos: add and change/);
  assert.match(html, /until 8 May 2026/);
  assert.match(html, /nothing yet/);
  assert.match(html, /all your spaces/);
});

Deno.test("apps: who only got as far as the code is not there yet", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  assert.ok(returned(await allow(anna, await anna.open(authorizeUrl(client_id)))).get("code"));
  assert.match((await anna.open("/apps")).html, /No app is connected/);
});

Deno.test("apps: disconnecting ends every token at once", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const mine = await connect(flow, anna);
  const after = await anna.submit(await anna.open("/apps"), "/apps", { end: "yes" });
  assert.match(after.html, /No app is connected/);
  assert.deepEqual(await introspect(flow, mine.access), { active: false });
  assert.equal(await refusalOf(await refresh(flow, mine.clientId, mine.refresh)), "400 invalid_grant");
  assert.equal(await refusalOf(await exchange(flow, mine.access)), "400 invalid_request");
});

Deno.test("apps: only looking holds, also where another window saves in the same moment", async () => {
  for (const first of ["save", "only"]) {
    await using flow = await createFlow();
    const anna = await flow.personWithBrowser("anna");
    const mine = await connect(flow, anna, { allow: ["notes:read", "notes:write", "todo:read"] });
    const page = await anna.open("/apps");
    const save = () =>
      anna.submit(page, "/apps", { save: "yes", preset: "choose", allow: ["notes:read", "notes:write"] });
    const only = () => anna.submit(page, "/apps", { only: "read" });
    await Promise.all(first === "save" ? [save(), only()] : [only(), save()]);
    const { scope } = await tokensOf(await refresh(flow, mine.clientId, mine.refresh));
    assert.match(scope, /notes:read/);
    assert.doesNotMatch(scope, /write/, first);
  }
});

Deno.test("apps: narrowing makes the old token worthless and the next one narrow", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const mine = await connect(flow, anna, { allow: ["notes:read", "notes:write", "todo:read"] });
  await anna.submit(await anna.open("/apps"), "/apps", { only: "read" });
  assert.deepEqual(await introspect(flow, mine.access), { active: false });
  assert.equal(await refusalOf(await exchange(flow, mine.access)), "400 invalid_request");
  const next = await tokensOf(await refresh(flow, mine.clientId, mine.refresh));
  assert.equal(next.scope, "todo:read notes:read offline_access");
  assert.equal((await introspect(flow, next.access)).active, true);

  await anna.submit(await anna.open("/apps"), "/apps", {
    save: "yes",
    preset: "choose",
    allow: ["notes:read"],
  });
  const last = await tokensOf(await refresh(flow, mine.clientId, next.refresh));
  assert.equal(last.scope, "notes:read offline_access");
  const wide = await refresh(flow, mine.clientId, last.refresh, { scope: "notes:write" });
  assert.equal(await refusalOf(wide), "400 invalid_scope");
  const gone = await anna.submit(await anna.open("/apps"), "/apps", { end: "yes" });
  assert.match(gone.html, /No app is connected/);
  assert.deepEqual(await introspect(flow, last.access), { active: false });
});

Deno.test("apps: nobody touches somebody else's, and no other page sends the form", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const mallory = await flow.personWithBrowser("mallory");
  const hers = await connect(flow, anna);
  const his = await connect(flow, mallory);
  const page = await mallory.open("/apps");
  await mallory.submit(page, "/apps", { grant: gidOf(hers.access), end: "yes" });
  assert.equal((await introspect(flow, hers.access)).active, true);
  const foreign = await anna.submit(await anna.open("/apps"), "/apps", { end: "yes" }, {
    origin: "https://evil.test",
  });
  assert.equal(foreign.status, 403);
  const forged = await anna.submit(await anna.open("/apps"), "/apps", { end: "yes", form: "x" });
  assert.equal(forged.status, 403);
  assert.equal((await introspect(flow, hers.access)).active, true);
  assert.equal((await introspect(flow, his.access)).active, true);
});

Deno.test("apps: signing out keeps apps connected, and signing in is asked for again", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const mine = await connect(flow, anna);
  const page = await anna.open("/apps");
  assert.equal((await anna.submit(page, "/sign-out", { form: "x" })).status, 403);
  const out = await anna.submit(page, "/sign-out");
  assert.equal(new URL(out.url).pathname, "/sign-in");
  assert.equal(new URL((await anna.open("/apps")).url).pathname, "/sign-in");
  await tokensOf(await refresh(flow, mine.clientId, mine.refresh));
});

Deno.test("sign-in: a form of another page, or without the browser's own cookie, is refused (login CSRF)", async () => {
  await using flow = await createFlow();
  await flow.personWithBrowser("mallory");
  const victim = flow.browser();
  const attacker = flow.browser();
  const fields = { email: "mallory@mana.test", password: "correct horse" };
  const page = await attacker.open("/sign-in");
  assert.equal((await victim.submit(page, "/sign-in", fields)).status, 403);
  await victim.open("/sign-in");
  assert.equal((await victim.submit(page, "/sign-in", fields)).status, 403);
  assert.equal(
    (await attacker.submit(page, "/sign-in", fields, { origin: "https://evil.test" })).status,
    403,
  );
});

Deno.test("sign-in and sign-up: the lockout holds here, and mistakes are said kindly", {
  ignore: onlyEmbedded("accounts are made and locked at the auth service"),
}, async () => {
  await using flow = await createFlow();
  await flow.personWithBrowser("anna");
  const browser = flow.browser();
  const fields = { email: "anna@mana.test", password: "wrong horse" };
  let page = await browser.open("/sign-in");
  for (let n = 0; n < 5; n += 1) {
    page = await browser.submit(page, "/sign-in", fields);
    assert.match(page.html, /not right/);
  }
  page = await browser.submit(page, "/sign-in", { ...fields, password: "correct horse" });
  assert.deepEqual([page.status, page.headers.get("retry-after")], [429, "1800"]);
  assert.match(page.html, /nobody can sign in with this e-mail address for 30 minutes/);
  let up = await browser.open("/sign-up");
  up = await browser.submit(up, "/sign-up", {
    name: "A",
    email: "anna@mana.test",
    password: "correct horse",
  });
  assert.match(up.html, /account with this e-mail address already/);
  up = await browser.submit(up, "/sign-up", { email: "new@mana.test", password: "short" });
  assert.match(up.html, /at least 8 characters/);
  assert.match(up.html, /value="new@mana\.test"/);
});

Deno.test("key: what the person has, in words", {
  ignore: onlyEmbedded("no key passes through a sign-in server, so there is no page about it"),
}, async () => {
  await using flow = await createFlow();
  const browser = await flow.personWithBrowser("anna");
  assert.equal(new URL((await flow.browser().open("/vault")).url).pathname, "/sign-in");
  assert.match((await browser.open("/vault")).html, /There is none yet/);
  await connect(flow, browser);
  assert.match((await browser.open("/vault")).html, /Mana keeps it for you/);
  const anna = await signIn(flow, "anna@mana.test");
  const send = async (path: string, body: unknown) => {
    const answer = await flow.auth(`/api/v1/me/encryption-vault${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${anna.token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    assert.equal(answer.status, 200, await answer.text());
  };
  await send("/recovery-wrap", { recoveryWrappedMk: "YWJj", recoveryIv: "YWJj" });
  await send("/zero-knowledge", { enable: true });
  const { html } = await browser.open("/vault");
  assert.match(html, /Only you\. Mana has no copy\./);
  assert.match(html, /cannot open what is locked/);
  assert.match(html, /Set on 1 May 2026/);
});

Deno.test("an address that is none is a page for a person and an error for a program", {
  ignore: onlyEmbedded("programs are answered in the form of the sign-in server"),
}, async () => {
  await using flow = await createFlow();
  const page = await flow.auth("/nothing", { headers: { accept: "text/html" } });
  assert.equal(page.status, 404);
  assert.match(await page.text(), /There is no such page/);
  const error = await flow.auth("/nothing");
  assert.equal(error.status, 404);
  assert.equal((await error.json()).error, "NOT_FOUND");
});
