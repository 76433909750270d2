/** What a person chose stays chosen, and can be changed both ways at any time (designs: sign-in 8 and Pages). */
import assert from "node:assert/strict";
import { makeTeam } from "../_support/team.ts";
import { signIn } from "../_support/test_backend.ts";
import { createConnected } from "../_support/connected.ts";
import { createFlow, type Flow } from "../_support/flow.ts";
import {
  allow,
  authorizeUrl,
  connect,
  decode,
  getCode,
  introspect,
  redeem,
  refresh,
  refusalOf,
  register,
  tokensOf,
} from "../_support/oauth_flow.ts";
import { type Browser, type Changes, fieldsOf, type Page } from "../_support/browser.ts";

const ticked = (page: Page, action = "/consent") => fieldsOf(page, action).getAll("allow");
const cards = (page: Page) => page.html.split("<article").length - 1;
const offered = (page: Page) =>
  [...page.html.matchAll(/name="allow" value="([^"]+)"/g)].map(([, one = ""]) => one);

/** Connects a client that has registered. */
async function reconnect(
  flow: Flow,
  browser: Browser,
  clientId: string,
  choice: Changes = {},
  request: Record<string, string> = {},
) {
  const code = await getCode(browser, clientId, choice, request);
  return await tokensOf(await redeem(flow, clientId, code, pick(request)));
}

const pick = ({ redirect_uri }: Record<string, string>): Record<string, string> =>
  redirect_uri === undefined ? {} : { redirect_uri };

Deno.test("connecting again: what was chosen before is ticked again, in what, where and until when", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const team = await makeTeam(flow, await signIn(flow, "anna@mana.test"));
  flow.clock.now += 61_000; // a list of spaces may be a minute old
  const choice = { allow: ["notes:read", "notes:destructive"], where: "some", space: [team], until: "week" };
  const { clientId } = await connect(flow, anna, choice);
  const page = await anna.open(authorizeUrl(clientId));
  assert.deepEqual(ticked(page), ["notes:read", "notes:destructive"]);
  const fields = fieldsOf(page, "/consent");
  assert.deepEqual(
    [fields.get("where"), fields.getAll("space"), fields.get("until")],
    ["some", [team], "week"],
  );
  assert.match(page.html, /You have connected it before/);
  // Also what the person changed since, and after the connection was ended.
  await anna.submit(await anna.open("/apps"), "/apps", {
    save: "yes",
    preset: "choose",
    allow: ["todo:read"],
    where: "all",
  });
  assert.deepEqual(ticked(await anna.open(authorizeUrl(clientId))), ["todo:read"]);
  await anna.submit(await anna.open("/apps"), "/apps", { end: "yes" });
  assert.deepEqual(ticked(await anna.open(authorizeUrl(clientId))), ["todo:read"]);
  // Another person's choice is nobody else's.
  const ben = await flow.personWithBrowser("ben");
  assert.ok(ticked(await ben.open(authorizeUrl(clientId))).includes("habits:write"));
});

Deno.test("asking for one thing more: what the app has is offered and ticked beside it", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const { clientId, access } = await connect(flow, anna, { allow: ["notes:read", "todo:read"] });
  const ask = (scope: string) => anna.open(authorizeUrl(clientId, { scope: `${scope} offline_access` }));
  assert.deepEqual(ticked(await ask("notes:write")), ["todo:read", "notes:read", "notes:write"]);
  assert.deepEqual(ticked(await ask("notes:write notes:destructive")), [
    "todo:read",
    "notes:read",
    "notes:write",
  ]);
  const page = await ask("notes:destructive");
  assert.deepEqual(ticked(page), ["todo:read", "notes:read", "notes:destructive"]);
  assert.deepEqual(offered(page), ["todo:read", "notes:read", "notes:destructive"]);
  const code = new URL((await allow(anna, page)).leaves ?? "").searchParams.get("code") ?? "";
  const more = await tokensOf(await redeem(flow, clientId, code));
  assert.equal(more.scope, "todo:read notes:read notes:destructive offline_access");
  assert.deepEqual(await introspect(flow, access), { active: false }, "one grant, not two");
  // Only what it had before may be left of the choice.
  const kept = await allow(anna, await ask("journal:write"), { allow: ["notes:read"] });
  const again = new URL(kept.leaves ?? "").searchParams.get("code") ?? "";
  assert.equal(
    (await tokensOf(await redeem(flow, clientId, again))).scope,
    "notes:read offline_access",
  );
});

