/** What a person narrowed an app by: kept with the grant, told by introspection and with each token, never asked for by an app. */
import assert from "node:assert/strict";
import { z } from "zod";
import { GRANTABLE } from "../../sign_in/oauth/grants/grantable_modules.ts";
import type { Grant } from "../../sign_in/oauth/grants/grant.ts";
import type { GrantChange } from "../../sign_in/oauth/grants/grant_changes.ts";
import { createGrantStore } from "../../sign_in/oauth/grants/grant_store.ts";
import { createLedgerWishes } from "../../sign_in/oauth/grants/ledger_wishes.ts";
import { createScopeList } from "../../sign_in/oauth/grants/scopes.ts";
import { makeFolder } from "../backend/_folder.ts";
import { createFlow, type Flow } from "../_support/flow.ts";
import {
  authorizeUrl,
  connect,
  decode,
  getCode,
  introspect,
  ISSUER,
  redeem,
  refresh,
  refusalOf,
  register,
  returned,
  tokensOf,
} from "../_support/oauth_flow.ts";
import { openTestDatabase } from "../_support/test_database.ts";

const Rules = z.object({
  v: z.number(),
  rules: z.array(z.looseObject({ collection: z.string(), where: z.unknown().optional() })).default([]),
});
const WORK = { v: 1, modules: { journal: { since: "P30D", tags: ["work"] } } } as const;

