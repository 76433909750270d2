import assert from "node:assert/strict";
import { isOnPostgres } from "../_support/test_database.ts";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { makeFolder } from "../backend/_folder.ts";
import { makeTeam } from "../_support/team.ts";
import { PASSWORD, signIn } from "../_support/test_backend.ts";
import { createFlow, onlyEmbedded } from "../_support/flow.ts";
import {
  allow,
  authorizeUrl,
  connect,
  decode,
  introspect,
  redeem,
  register,
  returned,
} from "../_support/oauth_flow.ts";
import { GRANTABLE } from "../../sign_in/oauth/grants/grantable_modules.ts";
import { createScopeList } from "../../sign_in/oauth/grants/scopes.ts";
import { fieldsOf } from "../_support/browser.ts";

Deno.test("consent: only the form of this page, in this browser, counts (CSRF)", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  const page = await anna.open(authorizeUrl(client_id));
  const other = await anna.open(authorizeUrl(client_id, { state: "another request" }));
  const foreign = [
    [{ form: "" }, {}],
    [{ form: "A".repeat(43) }, {}],
    [{ form: fieldsOf(other, "/consent").get("form") ?? "" }, {}],
    [{ form: fieldsOf(page, "/sign-out").get("form") ?? "" }, {}],
    [{}, { origin: "https://evil.test" }],
    [{}, { origin: "null" }],
  ] as const;
  for (const [changes, headers] of foreign) {
    for (const answer of ["yes", "no"]) {
      const refused = await anna.submit(page, "/consent", { answer, ...changes }, headers);
      assert.equal(refused.status, 403, JSON.stringify([changes, headers]));
      assert.equal(refused.leaves, undefined);
    }
  }
  anna.cookies.delete("mana.form");
  assert.equal((await allow(anna, page)).status, 403);
});

Deno.test("consent: a request is answered in the session that brought it, and in no other", async () => {
  await using flow = await createFlow();
  const mallory = await flow.personWithBrowser("mallory");
  const anna = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  const his = await mallory.open(authorizeUrl(client_id));
  const lured = await anna.open(his.url);
  assert.equal(lured.status, 400);
  assert.doesNotMatch(lured.html, /Test app/);
  const own = await anna.open(authorizeUrl(client_id));
  const smuggled = await allow(anna, own, { q: new URL(his.url).search.slice(1) });
  assert.equal(smuggled.leaves, undefined);
  // The same person in another session, too: the page belongs to one browser.
  const second = flow.browser();
  const entrance = await second.open("/sign-in");
  await second.submit(entrance, "/sign-in", { email: "mallory@mana.test", password: PASSWORD });
  assert.equal((await second.open(his.url)).status, 400);
  // Signed out, nobody.
  assert.equal((await flow.browser().open(his.url)).status, 400);
});

Deno.test("consent: what was signed cannot be changed", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  const page = await anna.open(authorizeUrl(client_id, { scope: "notes:read" }));
  const url = new URL(page.url);
  url.searchParams.set("scope", "notes:read notes:destructive");
  assert.equal((await anna.open(url.href)).status, 400);
  const done = await allow(anna, page, { allow: ["notes:read", "notes:destructive", "journal:read"] });
  const answer = await redeem(flow, client_id, returned(done).get("code") ?? "");
  assert.equal(z.looseObject({ scope: z.string() }).parse(await answer.json()).scope, "notes:read");
});

Deno.test("consent: a request is answered once", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  const page = await anna.open(authorizeUrl(client_id));
  assert.ok(returned(await allow(anna, page)).get("code"));
  const again = await allow(anna, page);
  assert.equal(again.leaves, undefined);
  assert.match(again.html, /no longer good/);
});

