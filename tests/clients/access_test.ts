import assert from "node:assert/strict";
import { INTROSPECTION_CACHE_MS, MEMBERSHIP_COOLDOWN_MS } from "../../lib/kit/limits.ts";
import { connect, form, refresh, RESOURCE, tokensOf } from "../_support/oauth_flow.ts";
import { makeSpace, makeTeam } from "../_support/team.ts";
import { signIn } from "../_support/test_backend.ts";
import { connectToOneOfTwo, createConnected } from "../_support/connected.ts";
import { legacyRequest, openSession } from "../_support/mcp_request.ts";

/** The claims of a JWT, unverified. */
function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(
    Uint8Array.fromBase64(token.split(".")[1] ?? "", { alphabet: "base64url" }),
  ));
}

Deno.test("a connected client works within what the person chose, and is shown nothing else", async () => {
  await using world = await createConnected();
  const { access } = await connect(world, world.anna, { allow: ["habits:read", "habits:write"] });
  const list = await (await world.rpc(access, "tools/list")).json();
  assert.deepEqual(
    list.result.tools.map(({ name }: { name: string }) => name),
    [
      "habits_create",
      "habits_list",
      "habits_update",
      "habits_archive",
      "habits_log",
      "habits_logs",
      "habits_overview",
      "habits_unlog",
      "approvals_get",
      "undo_preview",
      "undo_apply",
    ],
  );
  const made = await world.call(access, "habits_create", { title: "Drink water" });
  assert.equal(made.status, 200);
  assert.match(made.text, /"title":"Drink water"/);
});

Deno.test("a call outside the choice is 403 and names what is missing, not what the token has", async () => {
  await using world = await createConnected();
  const { access } = await connect(world, world.anna, { allow: ["habits:read"] });
  for (
    const [name, scope] of [["todo_list", "todo:read"], ["habits.delete", "habits:destructive"]] as const
  ) {
    const response = await world.rpc(access, "tools/call", { name, arguments: { id: "x" } });
    assert.equal(response.status, 403);
    const challenge = response.headers.get("www-authenticate") ?? "";
    assert.match(challenge, /error="insufficient_scope"/);
    assert.equal(/scope="([^"]+)"/.exec(challenge)?.[1], `${scope} offline_access`);
    assert.ok(
      challenge.includes(
        'resource_metadata="http://127.0.0.1:3069/.well-known/oauth-protected-resource/mcp"',
      ),
    );
    const { error } = await response.json();
    assert.equal(error.message, `The token does not allow this: connect again and allow ${scope}.`);
  }
});

Deno.test("the client's own token reaches no service but the auth service that is asked about it", async () => {
  await using world = await createConnected();
  const { access } = await connect(world, world.anna);
  assert.equal((await world.call(access, "todo_create", { title: "Buy milk" })).status, 200);
  const presented = world.upstreamCalls.filter(({ headers }) =>
    headers.get("authorization") === `Bearer ${access}`
  );
  assert.deepEqual(presented, []);
  const sync = world.upstreamCalls.find(({ url }) => url.includes("/sync/"));
  const exchanged = claimsOf(sync?.headers.get("authorization")?.slice(7) ?? "");
  assert.equal(exchanged.aud, "mana");
  assert.deepEqual(Object.keys(exchanged.act ?? {}), ["sub"]);
});

Deno.test("an exchanged token is kept until shortly before its end, then fetched anew", async () => {
  await using world = await createConnected();
  const { access } = await connect(world, world.anna);
  const exchanges = () => world.upstreamCalls.filter(({ url }) => url.endsWith("/oauth2/token")).length;
  for (let i = 0; i < 5; i++) await world.call(access, "habits_list");
  assert.equal(exchanges(), 1);
  world.clock.now += 5 * 60_000;
  await world.call(access, "habits_list");
  assert.equal(exchanges(), 2);
});

