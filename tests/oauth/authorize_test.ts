import assert from "node:assert/strict";
import { isOnPostgres } from "../_support/test_database.ts";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { makeFolder } from "../backend/_folder.ts";
import { signIn } from "../_support/test_backend.ts";
import { createFlow } from "../_support/flow.ts";
import {
  allow,
  authorizeUrl,
  decode,
  getCode,
  ISSUER,
  redeem,
  register,
  RESOURCE,
  returned,
  tokensOf,
} from "../_support/oauth_flow.ts";

Deno.test("authorize: PKCE with S256, or nothing", async () => {
  await using flow = await createFlow();
  const browser = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  const { client_id: confidential } = await register(flow, {
    token_endpoint_auth_method: "client_secret_post",
  });
  for (const client of [client_id, confidential]) {
    for (
      const changes of [
        { code_challenge: undefined, code_challenge_method: undefined },
        { code_challenge: undefined, code_challenge_method: undefined, scope: "notes:read" },
        { code_challenge_method: "plain" },
        { code_challenge_method: undefined },
      ]
    ) {
      const back = returned(await browser.open(authorizeUrl(client, changes)));
      assert.equal(back.get("error"), "invalid_request", JSON.stringify(changes));
      assert.equal(back.get("code"), null);
    }
  }
});

Deno.test("authorize: an error names the issuer too, so that no other server can answer in its name (RFC 9207)", async () => {
  await using flow = await createFlow();
  const browser = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  const back = returned(
    await browser.open(authorizeUrl(client_id, { resource: "https://elsewhere.test/mcp" })),
  );
  assert.deepEqual([back.get("error"), back.get("state"), back.get("iss")], [
    "invalid_target",
    "a state",
    ISSUER,
  ]);
  const denied = await browser.submit(await browser.open(authorizeUrl(client_id)), "/consent", {
    answer: "no",
  });
  assert.deepEqual([returned(denied).get("error"), returned(denied).get("iss")], ["access_denied", ISSUER]);
  const metadata = await (await flow.auth("/.well-known/oauth-authorization-server")).json();
  assert.equal(metadata.authorization_response_iss_parameter_supported, true);
  assert.equal(metadata.issuer, ISSUER);
});

Deno.test("authorize: nothing is sent to an address that was not registered", async () => {
  await using flow = await createFlow();
  const browser = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow, {
    redirect_uris: ["http://127.0.0.1:33418/callback", "https://app.test/cb"],
  });
  for (
    const redirect_uri of [
      "https://evil.test/cb",
      "https://app.test/cb/../evil",
      "https://app.test/other",
      "https://app.test/cb?x=1",
      "https://app.test.evil.test/cb",
      "https://app.test@evil.test/cb",
      "http://app.test/cb",
      "http://127.0.0.1:33418/other",
      "http://127.0.0.1.evil.test/callback",
      "http://localhost:33418/callback",
      "javascript:alert(1)",
      undefined,
    ]
  ) {
    for (const other of [{}, { scope: "nonsense" }, { code_challenge: undefined }, { prompt: "none" }]) {
      const page = await browser.open(authorizeUrl(client_id, { redirect_uri, ...other }));
      assert.equal(page.leaves, undefined, redirect_uri);
      assert.equal(page.status, 400, redirect_uri);
      assert.doesNotMatch(page.html, /evil|nonsense/, redirect_uri);
    }
  }
  const page = await browser.open(authorizeUrl("somebody"));
  assert.equal(page.status, 400);
  assert.match(page.html, /not known here/);
  assert.equal(page.leaves, undefined);
});

Deno.test("authorize: a program on this computer may listen on any port", async () => {
  await using flow = await createFlow();
  const browser = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  const redirect_uri = "http://127.0.0.1:50001/callback";
  const done = await allow(browser, await browser.open(authorizeUrl(client_id, { redirect_uri })));
  assert.ok(done.leaves?.startsWith(`${redirect_uri}?`));
  const code = returned(done).get("code") ?? "";
  await tokensOf(await redeem(flow, client_id, code, { redirect_uri }));
});