Deno.test("pages: framed, scripted, sniffed or kept by nobody", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  const consent = await anna.open(authorizeUrl(client_id));
  const pages = [
    consent,
    await allow(anna, consent),
    await anna.open("/apps"),
    await anna.open("/vault"),
    await anna.open("/error?error=x"),
    await flow.browser().open("/sign-in"),
    await flow.browser().open("/sign-up"),
    await anna.open(authorizeUrl("somebody")),
  ];
  for (const { url, headers, html } of pages) {
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'/, url);
    assert.match(policy, /frame-ancestors 'none'/, url);
    assert.match(policy, /form-action 'self'/, url);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/, url);
    assert.equal(headers.get("x-frame-options"), "DENY", url);
    assert.equal(headers.get("x-content-type-options"), "nosniff", url);
    assert.equal(headers.get("cache-control"), "no-store", url);
    assert.equal(headers.get("referrer-policy"), "same-origin", url);
    assert.doesNotMatch(html, /<style|\sstyle=|\son[a-z]+=/i, url);
    // The one script of the pages fills in a time zone, where there is a field for it.
    const scripts = html.match(/<script[^>]*>[^<]*/gi) ?? [];
    const hasZone = html.includes('name="zone"');
    assert.deepEqual(
      scripts,
      hasZone || url.endsWith("/apps") ? ['<script src="/zone.js" defer="">'] : [],
      url,
    );
    assert.equal(policy.includes("script-src 'self'"), scripts.length > 0, url);
    assert.equal(policy.match(/script/g)?.length ?? 0, scripts.length, url);
    assert.match(html, /<html lang="en">/, url);
    assert.equal(html.match(/<h1/g)?.length, 1, url);
    assert.match(html, /<main id="content"/, url);
    assert.match(html, /<title>[^<]+<\/title>/, url);
  }
});

Deno.test("pages: every field has a name that is read out", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  for (const page of [await anna.open(authorizeUrl(client_id)), await flow.browser().open("/sign-up")]) {
    for (const [input] of page.html.matchAll(/<input[^>]*>/g)) {
      if (input.includes('type="hidden"')) continue;
      const id = /\sid="([^"]*)"/.exec(input)?.[1];
      const isInside = page.html.slice(0, page.html.indexOf(input)).lastIndexOf("<label") >
        page.html.slice(0, page.html.indexOf(input)).lastIndexOf("</label>");
      assert.ok(isInside || (id !== undefined && page.html.includes(`for="${id}"`)), input);
    }
  }
});

Deno.test("consent: what an app calls itself is text, and short", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const name = `<script>alert(1)</script>\u202Eevil\n\u0000" onload="x${"x".repeat(200)}`;
  const { client_id } = await register(flow, { client_name: name });
  const { html } = await anna.open(authorizeUrl(client_id));
  assert.doesNotMatch(html, /<script(?! src="\/zone\.js")|\p{Cf}|(?!\n)\p{Cc}/u);
  assert.match(html, /&lt;script&gt;alert\(1\)&lt;\/script&gt;evil/);
  assert.doesNotMatch(html, /x{60}/);
});

Deno.test("consent: without a request there is a page with a way on, signed in or not", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  for (const browser of [anna, flow.browser()]) {
    for (const path of ["/consent", "/consent?", "/consent?sig=x", "/consent?client_id=a&exp=1&sig=x"]) {
      const page = await browser.open(path);
      assert.equal(page.status, 400, path);
      assert.match(page.html, /This page is no longer good/, path);
      assert.match(page.html, /<a href="\/apps">/, path);
    }
  }
  assert.deepEqual(flow.backendLog, []);
});

Deno.test(
  "consent: a name that nobody can see is none, of an app and of a space",
  { ignore: isOnPostgres() || onlyEmbedded("names of spaces lie at the auth service") },
  async () => {
    await using folder = await makeFolder();
    await using flow = await createFlow({ data: folder.path });
    const anna = await flow.personWithBrowser("anna");
    const blank = [
      "\u3164",
      "\u115f",
      "\u1160",
      "\u2800",
      "\uffa0",
      "\u17b4",
      "\u034f",
      "\ufe0f",
      "\u{e0100}",
      "\u{1d159}",
    ];
    const hidden = [
      "\u200b",
      "\u00ad",
      "\u2060",
      "\u{e0041}",
      "\ufeff",
      "\u3000",
      "\u00a0",
      "\u180e",
      "\u0301",
      "\ue000",
    ];
    for (const one of [...blank, ...hidden]) {
      for (const client_name of [one, ` ${one} ${one}${one}`]) {
        const registered = await register(flow, { client_name });
        assert.equal(registered.client_name, "127.0.0.1:33418", JSON.stringify(client_name));
      }
      flow.clock.now += 60_000;
    }
    const mixed = await register(flow, { client_name: `\u3164Mana\u2800\u115fApp\u200b` });
    assert.equal(mixed.client_name, "Mana App");
    for (const client_name of ["日記", "Café ☕", "🙂", "नोट्स", "R&D (beta)"]) {
      assert.equal((await register(flow, { client_name })).client_name, client_name);
    }

    using db = new DatabaseSync(`${folder.path}/auth.sqlite`);
    db.exec("UPDATE organization SET name = char(0x3164)");
    db.prepare("UPDATE oauthClient SET name = ? WHERE clientId = ?").run("\u2800", mixed.client_id);
    const { html } = await anna.open(authorizeUrl(mixed.client_id));
    assert.doesNotMatch(html, /[\u3164\u2800]/);
    const id = String(db.prepare("SELECT id FROM organization").get()?.id);
    assert.ok(html.includes(`${id} (personal)`));
  },
);

