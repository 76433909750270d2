/** A persona as a connected app: consent on its own page, tokens that are renewed, and what comes of access that is taken away. */
import assert from "node:assert/strict";
import { decode } from "../../_support/oauth_flow.ts";
import { appsOn, askedFor, callAs, createAppScene, GOING, isFault, personaOf } from "./_app_scene.ts";

Deno.test("a persona connects the runner on its page, for exactly what its mix needs, and the token opens its records", async () => {
  await using scene = await createAppScene();
  const entrance = await scene.start().open(personaOf("julia"), GOING);
  const { claims } = decode(await entrance.token());
  assert.equal(
    claims.scope,
    "todo:read todo:write todo:destructive notes:read notes:write notes:destructive articles:read offline_access",
  );
  assert.match((await callAs(scene, entrance, "notes_create", { title: "Quote" })).text, /"title":"Quote"/);
  assert.match((await callAs(scene, entrance, "habits_list")).text, /scope/);
  assert.deepEqual(await entrance.spaces(), []);

  // As a browser and no other: each form comes from a page of its own origin.
  for (
    const { url, method, headers } of scene.asked.filter(({ url }) => /\/(sign-in|consent)(\?|$)/.test(url))
  ) {
    assert.equal(headers.get("sec-fetch-site"), "same-origin", url);
    assert.equal(headers.get("origin"), method === "POST" ? "http://localhost:3001" : null, url);
  }
  assert.equal(askedFor(scene, "sign-out").length, 0);
  await entrance.close();
  assert.equal(askedFor(scene, "sign-out").length, 1);
  const cookie = askedFor(scene, "sign-out")[0]?.headers.get("cookie") ?? "";
  const after = await scene.world.auth("/api/auth/get-session", { headers: { cookie } });
  assert.equal(await after.text(), "null");
  const apps = await (await scene.browserOf("julia")).open("/apps");
  assert.deepEqual(appsOn(apps), ["Persona runner"]);
});

Deno.test("two personas share one registration, also when both come at once, and each has a grant of its own", async () => {
  await using scene = await createAppScene();
  const access = scene.start();
  const [julia, ida] = await Promise.all(
    ["julia", "ida"].map((name) => access.open(personaOf(name), GOING)),
  );
  assert.ok(julia && ida);
  assert.equal(askedFor(scene, "register").length, 1);
  const [one, other] = [decode(await julia.token()).claims, decode(await ida.token()).claims];
  assert.equal(one.client_id, other.client_id);
  assert.notEqual(one.sub, other.sub);
  assert.notEqual(one.gid, other.gid);
});

Deno.test("a token is renewed two minutes before its end, once for all calls that ask, and over ticks without the persona", async () => {
  await using scene = await createAppScene();
  const access = scene.start();
  const first = await access.open(personaOf("julia"), GOING);
  const token = await first.token();
  scene.world.clock.now += 12 * 60_000;
  assert.equal(await first.token(), token);
  await first.close();
  scene.world.clock.now += 2 * 60_000;
  scene.asked.length = 0;
  const second = await access.open(personaOf("julia"), GOING);
  const [one, other, third] = await Promise.all([second.token(), second.token(), second.token()]);
  assert.notEqual(one, token);
  assert.deepEqual([other, third], [one, one]);
  await second.close();
  assert.deepEqual(scene.asked.map(({ url }) => new URL(url).pathname), ["/api/auth/oauth2/token"]);
  scene.world.clock.now += 24 * 60 * 60_000;
  const [, next] = await Promise.all([second.token(), second.token()]);
  assert.notEqual(next, one);
  assert.equal(askedFor(scene, "token").length, 2);
});

Deno.test("a token that the gateway has just refused is replaced, and no other is", async () => {
  await using scene = await createAppScene();
  const entrance = await scene.start().open(personaOf("julia"), GOING);
  const token = await entrance.token();
  assert.equal(await entrance.token("another one"), token);
  const renewed = await entrance.token(token);
  assert.notEqual(renewed, token);
  assert.equal(await entrance.token(token), renewed);
});

Deno.test("each start of the runner asks anew and replaces the grant before: the persona's page shows one app", async () => {
  await using scene = await createAppScene();
  const before = await scene.start().open(personaOf("julia"), GOING);
  const token = await before.token();
  for (let starts = 0; starts < 3; starts++) {
    const entrance = await scene.start().open(personaOf("julia"), GOING);
    assert.equal((await callAs(scene, entrance, "notes_search", { query: "o" })).status, 200);
    await entrance.close();
  }
  const apps = await (await scene.browserOf("julia")).open("/apps");
  assert.deepEqual(appsOn(apps), ["Persona runner"]);
  assert.equal(
    (await callAs(scene, { token: () => Promise.resolve(token) }, "notes_search", { query: "o" })).status,
    401,
  );
});