Deno.test("many first calls at once ask for a client's access once and exchange its token once", async () => {
  await using world = await createConnected();
  const { access } = await connect(world, world.anna);
  await Promise.all(Array.from({ length: 5 }, () => world.call(access, "habits_list")));
  for (const path of ["/introspect", "/oauth2/token"]) {
    assert.equal(world.upstreamCalls.filter(({ url }) => url.endsWith(path)).length, 1, path);
  }
});

Deno.test("access that was taken back ends within five seconds", async () => {
  await using world = await createConnected();
  const { access, clientId, refresh: refreshToken } = await connect(world, world.anna);
  assert.equal((await world.call(access, "habits_list")).status, 200);
  const revoked = await world.auth(
    "/api/auth/oauth2/revoke",
    form({ token: refreshToken, token_type_hint: "refresh_token", client_id: clientId }),
  );
  assert.equal(revoked.status, 200);
  await revoked.body?.cancel();
  world.clock.now += INTROSPECTION_CACHE_MS;
  const refused = await world.call(access, "habits_list");
  assert.equal(refused.status, 401);
  assert.match(refused.text, /Access was taken back or has ended: connect again/);
});

Deno.test("that access stands is believed no longer when the clock is set back, nor is an exchanged token", async () => {
  await using world = await createConnected();
  const { access, clientId, refresh: refreshToken } = await connect(world, world.anna);
  assert.equal((await world.call(access, "habits_list")).status, 200);
  const asks = (path: string) => world.upstreamCalls.filter(({ url }) => url.endsWith(path)).length;
  const before = [asks("/introspect"), asks("/oauth2/token")];
  assert.deepEqual(before, [1, 1]);
  world.clock.now -= 1_000;
  assert.equal((await world.call(access, "habits_list")).status, 200);
  assert.deepEqual([asks("/introspect"), asks("/oauth2/token")], [2, 2]);
  const revoked = await world.auth(
    "/api/auth/oauth2/revoke",
    form({ token: refreshToken, token_type_hint: "refresh_token", client_id: clientId }),
  );
  await revoked.body?.cancel();
  world.clock.now -= 1_000;
  for (let round = 0; round < 3; round++) assert.equal((await world.call(access, "habits_list")).status, 401);
  assert.equal(asks("/introspect"), 3, "that it was taken back is believed as long");
});

Deno.test("a session goes on with a refreshed token, and ends with the access", async () => {
  await using world = await createConnected();
  const first = await connect(world, world.anna);
  const callIn = (session: string, token: string) =>
    world.gateway.fetch(
      legacyRequest(token, "tools/call", { name: "habits_list", arguments: {} }, { session, url: RESOURCE }),
    );
  const session = await openSession(world.gateway.fetch, first.access, {}, RESOURCE);
  world.clock.now += 14 * 60_000;
  const second = await tokensOf(await refresh(world, first.clientId, first.refresh));
  world.clock.now += 2 * 60_000;
  const listed = await callIn(session, second.access);
  assert.equal(listed.status, 200);
  assert.match(await listed.text(), /"habits":\[\]/);
  const revoked = await world.auth(
    "/api/auth/oauth2/revoke",
    form({ token: second.refresh, client_id: first.clientId }),
  );
  await revoked.body?.cancel();
  world.clock.now += INTROSPECTION_CACHE_MS;
  const refused = await callIn(session, second.access);
  assert.equal(refused.status, 401);
  await refused.body?.cancel();
});

Deno.test("a token for another resource, and a client's token as the person's own, are refused", async () => {
  await using world = await createConnected({ PUBLIC_URL: "https://mana.test", ALLOWED_HOSTS: "127.0.0.1" });
  const { access } = await connect(world, world.anna);
  const response = await world.rpc(access, "tools/list");
  assert.equal(response.status, 401);
  assert.match(await response.text(), /meant for another audience/);
});