/** A server whose database the test holds as well, as another node does. */
async function createNarrowed() {
  const folder = await makeFolder();
  const flow = await createFlow({ data: folder.path });
  const signIn = await openTestDatabase(folder.path);
  const grants = createGrantStore(signIn, createScopeList(GRANTABLE.modules), () => flow.clock.now);
  const grantOf = async (access: string): Promise<Grant> => {
    const grant = await grants.findLive(String(decode(access).claims.gid));
    assert.ok(grant !== undefined);
    return grant;
  };
  return {
    flow,
    signIn,
    grants,
    grantOf,
    wishes: createLedgerWishes(signIn),
    /** Changes a grant as the page of apps does. */
    async change(access: string, to: Partial<GrantChange>) {
      const grant = await grantOf(access);
      const { id, revision, permissions, spaces, toolProfile, askFirst } = grant;
      return await grants.change(id, revision, { permissions, spaces, toolProfile, askFirst, ...to });
    },
    async [Symbol.asyncDispose]() {
      await signIn.close();
      await flow[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** The conditions of the journal, as introspection tells them; undefined: no document. */
async function journalOf(flow: Flow, access: string) {
  const { active, authorization_details: details } = await introspect(flow, access);
  assert.equal(active, true);
  if (details === undefined) return undefined;
  const [entry, ...others] = z.array(Rules).parse(details);
  assert.deepEqual(others, []);
  return entry?.rules.find(({ collection }) => collection === "journal/journalEntries");
}

const WHERE = [
  { field: "entryDate", op: "gte", value: "-P30D" },
  { field: "tags", op: "any", value: ["work"] },
];

Deno.test("narrowing: told by introspection at once, with the token that the app has; and back", async () => {
  await using world = await createNarrowed();
  const { flow } = world;
  const anna = await flow.personWithBrowser("anna");
  const { access, clientId, refresh: first } = await connect(flow, anna);
  assert.equal(await journalOf(flow, access), undefined, "an older grant has none");
  assert.equal("read_budget" in await introspect(flow, access), false);

  assert.equal(await world.change(access, { narrowing: WORK, readBudget: 200 }), true);
  assert.deepEqual((await journalOf(flow, access))?.where, WHERE, "no token has ended");
  assert.equal((await introspect(flow, access)).read_budget, 200);
  const answer = await refresh(flow, clientId, first);
  const told = z.object({ authorization_details: z.array(Rules) }).parse(await answer.clone().json());
  assert.equal(told.authorization_details.length, 1, "RFC 9396, section 7");
  const tokens = await tokensOf(answer);
  assert.deepEqual((await journalOf(flow, tokens.access))?.where, WHERE);

  assert.equal(await world.change(access, { narrowing: null, readBudget: null }), true);
  assert.equal(await journalOf(flow, access), undefined);
  assert.equal("read_budget" in await introspect(flow, access), false);
  const plain = await refresh(flow, clientId, tokens.refresh);
  assert.equal("authorization_details" in z.looseObject({}).parse(await plain.json()), false);
});

Deno.test("narrowing: a change that says nothing of it leaves it, and an old form changes nothing", async () => {
  await using world = await createNarrowed();
  const anna = await world.flow.personWithBrowser("anna");
  const { access } = await connect(world.flow, anna);
  const before = await world.grantOf(access);
  await world.change(access, { narrowing: WORK, readBudget: 50 });
  await world.change(access, { askFirst: true });
  const after = await world.grantOf(access);
  assert.deepEqual([after.narrowing, after.readBudget, after.askFirst], [WORK, 50, true]);
  assert.deepEqual([after.version, after.revision], [before.version, before.revision + 2]);
  const stale = { ...stripped(after), narrowing: null };
  assert.equal(await world.grants.change(after.id, before.revision, stale), false);
  assert.deepEqual((await world.grantOf(access)).narrowing, WORK);
  // Scopes are the token's: there the app has to fetch a new one.
  await world.change(access, { permissions: after.permissions.slice(1) });
  assert.equal((await world.grantOf(access)).version, before.version + 1);
  assert.deepEqual(await introspect(world.flow, access), { active: false });
});

Deno.test("narrowing: a permission that is taken away takes along what was chosen for its module", async () => {
  await using world = await createNarrowed();
  const { flow } = world;
  const anna = await flow.personWithBrowser("anna");
  const { access, clientId, refresh: token } = await connect(flow, anna, {}, {
    scope: "journal:read journal:write notes:read notes:write mood:write offline_access",
  });
  await world.change(access, {
    permissions: ["journal:read", "journal:write", "notes:read", "notes:write", "mood:write"],
    narrowing: {
      v: 1,
      modules: {
        journal: { since: "P30D", blind: true },
        notes: { fields: "titles" },
        mood: { fields: "moods" },
      },
    },
  });
  const { id } = await world.grantOf((await tokensOf(await refresh(flow, clientId, token))).access);
  assert.equal(await world.grants.keepReading(id), true);
  const kept = await world.grants.findLive(id);
  assert.deepEqual(kept?.narrowing, {
    v: 1,
    modules: { journal: { since: "P30D" }, notes: { fields: "titles" } },
  });
  assert.ok(kept);
  await world.grants.change(id, kept.revision, { ...stripped(kept), permissions: ["notes:read"] });
  const last = await world.grants.findLive(id);
  assert.deepEqual(last?.narrowing, { v: 1, modules: { notes: { fields: "titles" } } });
});

/** A grant as its form says it. */
function stripped({ permissions, spaces, toolProfile, askFirst }: Grant): GrantChange {
  return { permissions, spaces, toolProfile, askFirst };
}

Deno.test("narrowing: a choice that cannot be read shows the app nothing, stays as it is, and can be made anew", async () => {
  await using world = await createNarrowed();
  const { flow, signIn } = world;
  const anna = await flow.personWithBrowser("anna");
  const { access } = await connect(flow, anna);
  const newer = '{"v":2,"modules":{}}';
  await signIn.db.updateTable("grants").set({ narrowing: newer }).execute();
  const { authorization_details: details } = await introspect(flow, access);
  assert.deepEqual(details, [{ type: "mana_records", v: 0 }]);
  await world.change(access, { askFirst: true });
  const stored = await signIn.db.selectFrom("grants").select("narrowing").executeTakeFirst();
  assert.equal(stored?.narrowing, newer, "a newer version may read it again");
  // Connecting anew opens nothing either.
  flow.clock.now += 1000;
  const again = await tokensOf(await redeem(flow, ...await codeAgain(anna, access)));
  assert.deepEqual((await introspect(flow, again.access)).authorization_details, details);
  await world.change(again.access, { narrowing: WORK });
  assert.deepEqual((await journalOf(flow, again.access))?.where, WHERE);
});

/** The code of a second connection of the same client. */
async function codeAgain(
  browser: Parameters<typeof getCode>[0],
  access: string,
): Promise<[string, string]> {
  const clientId = String(decode(access).claims.client_id);
  return [clientId, await getCode(browser, clientId)];
}

Deno.test("narrowing: an app that connects again stays narrowed, also as a new registration", async () => {
  await using world = await createNarrowed();
  const { flow } = world;
  const anna = await flow.personWithBrowser("anna");
  const { access } = await connect(flow, anna);
  await world.change(access, { narrowing: WORK, readBudget: 50 });
  flow.clock.now += 1000;
  const same = await tokensOf(await redeem(flow, ...await codeAgain(anna, access)));
  assert.deepEqual(await introspect(flow, access), { active: false }, "its place is taken");
  assert.deepEqual((await journalOf(flow, same.access))?.where, WHERE);
  flow.clock.now += 1000;
  const other = await connect(flow, anna);
  assert.deepEqual((await journalOf(flow, other.access))?.where, WHERE);
  assert.equal((await introspect(flow, other.access)).read_budget, 50);
  flow.clock.now += 1000;
  const less = await connect(flow, anna, {}, { scope: "notes:read offline_access" });
  assert.equal(
    (await world.grantOf(less.access)).narrowing,
    undefined,
    "of what is not allowed nothing is kept",
  );
  flow.clock.now += 1000;
  const ben = await flow.personWithBrowser("ben");
  assert.equal(await journalOf(flow, (await connect(flow, ben)).access), undefined);
});

Deno.test("strict ledger: a wish for every app of one person, present and later, until it is taken back", async () => {
  await using world = await createNarrowed();
  const { flow, wishes } = world;
  const [anna, ben] = [await flow.personWithBrowser("anna"), await flow.personWithBrowser("ben")];
  const mine = await connect(flow, anna);
  const his = await connect(flow, ben);
  const { userId } = await world.grantOf(mine.access);
  const ledger = async (access: string) => (await introspect(flow, access)).ledger;
  assert.deepEqual([await wishes.isStrict(userId), await ledger(mine.access)], [false, undefined]);
  await wishes.setStrict(userId, true);
  await wishes.setStrict(userId, true);
  const { access: later } = await connect(flow, anna, { keep: "yes" });
  assert.deepEqual([await ledger(mine.access), await ledger(later), await ledger(his.access)], [
    "strict",
    "strict",
    undefined,
  ]);
  assert.equal(await wishes.isStrict(userId), true);
  await world.signIn.db.updateTable("ledger_wishes").set({ wish: "stricter" }).execute();
  assert.equal(await ledger(later), "strict", "a word of a newer version is no less");
  await wishes.setStrict(userId, true);
  const stored = await world.signIn.db.selectFrom("ledger_wishes").selectAll().execute();
  assert.deepEqual(stored.map(({ wish }) => wish), ["stricter"], "nor is it written over");
  await wishes.setStrict(userId, false);
  assert.deepEqual([await ledger(mine.access), await ledger(later)], [undefined, undefined]);
});

Deno.test("strict ledger: the wish goes with the account, when somebody connects an app the next time", async () => {
  await using world = await createNarrowed();
  const { flow, signIn, wishes } = world;
  const [anna, ben] = [await flow.personWithBrowser("anna"), await flow.personWithBrowser("ben")];
  const { userId: gone } = await world.grantOf((await connect(flow, anna)).access);
  const { userId: here } = await world.grantOf((await connect(flow, ben)).access);
  for (const userId of [gone, here]) await wishes.setStrict(userId, true);
  await signIn.db.deleteFrom("user").where("id", "=", gone).execute();
  await connect(flow, ben);
  assert.deepEqual([await wishes.isStrict(gone), await wishes.isStrict(here)], [false, true]);
});

Deno.test("budget: only a number of records is stored", async () => {
  await using world = await createNarrowed();
  const anna = await world.flow.personWithBrowser("anna");
  const { access } = await connect(world.flow, anna);
  for (const readBudget of [0, -1, 1.5, NaN, 100_001]) {
    await assert.rejects(world.change(access, { readBudget }), TypeError);
  }
  await world.change(access, { readBudget: 1 });
  assert.equal((await introspect(world.flow, access)).read_budget, 1);
});

Deno.test("authorization_details: an app that asks for some is refused in the words of RFC 9396, the person signed in or not", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  const details = JSON.stringify([{ type: "mana_records", v: 1, tz: "UTC", until: null, rules: [] }]);
  for (const browser of [anna, flow.browser()]) {
    const answer = returned(await browser.open(authorizeUrl(client_id, { authorization_details: details })));
    assert.deepEqual(Object.fromEntries(answer), {
      error: "invalid_authorization_details",
      error_description: "The person alone narrows what an app gets",
      state: "a state",
      iss: ISSUER,
    });
  }
});

Deno.test("authorization_details: nobody is sent to an address that the app did not register", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  for (
    const changes of [{ redirect_uri: "http://127.0.0.1:33418/elsewhere" }, { client_id: "unknown" }, {
      redirect_uri: "https://evil.test/",
    }]
  ) {
    const page = await anna.open(authorizeUrl(client_id, { authorization_details: "[]", ...changes }));
    assert.equal(page.leaves, undefined);
    assert.doesNotMatch(page.html, /invalid_authorization_details|evil\.test/);
  }
});

Deno.test("authorization_details: refused at the token endpoint too, before the code is used up", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  const code = await getCode(anna, client_id);
  const ask = (changes: Record<string, string>) => redeem(flow, client_id, code, changes);
  assert.equal(
    await refusalOf(await ask({ authorization_details: "[]" })),
    "400 invalid_authorization_details",
  );
  const tokens = await tokensOf(await ask({}));
  assert.equal(
    await refusalOf(await refresh(flow, client_id, tokens.refresh, { authorization_details: "[]" })),
    "400 invalid_authorization_details",
  );
  await tokensOf(await refresh(flow, client_id, tokens.refresh));
});