Deno.test("authorize: the scheme of a desktop app works, and nobody is taken there unasked", async () => {
  await using flow = await createFlow();
  const browser = await flow.personWithBrowser("anna");
  for (
    const redirect_uri of [
      "cursor://anysphere.cursor-retrieval/oauth/user-mana/callback",
      "vscode://ms/callback",
    ]
  ) {
    const { client_id } = await register(flow, { redirect_uris: [redirect_uri] });
    const consent = await browser.open(authorizeUrl(client_id, { redirect_uri }));
    assert.match(consent.html, /the app on this device that opens (cursor|vscode):\/\/ links/);
    const done = await allow(browser, consent);
    assert.ok(done.leaves?.startsWith(`${redirect_uri}?code=`), done.html);
    await tokensOf(await redeem(flow, client_id, returned(done).get("code") ?? "", { redirect_uri }));
  }
});

Deno.test("authorize: no open redirect: an address that anybody may register is only left for by a click", async () => {
  await using flow = await createFlow();
  const browser = flow.browser();
  for (const redirect_uri of ["https://evil.test/cb", "test.evil://cb"]) {
    const { client_id } = await register(flow, { redirect_uris: [redirect_uri] });
    const elsewhere = { resource: "https://elsewhere.test/mcp" };
    for (const changes of [elsewhere, { prompt: "none" }, { code_challenge: undefined }]) {
      const page = await browser.open(authorizeUrl(client_id, { redirect_uri, ...changes }));
      assert.equal(page.leaves, undefined);
      assert.equal(page.status, 400);
      assert.match(page.html, /<a href="(https:\/\/evil\.test\/cb|test\.evil:\/\/cb)\?error=/);
    }
  }
});

Deno.test("sign-in: goes on only with what was signed here", async () => {
  await using flow = await createFlow();
  await flow.personWithBrowser("anna");
  const { client_id } = await register(flow, { redirect_uris: ["https://evil.test/cb"] });
  const forged =
    `client_id=${client_id}&redirect_uri=https://evil.test/cb&response_type=code&sig=AAAA&exp=99999999999`;
  for (const query of [forged, "next=https://evil.test", "q=https://evil.test&redirect=//evil.test"]) {
    const browser = flow.browser();
    const page = await browser.open(`/sign-in?${query}`);
    if (query === forged) {
      assert.equal(page.status, 400);
      assert.match(page.html, /no longer good/);
      continue;
    }
    const entered = await browser.submit(page, "/sign-in", {
      email: "anna@mana.test",
      password: "correct horse",
    });
    assert.equal(entered.leaves, undefined);
    assert.equal(new URL(entered.url).pathname, "/apps");
  }
});

Deno.test("authorize: who is not signed in comes back to the request after signing in", async () => {
  await using flow = await createFlow();
  await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  const browser = flow.browser();
  const signIn = await browser.open(authorizeUrl(client_id));
  const wrong = await browser.submit(signIn, "/sign-in", {
    email: "anna@mana.test",
    password: "wrong horse",
  });
  assert.equal(wrong.status, 422);
  assert.match(wrong.html, /role="alert"/);
  const consent = await browser.submit(wrong, "/sign-in", { password: "correct horse" });
  assert.equal(new URL(consent.url).pathname, "/consent");
  assert.ok(returned(await allow(browser, consent)).get("code"));
});

Deno.test("authorize: a resource that is not ours is refused; none means the gateway; its other spelling is fine", async () => {
  await using flow = await createFlow();
  const browser = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  for (
    const resource of ["https://elsewhere.test/mcp", `${RESOURCE}/other`, "http://127.0.0.1:3069"]
  ) {
    assert.equal(
      returned(await browser.open(authorizeUrl(client_id, { resource }))).get("error"),
      "invalid_target",
    );
  }
  const plain = await tokensOf(
    await redeem(flow, client_id, await getCode(browser, client_id, {}, { resource: undefined })),
  );
  assert.equal(decode(plain.access).claims.aud, RESOURCE);
  const resource = "http://localhost:3069/mcp";
  const spelled = await tokensOf(
    await redeem(flow, client_id, await getCode(browser, client_id, {}, { resource }), { resource }),
  );
  assert.equal(decode(spelled.access).claims.aud, resource);
});

Deno.test("authorize: asking for nothing asks for everything, and words of other services are passed over", async () => {
  await using flow = await createFlow();
  const browser = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  const none = await browser.open(authorizeUrl(client_id, { scope: undefined }));
  assert.match(none.html, /value="notes:destructive"/);
  const mixed = await browser.open(authorizeUrl(client_id, { scope: "openid email notes:read repo" }));
  assert.match(mixed.html, /value="notes:read"/);
  assert.doesNotMatch(mixed.html, /value="(notes:write|todo:read)"/);
});

Deno.test("authorize: who asks for nothing of ours asks for everything: words of others, staying connected, a space", async () => {
  await using flow = await createFlow();
  const browser = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  for (
    const scope of [
      "",
      " ",
      "offline_access",
      "openid profile",
      "openid profile email offline_access",
      "nonsense",
    ]
  ) {
    const page = await browser.open(authorizeUrl(client_id, { scope }));
    assert.match(page.html, /value="notes:read" checked/, scope);
    assert.match(page.html, /value="notes:destructive"/, scope);
    const done = await allow(browser, page, { allow: ["notes:read"] });
    const { scope: given } = await tokensOf(await redeem(flow, client_id, returned(done).get("code") ?? ""));
    assert.equal(given, "notes:read offline_access", scope); // what was granted instead is said (RFC 6749, section 5.1)
  }
  const { cookie } = await signIn(flow, "anna@mana.test");
  const list = await flow.auth("/api/auth/organization/list", { headers: { cookie } });
  const [{ id }] = z.tuple([z.looseObject({ id: z.string() })]).parse(await list.json());
  const page = await browser.open(authorizeUrl(client_id, { scope: `space:${id}` }));
  assert.match(page.html, /value="notes:read" checked/);
  const done = await allow(browser, page, { allow: ["notes:read"] });
  const answer = await tokensOf(await redeem(flow, client_id, returned(done).get("code") ?? ""));
  assert.equal(answer.scope, `notes:read space:${id} offline_access`);
});

Deno.test("authorize: a scheme that was registered before it was refused is not gone to", {
  ignore: isOnPostgres(),
}, async () => {
  await using folder = await makeFolder();
  await using flow = await createFlow({ data: folder.path });
  const browser = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  using db = new DatabaseSync(`${folder.path}/auth.sqlite`);
  db.prepare("UPDATE oauthClient SET redirectUris = ?").run(JSON.stringify(["shell:startup"]));
  const page = await browser.open(authorizeUrl(client_id, { redirect_uri: "shell:startup" }));
  assert.deepEqual([page.status, page.leaves], [400, undefined]);
  assert.match(page.html, /This app cannot be answered/);
});

Deno.test("authorize: a parameter that comes twice is refused", async () => {
  await using flow = await createFlow();
  const browser = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  for (
    const extra of ["&client_id=other", "&redirect_uri=https://evil.test", "&scope=notes:read", "&state=b"]
  ) {
    const page = await browser.open(authorizeUrl(client_id) + extra);
    assert.equal(page.status, 400);
    assert.equal(page.leaves, undefined);
  }
});

Deno.test("authorize: a client that was allowed before is asked about again", async () => {
  await using flow = await createFlow();
  const browser = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  await tokensOf(await redeem(flow, client_id, await getCode(browser, client_id)));
  const again = await browser.open(authorizeUrl(client_id));
  assert.equal(new URL(again.url).pathname, "/consent");
  assert.match(again.html, /You have connected it before\./);
  assert.equal(
    returned(await browser.open(authorizeUrl(client_id, { prompt: "none" }))).get("error"),
    "consent_required",
  );
});