Deno.test("without a service key a client is refused, unless the operator forwards tokens and says so", async () => {
  await using closed = await createConnected({ MANA_SERVICE_KEY: "" });
  const { access } = await connect(closed, closed.anna);
  const refused = await closed.call(access, "habits_list");
  assert.equal(refused.status, 503);
  assert.match(refused.text, /its operator has to set MANA_SERVICE_KEY/);

  await using open = await createConnected({ MANA_SERVICE_KEY: "", TOKEN_FORWARDING: "allow" });
  const second = await connect(open, open.anna);
  await open.call(second.access, "spaces_list");
  assert.equal(open.logLines.filter((line) => line.includes("TOKEN_FORWARDING sends")).length, 1);
  assert.ok(
    open.upstreamCalls.some(({ headers }) => headers.get("authorization") === `Bearer ${second.access}`),
  );
});

Deno.test("a grant for some spaces is all that a client can name or see", async () => {
  await using world = await createConnected();
  const { person, given, kept, access } = await connectToOneOfTwo(world, [
    "spaces:read",
    "habits:read",
    "habits:write",
  ]);
  const listed = async (space: string | null) => {
    const response = await world.rpc(access, "tools/call", { name: "spaces_list", arguments: {} }, space);
    return { status: response.status, text: await response.text() };
  };
  const inside = await listed(given);
  assert.equal(inside.status, 200);
  const { spaces, activeSpaceId } = JSON.parse(inside.text).result.structuredContent;
  assert.deepEqual(spaces.map(({ id }: { id: string }) => id), [given]);
  assert.equal(activeSpaceId, given);
  for (const space of [kept, `_personal:${person.id}`]) {
    const refused = await listed(space);
    assert.equal(refused.status, 403);
    assert.match(refused.text, /This client was not given the space/);
  }
});

Deno.test("a grant of one shared space only is used without a header, a grant of two asks which", async () => {
  await using world = await createConnected();
  const { anna } = world;
  const person = await signIn(world, "anna@mana.test");
  const team = await makeTeam(world, person);
  const club = await makeTeam(world, person);
  const grantOf = async (space: string[]) =>
    (await connect(world, anna, {
      allow: ["spaces:read", "notes:read", "notes:write"],
      where: "some",
      space,
    }))
      .access;
  const structured = async (access: string, name: string, args = {}) =>
    JSON.parse((await world.call(access, name, args)).text).result.structuredContent;

  const one = await grantOf([team]);
  const { note } = await structured(one, "notes_create", { title: "Agenda" });
  assert.equal((await structured(one, "spaces_list")).activeSpaceId, team);
  const listed = await world.rpc(one, "tools/call", { name: "notes_search", arguments: {} }, team);
  assert.equal((await listed.json()).result.structuredContent.notes[0].id, note.id);

  const two = await grantOf([team, club]);
  const { text } = await world.call(two, "notes_create", { title: "Agenda" });
  const words: string = JSON.parse(text).result.content[0].text;
  assert.match(
    words,
    /^It is not clear which space is meant\. Give one of these ids as the argument `space`/,
  );
  // Names beside the ids, and none of the personal space, which was not given.
  const named = [...words.matchAll(/(\w{21,}) \("team-[0-9a-f-]{35}…"\)/g)].map(([, id]) => id);
  assert.deepEqual(named.sort(), [team, club].sort());
  const { activeSpaceId, note: remark } = await structured(two, "spaces_list");
  assert.equal(activeSpaceId, null);
  assert.equal(
    remark,
    "None of these spaces is active: give one of these ids as `space` to the other tools.",
  );
});

Deno.test("a client cannot try out the names of spaces that it was not given", async () => {
  await using world = await createConnected();
  const person = await signIn(world, "anna@mana.test");
  const [given, kept] = [await makeSpace(world, person, "Familie"), await makeSpace(world, person, "Verein")];
  const { access } = await connect(world, world.anna, {
    allow: ["notes:read"],
    where: "some",
    space: [given],
  });
  const words = async (space: string): Promise<string> => {
    const { text } = await world.call(access, "notes_search", { space });
    return JSON.parse(text).result.content[0].text;
  };
  assert.match(await words("Familie"), /"notes":\[\]/);
  // As unknown as a name that nobody has.
  assert.equal(await words("Verein"), await words("Nirgends"));
  assert.equal(
    await words("Verein"),
    "No space that can be used here has this id or name. Give one of these ids as the argument `space` or in the " +
      `X-Mana-Space header: ${given} ("Familie").`,
  );
  assert.match(await words(kept), /^This client was not given the space that was chosen/);
});

