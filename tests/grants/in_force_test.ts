/** A document is in force with the next answer of introspection, in both directions, and stays where nobody can be asked. */
import { createClock } from "../../lib/kit/clock.ts";
import { createMarks } from "../../lib/nodes/marks.ts";
import { createNodeKeys } from "../../lib/nodes/node_keys.ts";
import { createAccessNews } from "../../lib/people/access_news.ts";
import assert from "node:assert/strict";
import { Refused } from "../../lib/kit/errors.ts";
import { createLog } from "../../lib/observe/log.ts";
import { createClientAccess } from "../../lib/people/client_access.ts";
import type { LiveGrant } from "../../lib/people/introspection.ts";
import { clockOf } from "../_support/fake_clock.ts";
import { callerWith } from "./_narrowed.ts";
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
  assert.match(await search(), /cannot be read, so it is shown nothing.*apps/);
  assert.match(
    (await world.call(anna.token, "notes_search")).text,
    /secret words/,
    "the person's own token is not narrowed",
  );
  narrowApps(world, null);
  assert.match(await search(), /secret words/);
});

Deno.test("a list of which a document shows only some records says so, the same whether or not there are others", async () => {
  await using world = await createConnected();
  const { search } = await withNote(world, ["notes:read"]);
  const said = /the person shows this app only some of these records/;
  assert.doesNotMatch(await search(), said);
  narrowApps(world, TITLES);
  assert.doesNotMatch(await search(), said, "fields that are withheld are named in the record");
  const since = (value: string) => ({
    rules: [{ ...TITLES.rules[0], where: [{ field: "updatedAt", op: "gte", value }] }],
  });
  narrowApps(world, since("-P7D"));
  const all = await search();
  assert.match(all, /Plan/);
  assert.match(all, said);
  narrowApps(world, since("9000-01-01"));
  const none = await search();
  assert.doesNotMatch(none, /Plan/);
  assert.match(none, said);
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
  const { principal, token, tally } = callerWith("");
  const { recordsDocument: _, ...client } = principal.client ?? assert.fail();
  const told: LiveGrant = { name: "App", recordsDocument: "{}", readBudget: 7 };
  let isGone = false;
  const gone = () => Promise.reject(new Refused({ reason: "exchange-unavailable", upstream: "sign-in" }));
  const access = createClientAccess({
    introspection: {
      check: () => isGone ? gone() : Promise.resolve(told),
      forget() {},
      doubt() {},
      lastFound: () => told,
    },
    exchange: { exchange: () => Promise.resolve({ token, until: Infinity }), forget() {}, doubt() {} },
    mayForward: true,
    news: createAccessNews({
      marks: createMarks(createNodeKeys([], (count) => new Uint8Array(count))),
      messages: { send: () => false, on: () => () => {} },
      clock: createClock({ calendar: () => 0, elapsed: () => 0 }),
    }),
    log: createLog({ level: "error", clock: clockOf(() => 0), write() {} }),
  });
  const before = { ...principal, client };
  for (const isOver of [false, true]) {
    isGone = isOver;
    const { principal: found } = await access.admit(before, token, tally);
    assert.deepEqual([found.client?.recordsDocument, found.client?.readBudget], ["{}", 7]);
  }
  // What is not said any more does not stay behind.
  assert.equal(
    access.current({ ...principal, client: { ...client, askFirst: "write" } }).client?.askFirst,
    undefined,
  );
});
