/** A document is in force with the next answer of introspection, in both directions, and stays where nobody can be asked. */
import assert from "node:assert/strict";
import { type Connected, createConnected } from "../_support/connected.ts";
import { narrowApps } from "../_support/narrowed.ts";
import { connect } from "../_support/oauth_flow.ts";
import { bearer, signIn } from "../_support/test_backend.ts";

const TITLES = { rules: [{ collection: "notes/notes", access: ["read"], fields: ["title"] }] };
const NEW = { title: "Plan", content: "secret words" };

async function withNote(world: Connected, allow: readonly string[]) {
  const anna = await signIn(world, "anna@mana.test");
  await (await world.auth("/api/v1/me/encryption-vault/init", { method: "POST", headers: bearer(anna) })).body
    ?.cancel();
  assert.match((await world.call(anna.token, "notes_create", NEW)).text, /Plan/);
  const app = await connect(world, world.anna, { allow });
  return {
    anna,
    search: async (query = "") => (await world.call(app.access, "notes_search", { query })).text,
    ...app,
  };
}

Deno.test("an app is narrowed and widened while it works: its next call obeys", async () => {
  await using world = await createConnected();
  const { anna, search } = await withNote(world, ["notes:read"]);
  assert.match(await search(), /secret words/);
  narrowApps(world, TITLES);
  const narrow = await search();
  assert.match(narrow, /Plan/);
  assert.doesNotMatch(narrow, /secret words/);
  assert.match(narrow, /"withheld":\["content","color","isPinned","isArchived"\]/);
  assert.doesNotMatch(await search("secret"), /Plan/);
  narrowApps(world, { rules: [], v: 2 });
  assert.match(await search(), /cannot be read, so it is shown nothing.*Apps/);
  assert.match(
    (await world.call(anna.token, "notes_search")).text,
    /secret words/,
    "the person's own token is not narrowed",
  );
  narrowApps(world, null);
  assert.match(await search(), /secret words/);
});

Deno.test("a change that the document excludes is refused in words that say what is missing, and nothing is stored", async () => {
  await using world = await createConnected();
  const { access } = await withNote(world, ["notes:read", "notes:write"]);
  narrowApps(world, TITLES);
  assert.match(
    (await world.call(access, "notes_create", NEW)).text,
    /may not add or change records of notes\/notes here/,
  );
  narrowApps(world, { rules: [{ ...TITLES.rules[0], access: ["read", "write"] }] });
  assert.match((await world.call(access, "notes_create", NEW)).text, /may not set content in notes\/notes/);
});

Deno.test("where tokens are forwarded and nobody can be asked any more, what was said last still narrows", async () => {
  await using world = await createConnected({ TOKEN_FORWARDING: "allow" });
  const { search } = await withNote(world, ["notes:read"]);
  narrowApps(world, TITLES);
  assert.doesNotMatch(await search(), /secret words/);
  world.intercept = ({ url }) =>
    url.endsWith("/oauth/introspect") ? new Response("", { status: 404 }) : undefined;
  world.clock.now += 5_000;
  assert.doesNotMatch(await search(), /secret words/);
});