Deno.test("a grant of two shared spaces never falls to the one that is known while the other was joined a moment ago", async () => {
  await using world = await createConnected();
  const { anna } = world;
  const person = await signIn(world, "anna@mana.test");
  const team = await makeTeam(world, person);
  const first = await connect(world, anna, { allow: ["notes:read"] });
  await world.call(first.access, "notes_search"); // now the gateway knows the spaces
  const joined = await makeTeam(world, person);
  const { access } = await connect(world, anna, {
    allow: ["notes:read", "notes:write"],
    where: "some",
    space: [team, joined],
  });
  world.clock.now += MEMBERSHIP_COOLDOWN_MS;
  const { text } = await world.call(access, "notes_create", { title: "For the new team" });
  assert.match(text, /It is not clear which space is meant/);
});

Deno.test("a grant of spaces that the person has left is over, in words", async () => {
  await using world = await createConnected();
  const { anna } = world;
  const person = await signIn(world, "anna@mana.test");
  const team = await makeTeam(world, person);
  const { access } = await connect(world, anna, { allow: ["notes:read"], where: "some", space: [team] });
  world.intercept = ({ url }) =>
    url.endsWith("/organization/list")
      ? Response.json([{ id: "own", metadata: { type: "personal" } }])
      : undefined;
  const { text } = await world.call(access, "notes_search");
  assert.match(text, /You are no longer a member of any space that this client was given: connect again/);
});

Deno.test("the page of connected apps learns how often a client was used, and nothing else", async () => {
  await using world = await createConnected();
  const { access } = await connect(world, world.anna);
  await world.call(access, "habits_create", { title: "MARK-private" });
  await world.call(access, "habits_list");
  await world.call(access, "habits_list");
  await world.gateway.stop(); // sends what was gathered
  const { html } = await world.anna.open("/apps");
  assert.match(html, /2/);
  assert.equal(html.includes("MARK"), false);
});

Deno.test("what a connected client writes carries the name that the person read on the consent page", async () => {
  await using world = await createConnected();
  const { access } = await connect(world, world.anna);
  await world.call(access, "habits_create", { title: "Drink water" });
  const sync = world.upstreamCalls.find(({ url }) => url.includes("/sync/habits/pull"));
  const log = await world.sync(
    "/sync/habits/pull?collection=habits&since=1970-01-01T00:00:00.000Z",
    { headers: { authorization: sync?.headers.get("authorization") ?? "" } },
  );
  const [change] = (await log.json()).serverChanges;
  assert.match(change.actor.principalId, /^mana-mcp:app:[0-9a-f]{32}$/);
  assert.equal(change.actor.displayName, "Test app");
});

Deno.test("an exchanged token that a service refuses is forgotten: the answer is 401, and the next call gets another", async () => {
  await using world = await createConnected();
  const { access } = await connect(world, world.anna);
  const exchanges = () => world.upstreamCalls.filter(({ url }) => url.endsWith("/oauth2/token")).length;
  assert.equal((await world.call(access, "habits_list")).status, 200);
  const before = exchanges();
  world.intercept = ({ url }) => url.includes("/sync/") ? new Response(null, { status: 401 }) : undefined;
  const refused = await world.call(access, "habits_list");
  assert.equal(refused.status, 401);
  assert.match(refused.text, /The sync service refused your token/);
  world.intercept = null;
  assert.equal((await world.call(access, "habits_list")).status, 200);
  assert.equal(exchanges(), before + 1);
});