Deno.test("a runner that ends gives its grants back, and the persona's page shows no app", async () => {
  await using scene = await createAppScene();
  const access = scene.start();
  const entrance = await access.open(personaOf("julia"), GOING);
  const token = await entrance.token();
  await access.end(GOING);
  await access.end(GOING);
  assert.equal(askedFor(scene, "revoke").length, 1);
  assert.equal(
    (await callAs(scene, { token: () => Promise.resolve(token) }, "notes_search", { query: "o" })).status,
    401,
  );
  const apps = await (await scene.browserOf("julia")).open("/apps");
  assert.deepEqual(appsOn(apps), []);

  const [away, other] = [scene.start(), await scene.start().open(personaOf("ida"), GOING)];
  await away.end(GOING);
  await other.close();
  scene.answer = () => Promise.reject(new TypeError("no way there"));
  await access.end(GOING);
});

Deno.test("a persona that disconnects the app ends this tick's tokens, and is asked once more at the next tick", async () => {
  await using scene = await createAppScene();
  const access = scene.start();
  const entrance = await access.open(personaOf("julia"), GOING);
  const token = await entrance.token();
  await disconnect(scene);
  await assert.rejects(
    entrance.token(token),
    isFault("refused", /taken the app's access away/),
  );
  scene.asked.length = 0;
  await assert.rejects(entrance.token(token), isFault("refused", /taken the app's access away/));
  await assert.rejects(entrance.token(), isFault("refused", /taken the app's access away/));
  await entrance.close();
  assert.equal(askedFor(scene, "token").length, 0);

  const next = await access.open(personaOf("julia"), GOING);
  assert.equal((await callAs(scene, next, "notes_search", { query: "o" })).status, 200);
  await next.close();
  assert.equal(askedFor(scene, "register").length, 0);
  assert.equal(askedFor(scene, "consent").filter(({ method }) => method === "POST").length, 1);
});

Deno.test("a persona that disconnects the app between two ticks is asked once more when the token has to be renewed", async () => {
  await using scene = await createAppScene();
  const access = scene.start();
  await (await access.open(personaOf("julia"), GOING)).close();
  await disconnect(scene);
  scene.world.clock.now += 24 * 60 * 60_000;
  scene.asked.length = 0;
  const next = await access.open(personaOf("julia"), GOING);
  assert.equal((await callAs(scene, next, "notes_search", { query: "o" })).status, 200);
  assert.equal(askedFor(scene, "consent").filter(({ method }) => method === "POST").length, 1);
});

Deno.test("a server that has forgotten the app is told of it anew at the next tick, and not in a circle", async () => {
  await using scene = await createAppScene();
  const access = scene.start();
  scene.answer = async ({ url }) => {
    if (!url.includes("/authorize?")) return undefined;
    return await scene.world.auth(new URL(url).pathname + "?client_id=nobody&response_type=code");
  };
  await assert.rejects(access.open(personaOf("julia"), GOING), isFault("refused", /no consent page/));
  assert.equal(askedFor(scene, "register").length, 1);
  scene.answer = null;
  await (await access.open(personaOf("julia"), GOING)).close();
  assert.equal(askedFor(scene, "register").length, 2);

  scene.world.clock.now += 24 * 60 * 60_000;
  scene.answer = (request) =>
    request.url.endsWith("/oauth2/token") && askedFor(scene, "register").length === 2
      ? Response.json({ error: "invalid_client", error_description: "who?" }, { status: 401 })
      : undefined;
  const again = await access.open(personaOf("julia"), GOING);
  assert.equal((await callAs(scene, again, "notes_search", { query: "o" })).status, 200);
  assert.equal(askedFor(scene, "register").length, 3);
});

/** Julia takes the runner's access away, on her page of apps. */
async function disconnect(scene: Awaited<ReturnType<typeof createAppScene>>): Promise<void> {
  const julia = await scene.browserOf("julia");
  const page = await julia.open("/apps");
  const grant = /name="grant" value="([^"]+)"/.exec(page.html)?.[1];
  const after = await julia.submit(page, "/apps", { zone: undefined, grant, end: "yes" });
  assert.deepEqual(appsOn(after), [], after.html);
}