Deno.test("consent: nothing ticked is a mistake, and nothing else that was filled in is lost", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  const page = await anna.open(authorizeUrl(client_id));
  const empty = await allow(anna, page, { allow: undefined, where: "some", space: undefined, until: "week" });
  assert.equal(empty.status, 422);
  assert.match(empty.html, /<a href="#permissions">Tick at least one thing/);
  assert.match(empty.html, /<a href="#where">Tick at least one space/);
  assert.match(empty.html, /value="week" checked/);
  assert.match(empty.html, /<title>Please check: /);
  assert.equal((await allow(anna, empty, { allow: "notes:read", where: "all", until: "never" })).status, 422);
  assert.ok(returned(await allow(anna, empty, { allow: "notes:read", where: "all" })).get("code"));
});

Deno.test("consent: deleting is off until somebody ticks it; broad words become what was ticked", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const asOffered = await connect(flow, anna);
  const { permissions, isSensitive } = createScopeList(GRANTABLE.modules);
  const harmless = permissions.filter((one) => !isSensitive(one) && !one.endsWith(":destructive"));
  assert.ok(harmless.includes("notes:write"));
  assert.equal(asOffered.scope, [...harmless, "offline_access"].join(" "));
  const narrow = await connect(flow, anna, { allow: ["notes:destructive"] });
  assert.equal(narrow.scope, "notes:destructive offline_access");
});

Deno.test("consent: a grant for some spaces says which, and only the person's own can be chosen", async () => {
  await using flow = await createFlow();
  const browser = await flow.personWithBrowser("anna");
  const anna = await signIn(flow, "anna@mana.test");
  const ben = await flow.person("ben");
  const team = await makeTeam(flow, anna, ben);
  const others = await makeTeam(flow, ben);
  flow.clock.now += 61_000; // a list of spaces may be a minute old
  const list = await flow.auth("/api/auth/organization/list", {
    headers: { cookie: anna.cookie },
  });
  const personal = z.array(z.looseObject({ id: z.string() })).parse(await list.json())[0]?.id;

  const some = await connect(flow, browser, { allow: ["notes:read"], where: "some", space: [team, others] });
  assert.equal(some.scope, `notes:read space:${team} offline_access`);
  assert.equal((await introspect(flow, some.access)).scope, some.scope);
  const all = await connect(flow, browser, { allow: ["notes:read"], where: "all", space: [team] });
  assert.equal(all.scope, "notes:read offline_access");

  // An app that names spaces can have those and no others, whatever the form says.
  const scope = `notes:read space:${team} space:${others} offline_access`;
  const named = await connect(flow, browser, { where: "all", space: [team, personal ?? ""] }, { scope });
  assert.equal(named.scope, `notes:read space:${team} offline_access`);
});

Deno.test("consent: the chosen end ends everything", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const DAY = 24 * 3600_000;
  const { access, expiresIn } = await connect(flow, anna, { until: "day" });
  assert.equal(expiresIn, 900);
  assert.equal((await introspect(flow, access)).active, true);
  flow.clock.now += 900_000;
  assert.equal((await introspect(flow, access)).active, false);
  const late = await connect(flow, anna, { until: "always" });
  flow.clock.now += 400 * DAY;
  const { exp } = z.looseObject({ exp: z.number() }).parse(decode(late.access).claims);
  assert.ok(exp * 1000 < flow.clock.now);
});