Deno.test("apps: more and less with the control of the consent page, at the gateway within five seconds", async () => {
  await using world = await createConnected();
  const { anna } = world;
  const mine = await connect(world, anna, { allow: ["notes:read"] });
  assert.equal((await world.call(mine.access, "notes_create", { title: "n" })).status, 403);
  const save = async (choice: Changes) =>
    await anna.submit(await anna.open("/apps"), "/apps", { save: "yes", preset: "choose", ...choice });

  await save({ allow: ["notes:read", "notes:write"] });
  world.clock.now += 5_000;
  // The client hears what makes it fetch the next token, and has what was added without asking the person.
  assert.equal((await world.call(mine.access, "notes_search")).status, 401);
  const wide = await tokensOf(await refresh(world, mine.clientId, mine.refresh));
  assert.equal(wide.scope, "notes:read notes:write offline_access");
  assert.equal((await world.call(wide.access, "notes_create", { title: "n" })).status, 200);

  await save({ allow: ["todo:read"] });
  world.clock.now += 5_000;
  assert.equal((await world.call(wide.access, "notes_create", { title: "n" })).status, 401);
  const other = await tokensOf(await refresh(world, mine.clientId, wide.refresh));
  assert.equal(other.scope, "todo:read offline_access");
  assert.equal((await world.call(other.access, "notes_create", { title: "n" })).status, 403);
  assert.equal((await world.call(other.access, "todo_list")).status, 200);
});

Deno.test("apps: nothing can be added that the app did not ask for, and nothing by anybody but the person", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const team = await makeTeam(flow, await signIn(flow, "anna@mana.test"));
  flow.clock.now += 61_000; // a list of spaces may be a minute old
  const scope = `notes:read notes:write space:${team} offline_access`;
  const mine = await connect(flow, anna, { allow: ["notes:read"] }, { scope });
  const page = await anna.open("/apps");
  assert.deepEqual(offered(page), ["notes:read", "notes:write"]);
  assert.doesNotMatch(page.html, /All my spaces/);
  const more = {
    save: "yes",
    preset: "choose",
    allow: ["notes:read", "notes:write", "journal:write"],
    where: "all",
  };
  const mallory = await flow.personWithBrowser("mallory");
  await connect(flow, mallory);
  const grant = String(decode(mine.access).claims.gid);
  await mallory.submit(await mallory.open("/apps"), "/apps", { ...more, grant });
  const { form: _, ...unsigned } = Object.fromEntries(fieldsOf(page, "/apps"));
  for (const [changes, headers] of [[{ form: "x" }, {}], [{}, { origin: "https://evil.test" }]] as const) {
    assert.equal(
      (await anna.submit(page, "/apps", { ...unsigned, ...more, ...changes }, headers)).status,
      403,
    );
  }
  assert.equal((await introspect(flow, mine.access)).active, true, "as it was");
  await anna.submit(page, "/apps", { ...more, space: [team] });
  const next = await tokensOf(await refresh(flow, mine.clientId, mine.refresh));
  assert.equal(next.scope, `notes:read notes:write space:${team} offline_access`);
});

