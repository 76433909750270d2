import assert from "node:assert/strict";
import { createFlow } from "../_support/flow.ts";
import {
  allow,
  authorizeUrl,
  connect,
  introspect,
  refresh,
  register,
  returned,
  tokensOf,
} from "../_support/oauth_flow.ts";
import { fieldsOf } from "../_support/browser.ts";

Deno.test("time zone: chosen at consent, told to the gateway, and changed without new tokens", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const one = await connect(flow, anna, { zone: "Europe/Berlin" });
  assert.equal((await introspect(flow, one.access)).zoneinfo, "Europe/Berlin");
  const two = await connect(flow, anna, { zone: "", keep: "yes" });
  assert.equal((await introspect(flow, two.access)).zoneinfo, undefined);

  const page = await anna.open("/apps");
  assert.match(page.html, /Your apps have different ones now/);
  const saved = await anna.submit(page, "/apps", { end: undefined, grant: undefined, zone: "asia/tokyo" });
  assert.equal(new URL(saved.url).pathname, "/apps");
  assert.match(saved.html, /name="zone"[^>]*value="Asia\/Tokyo"/);
  for (const { access } of [one, two]) {
    const told = await introspect(flow, access);
    assert.deepEqual([told.active, told.zoneinfo], [true, "Asia/Tokyo"], "the same token holds");
  }
  await tokensOf(await refresh(flow, one.clientId, one.refresh));
  // The next app is offered what the person chose last.
  const { client_id } = await register(flow);
  const consent = await anna.open(authorizeUrl(client_id));
  assert.equal(fieldsOf(consent, "/consent").get("zone"), "Asia/Tokyo");
  assert.doesNotMatch(consent.html, /data-fill/);
  await anna.submit(await anna.open("/apps"), "/apps", { zone: "" });
  assert.equal((await introspect(flow, two.access)).zoneinfo, undefined);
});

Deno.test("time zone: people name it in their words, and no other words are stored", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const named = [
    ["Europe/Berlin", "Europe/Berlin"],
    [" berlin ", "Europe/Berlin"],
    ["New York", "America/New_York"],
    ["UTC", "UTC"],
    ["Asia/Kolkata", "Asia/Kolkata"],
    ["Europe/Kyiv", "Europe/Kyiv"],
  ] as const;
  const { client_id } = await register(flow);
  for (const [zone, stored] of named) {
    const page = await anna.open(authorizeUrl(client_id));
    assert.ok(returned(await allow(anna, page, { zone })).get("code"), zone);
    const { access } = await connect(flow, anna, { zone });
    assert.equal((await introspect(flow, access)).zoneinfo, stored, zone);
  }
  const nonsense = [
    "Mars/Olympus",
    "+01:00",
    "Europe/Berlin[x]",
    "2026-01-01T00:00[Europe/Berlin]",
    "../etc",
    `"><script>alert(1)</script>`,
    "A".repeat(60_000),
  ];
  for (const zone of nonsense) {
    const page = await anna.open(authorizeUrl(client_id));
    const again = await allow(anna, page, { zone, allow: ["notes:read"], until: "week" });
    assert.equal(again.status, 422, zone.slice(0, 40));
    assert.match(again.html, /<a href="#zone">We do not know this time zone/);
    assert.match(again.html, /value="week" checked/);
    assert.doesNotMatch(again.html, /<script>|data-fill|A{65}/);
    const apps = await anna.submit(await anna.open("/apps"), "/apps", { zone });
    assert.equal(apps.status, 422);
    assert.match(apps.html, /<a href="#zone">We do not know this time zone/);
  }
  const { html } = await anna.open("/apps");
  assert.match(html, /name="zone"[^>]*value="Europe\/Kyiv"/);
});

Deno.test("time zone: the script fills in only what nobody has chosen, and is one file for everybody", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  const page = await anna.open(authorizeUrl(client_id));
  assert.match(page.html, /name="zone"[^>]*value=""[^>]*data-fill="yes"/);
  const again = await allow(anna, page, { allow: undefined, zone: "" });
  assert.doesNotMatch(again.html, /data-fill/, "an empty field that was sent is a choice");
  const script = await flow.auth("/zone.js?x=alert(1)");
  assert.equal(script.status, 200);
  assert.equal(script.headers.get("content-type"), "text/javascript; charset=utf-8");
  assert.equal(script.headers.get("cache-control"), "public, max-age=604800");
  assert.equal(script.headers.get("x-content-type-options"), "nosniff");
  const text = await script.text();
  assert.doesNotMatch(text, /fetch|cookie|location|alert|eval|innerHTML/);
  assert.ok(text.length < 600);
});

Deno.test("time zone: nobody changes it for another person, or from another page (CSRF)", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const ben = await flow.personWithBrowser("ben");
  const hers = await connect(flow, anna, { zone: "Europe/Berlin" });
  await connect(flow, ben, {});
  const page = await anna.open("/apps");
  const zone = "Asia/Tokyo";
  const foreign = fieldsOf(await ben.open("/apps"), "/apps").get("form") ?? "";
  assert.equal((await anna.submit(page, "/apps", { zone, form: "" })).status, 403);
  assert.equal((await anna.submit(page, "/apps", { zone, form: foreign })).status, 403);
  assert.equal((await anna.submit(page, "/apps", { zone }, { origin: "https://evil.test" })).status, 403);
  await ben.submit(await ben.open("/apps"), "/apps", { zone });
  assert.equal((await introspect(flow, hers.access)).zoneinfo, "Europe/Berlin");
});
