/** The choice of what an app may do where there are 43 modules: presets, groups, and what is sensitive. */
import assert from "node:assert/strict";
import type { Browser, Page } from "../_support/browser.ts";
import { fieldsOf } from "../_support/browser.ts";
import { createFlow, type Flow, onlyEmbedded } from "../_support/flow.ts";
import { manyModules } from "../_support/many_modules.ts";
import {
  allow,
  authorizeUrl,
  connect,
  decode,
  introspect,
  redeem,
  refresh,
  register,
  returned,
  tokensOf,
} from "../_support/oauth_flow.ts";
import { makeTeam } from "../_support/team.ts";
import { signIn } from "../_support/test_backend.ts";
import { makeFolder } from "../backend/_folder.ts";
import { createScopeList } from "../../sign_in/oauth/grants/scopes.ts";

const grantable = manyModules();
const { permissions, isSensitive, supported } = createScopeList(grantable.modules);
const plain = permissions.filter((permission) => !isSensitive(permission));
const reads = plain.filter((permission) => permission.endsWith(":read"));
const harmless = plain.filter((permission) => !permission.endsWith(":destructive"));

const many = () => createFlow({ grantable });
const ticked = (page: Page, action = "/consent") => fieldsOf(page, action).getAll("allow");
const preset = (page: Page, action = "/consent") => fieldsOf(page, action).get("preset");
const words = (scope: unknown) => String(scope).split(" ").filter((word) => word !== "offline_access");
/** The names of the groups that are unfolded. */
const unfolded = (page: Page) =>
  [...page.html.matchAll(/<details class="(?:plain|sensitive)[^"]*" open[^>]*><summary><strong>([^<]*)/g)]
    .map(([, name]) => name);

/** Finishes a consent page, and returns what the app was given. */
async function finish(flow: Flow, browser: Browser, clientId: string, page: Page, choice = {}) {
  flow.clock.now += 1000; // the newest choice is known by its time
  const code = returned(await allow(browser, page, choice)).get("code") ?? "";
  return await tokensOf(await redeem(flow, clientId, code));
}

Deno.test("presets: each stands for what it says, and nothing sensitive and no deleting is in any of them", async () => {
  await using flow = await many();
  const anna = await flow.personWithBrowser("anna");
  assert.equal(permissions.length, 125);
  for (const asked of ["mana:read mana:write mana:destructive offline_access", supported.join(" ")]) {
    const { client_id } = await register(flow, { client_name: `App ${asked.length}` });
    const page = await anna.open(authorizeUrl(client_id, { scope: asked }));
    assert.equal(preset(page), "add");
    assert.deepEqual(ticked(page).toSorted(), harmless.toSorted());
    assert.deepEqual(unfolded(page), []);
    assert.match(page.html, /Only what you tick yourself: Wellbeing, Cycle, Money\./);
  }
  const given = async (choice: Record<string, string | string[]>) =>
    words((await connect(flow, anna, choice)).scope);
  assert.deepEqual(await given({}), harmless);
  assert.deepEqual(await given({ preset: "look" }), reads);
  assert.deepEqual(
    await given({ preset: "choose", allow: ["notes:read", "todo:destructive", "mood:read"] }),
    [
      "todo:destructive",
      "notes:read",
      "mood:read",
    ],
  );
  // A word that is no preset, and none at all, are ticks alone.
  assert.deepEqual(await given({ preset: "everything", allow: ["notes:read"] }), ["notes:read"]);
});

Deno.test("presets: what is sensitive comes by its own tick, and no further than the preset goes", async () => {
  await using flow = await many();
  const anna = await flow.personWithBrowser("anna");
  const sensitive = ["mood:read", "mood:destructive", "period:write"] as const;
  const given = async (choice: Record<string, string>) =>
    words((await connect(flow, anna, { ...choice, allow: [...harmless, ...sensitive] })).scope)
      .filter((word) => !plain.some((permission) => permission === word));
  assert.deepEqual(await given({ preset: "look" }), ["mood:read"]);
  assert.deepEqual(await given({ preset: "add" }), ["mood:read", "period:write"]);
  assert.deepEqual(await given({ preset: "choose" }), [...sensitive]);
});

Deno.test("presets: a tick that was taken away beside a preset is asked about, never passed over", async () => {
  await using flow = await many();
  const anna = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  const page = await anna.open(authorizeUrl(client_id));
  const without = ticked(page).filter((permission) => permission !== "contacts:read");
  const asked = await allow(anna, page, { preset: "add", allow: [...without, "mood:read"] });
  assert.equal(asked.status, 422);
  assert.match(asked.html, /You changed single ticks, but “Look and add” is chosen/);
  assert.equal(preset(asked), "add");
  assert.ok(ticked(asked).includes("contacts:read") && ticked(asked).includes("mood:read"));
  // Who changes their mind once more has what they ticked; who says it again has what the preset says.
  const chosen = await allow(anna, asked, { preset: "add", allow: [...without, "mood:read"] });
  assert.equal(chosen.status, 422);
  const tokens = await finish(flow, anna, client_id, chosen);
  assert.deepEqual(words(tokens.scope).toSorted(), [...harmless, "mood:read"].toSorted());
});

Deno.test("step-up: a sensitive module is shown unfolded and unticked, and the app keeps what it has", async () => {
  await using flow = await many();
  const anna = await flow.personWithBrowser("anna");
  const { clientId, scope } = await connect(flow, anna);
  const page = await anna.open(authorizeUrl(clientId, { scope: "mood:read offline_access" }));
  assert.deepEqual(unfolded(page), ["Wellbeing"]);
  assert.deepEqual(ticked(page).toSorted(), words(scope).toSorted());
  assert.match(page.html, /value="mood:read"\/>See<\/label><span class="soft">It asks for this\./);
  assert.deepEqual(words((await finish(flow, anna, clientId, page)).scope), words(scope), "as it was");
  const again = await anna.open(authorizeUrl(clientId, { scope: "mood:read offline_access" }));
  const more = await finish(flow, anna, clientId, again, { allow: [...ticked(again), "mood:read"] });
  assert.deepEqual(words(more.scope).toSorted(), [...words(scope), "mood:read"].toSorted());
  // What the person ticked themselves is theirs: it stays ticked for this app at the next step.
  const next = await anna.open(authorizeUrl(clientId, { scope: "sleep:read offline_access" }));
  assert.ok(ticked(next).includes("mood:read") && !ticked(next).includes("sleep:read"));
});

Deno.test("step-up: an app of few modules is shown as it is, with every line", async () => {
  await using flow = await many();
  const anna = await flow.personWithBrowser("anna");
  const { clientId } = await connect(flow, anna, { allow: "notes:read" }, {
    scope: "notes:read offline_access",
  });
  const page = await anna.open(authorizeUrl(clientId, { scope: "finance:read todo:read offline_access" }));
  assert.deepEqual(unfolded(page), ["Day", "Money"]);
  assert.deepEqual(ticked(page), ["todo:read", "notes:read"]);
  assert.doesNotMatch(page.html, /Only look/);
});

Deno.test("sensitive: an app of the same name and place gets nothing ticked that another was given", async () => {
  await using flow = await many();
  const anna = await flow.personWithBrowser("anna");
  await connect(flow, anna, { allow: ["notes:read", "mood:read"] });
  const { client_id } = await register(flow);
  const page = await anna.open(authorizeUrl(client_id));
  assert.match(
    page.html,
    /What you allowed it then is ticked; only what is sensitive you have to tick again/,
  );
  assert.deepEqual(ticked(page), ["notes:read"]);
});

Deno.test(
  "modules that come later: a grant stays as it is, and connecting again ticks nothing like what was left out",
  {
    ignore: onlyEmbedded("a started-again server here has other people"),
  },
  async () => {
    const some = { ...grantable, modules: grantable.modules.filter(({ name }) => FEW.includes(name)) };
    const cases = [
      // Who had said yes to everything but deleting: the same of what is new, and nothing sensitive.
      { choice: {}, expected: harmless, preset: "add" },
      { choice: { preset: "look" }, expected: reads, preset: "look" },
      {
        choice: { allow: ["notes:read", "notes:write"] },
        expected: ["notes:read", "notes:write"],
        preset: "choose",
      },
    ];
    for (const { choice, expected, preset: shown } of cases) {
      await using folder = await makeFolder();
      const before = await createFlow({ data: folder.path, grantable: some });
      const browser = await before.personWithBrowser("anna");
      const mine = await connect(before, browser, choice);
      await before[Symbol.asyncDispose]();
      await using flow = await createFlow({ data: folder.path, grantable });
      const anna = flow.browser();
      for (const [name, value] of browser.cookies) anna.cookies.set(name, value);
      assert.equal((await introspect(flow, mine.access)).scope, mine.scope, "as it was");
      const page = await anna.open(authorizeUrl(mine.clientId));
      assert.deepEqual(ticked(page).toSorted(), expected.toSorted());
      assert.equal(preset(page), shown);
    }
  },
);

const FEW = ["spaces", "todo", "notes", "journal", "habits", "mood"];

Deno.test("apps: presets and single ticks change a connection both ways, a sensitive one by its tick alone", async () => {
  await using flow = await many();
  const anna = await flow.personWithBrowser("anna");
  const mine = await connect(flow, anna, { preset: "look" });
  let token = mine.refresh;
  const scopeNow = async () => {
    const next = await tokensOf(await refresh(flow, mine.clientId, token));
    token = next.refresh;
    return words(next.scope);
  };
  const page = await anna.open("/apps");
  assert.equal(preset(page, "/apps"), "look");
  assert.match(page.html, /<summary>Day \(6\)<\/summary><ul><li>Your day: see<\/li>/);
  await anna.submit(page, "/apps", { save: "yes", preset: "add" });
  assert.deepEqual(await scopeNow(), harmless);
  const wide = await anna.open("/apps");
  assert.deepEqual([preset(wide, "/apps"), unfolded(wide)], ["add", []]);
  await anna.submit(wide, "/apps", {
    save: "yes",
    preset: "look",
    allow: [...harmless, "mood:read", "mood:write"],
  });
  assert.deepEqual((await scopeNow()).toSorted(), [...reads, "mood:read"].toSorted());
  const odd = await anna.submit(await anna.open("/apps"), "/apps", {
    save: "yes",
    preset: "add",
    allow: ["notes:read"],
  });
  assert.equal(odd.status, 422);
  assert.match(odd.html, /You changed single ticks/);
  await anna.submit(await anna.open("/apps"), "/apps", {
    save: "yes",
    preset: "choose",
    allow: ["period:read"],
  });
  assert.deepEqual(await scopeNow(), ["period:read"]);
  assert.equal(preset(await anna.open("/apps"), "/apps"), "choose");
});

Deno.test("everything in a scope: what 43 modules come to fits into a token; too many spaces beside it are said", async () => {
  await using flow = await many();
  const browser = await flow.personWithBrowser("anna");
  const scope = supported.filter((word) => !word.startsWith("mana:")).join(" ");
  const { clientId, ...all } = await connect(flow, browser, { allow: permissions }, { scope });
  assert.deepEqual(words(all.scope), permissions);
  assert.equal(decode(all.access).claims.scope, all.scope);
  assert.ok(all.access.length < 6_000, `${all.access.length} bytes in a header line`);
  assert.equal((await introspect(flow, all.access)).scope, all.scope);

  const anna = await signIn(flow, "anna@mana.test");
  const teams: string[] = [];
  for (let count = 0; count < 60; count++) teams.push(await makeTeam(flow, anna));
  flow.clock.now += 61_000; // a list of spaces may be a minute old
  const page = await browser.open(authorizeUrl(clientId, { scope }));
  const refused = await allow(browser, page, { allow: permissions, where: "some", space: teams });
  assert.equal(refused.status, 422);
  assert.match(refused.html, /These are too many spaces for one app/);
  const fewer = await finish(flow, browser, clientId, refused, {
    allow: permissions,
    space: teams.slice(0, 50),
  });
  assert.equal(fewer.scope.split(" ").filter((word) => word.startsWith("space:")).length, 50);
  assert.equal((await introspect(flow, fewer.access)).active, true);
});