Deno.test("apps: an old window gives nothing back that was taken away in a newer one; nothing ticked is a mistake", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const mine = await connect(flow, anna, { allow: ["notes:read", "notes:write"] });
  const old = await anna.open("/apps");
  await anna.submit(await anna.open("/apps"), "/apps", { only: "read" });
  const refused = await anna.submit(old, "/apps", { save: "yes" });
  assert.equal(refused.status, 422);
  assert.match(refused.html, /changed in another window meanwhile/);
  assert.deepEqual(ticked(refused, "/apps"), ["notes:read"]);
  const empty = await anna.submit(refused, "/apps", { save: "yes", preset: "choose", allow: undefined });
  assert.equal(empty.status, 422);
  assert.match(empty.html, /-permissions">Tick at least one thing/);
  const next = await tokensOf(await refresh(flow, mine.clientId, mine.refresh));
  assert.equal(next.scope, "notes:read offline_access");
  // What only takes away holds, however old the window.
  await anna.submit(old, "/apps", { end: "yes" });
  assert.equal(await refusalOf(await refresh(flow, mine.clientId, next.refresh)), "400 invalid_grant");
});

Deno.test("one app that registers anew for each port is one card; one on another computer is kept when the person says so", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const at = (port: number, path = "callback") => `http://127.0.0.1:${port}/${path}`;
  const installed = async (port: number, choice: Changes = {}, metadata: Record<string, unknown> = {}) => {
    const redirect_uri = at(port);
    const { client_id } = await register(flow, { redirect_uris: [redirect_uri], ...metadata });
    const asked = await anna.open(authorizeUrl(client_id, { redirect_uri }));
    const code = new URL((await allow(anna, asked, choice)).leaves ?? "").searchParams.get("code") ?? "";
    return { asked, ...await tokensOf(await redeem(flow, client_id, code, { redirect_uri })) };
  };
  const first = await installed(40001, { allow: ["notes:read"] });
  const second = await installed(40002);
  assert.match(second.asked.html, /connected an app of this name and place before/);
  assert.equal(second.scope, "notes:read offline_access");
  assert.deepEqual(await introspect(flow, first.access), { active: false });
  assert.equal(cards(await anna.open("/apps")), 1);
  const third = await installed(40003, { keep: "yes" });
  assert.match(third.asked.html, /It is on another computer/);
  assert.equal((await introspect(flow, second.access)).active, true);
  assert.equal(cards(await anna.open("/apps")), 2);
  // Another name, or another place, is another app.
  await installed(40004, {}, { client_name: "Other app" });
  await installed(40005, {}, { redirect_uris: [at(40005), at(40005, "other")] });
  assert.equal(cards(await anna.open("/apps")), 4);
  // A person who never had it is told so, whoever else had.
  const ben = await flow.personWithBrowser("ben");
  const { client_id } = await register(flow, { redirect_uris: [at(40006)] });
  assert.match((await ben.open(authorizeUrl(client_id, { redirect_uri: at(40006) }))).html, /New: you have/);
});

Deno.test("last used: by a call that was refused as well, and never before the first", async () => {
  await using world = await createConnected();
  const { anna } = world;
  const mine = await connect(world, anna, { allow: ["notes:read"] });
  const last = async () => /Last used<\/dt><dd>([^<]*)/.exec((await anna.open("/apps")).html)?.[1];
  assert.equal(await last(), "never");
  assert.equal((await world.call(mine.access, "todo_list")).status, 403);
  assert.equal(await last(), "1 March 2026");
  world.clock.now += 24 * 3600_000;
  const next = await tokensOf(await refresh(world, mine.clientId, mine.refresh));
  await anna.submit(await anna.open("/apps"), "/apps", {
    save: "yes",
    preset: "choose",
    allow: ["notes:write"],
  });
  // A token that says too much by now is turned away, and tells that the app is there.
  assert.equal((await world.call(next.access, "notes_search")).status, 401);
  assert.equal(await last(), "2 March 2026");
  assert.match((await anna.open("/apps")).html, /nothing yet/);
});

Deno.test("connecting again after an upgrade of the app: what it never asked for before is ticked, deleting is not", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  await reconnect(flow, anna, client_id, { allow: ["notes:read"] }, { scope: "mana:read offline_access" });
  const page = await anna.open(authorizeUrl(client_id));
  const boxes = ticked(page);
  assert.ok(boxes.includes("notes:read") && boxes.includes("notes:write"));
  assert.ok(!boxes.includes("todo:read"), "left out before");
  assert.ok(!boxes.includes("notes:destructive"));
});
