/** The profile of tools that an app is shown: picked by the person, told to the gateway, and never a right. */
import assert from "node:assert/strict";
import { z } from "zod";
import { fieldsOf } from "../_support/browser.ts";
import { createConnected } from "../_support/connected.ts";
import { createFlow } from "../_support/flow.ts";
import { manyModules } from "../_support/many_modules.ts";
import { messagesOf } from "../_support/mcp_request.ts";
import {
  allow,
  authorizeUrl,
  connect,
  introspect,
  redeem,
  refresh,
  register,
  returned,
  tokensOf,
} from "../_support/oauth_flow.ts";

const many = () => createFlow({ grantable: manyModules() });

Deno.test("profile: picked at consent, told to the gateway, kept by a step-up, changed with the page of apps", async () => {
  await using flow = await many();
  const anna = await flow.personWithBrowser("anna");
  const plain = await connect(flow, anna, {}, { scope: "mana:read offline_access" });
  assert.equal("tool_profile" in await introspect(flow, plain.access), false, "nothing was picked");

  const { client_id } = await register(flow, { client_name: "Other app" });
  const page = await anna.open(authorizeUrl(client_id, { scope: "mana:read mana:write offline_access" }));
  assert.equal(fieldsOf(page, "/consent").get("profile"), "");
  assert.match(page.html, /An app sees 40 tools at most\./);
  const code = returned(await allow(anna, page, { profile: "leisure" })).get("code") ?? "";
  const mine = await tokensOf(await redeem(flow, client_id, code));
  assert.equal((await introspect(flow, mine.access))["tool_profile"], "leisure");

  flow.clock.now += 1000;
  const step = await anna.open(authorizeUrl(client_id, { scope: "mood:read offline_access" }));
  assert.equal(fieldsOf(step, "/consent").get("profile"), "leisure");
  const next = returned(await allow(anna, step)).get("code") ?? "";
  const kept = await tokensOf(await redeem(flow, client_id, next));
  assert.equal((await introspect(flow, kept.access))["tool_profile"], "leisure");

  let token = kept.refresh;
  const change = async (changes: Record<string, string>) => {
    await anna.submit(await anna.open("/apps"), "/apps", changes);
    const tokens = await tokensOf(await refresh(flow, client_id, token));
    token = tokens.refresh;
    return (await introspect(flow, tokens.access))["tool_profile"];
  };
  assert.equal(await change({ save: "yes", profile: "studio" }), "studio");
  assert.equal(await change({ only: "read" }), "studio", "fewer rights leave the profile");
  assert.equal(await change({ save: "yes", profile: "" }), undefined);
});

Deno.test("profile: a word that is none, and one of a group that was not offered, is none", async () => {
  await using flow = await many();
  const anna = await flow.personWithBrowser("anna");
  const words = [["nonsense", "mana:read"], [
    "money",
    "notes:read todo:read day:read journal:read habits:read",
  ]];
  for (const [profile = "", scope = ""] of words) {
    const { access } = await connect(flow, anna, { profile }, { scope: `${scope} offline_access` });
    assert.equal((await introspect(flow, access))["tool_profile"], undefined, profile);
  }
});

Deno.test("profile: an app of few modules is not asked about, and keeps what was picked before", async () => {
  await using flow = await many();
  const anna = await flow.personWithBrowser("anna");
  const { clientId, access } = await connect(
    flow,
    anna,
    { profile: "compact" },
    { scope: "notes:read offline_access" },
  );
  assert.equal((await introspect(flow, access))["tool_profile"], "compact");
  const page = await anna.open(authorizeUrl(clientId, { scope: "todo:read offline_access" }));
  assert.doesNotMatch(page.html, /and its tools/);
  assert.equal(fieldsOf(page, "/consent").get("profile"), "compact");
});

Deno.test("profile: what the gateway lists is narrowed by it, and everything allowed is still called by name", async () => {
  await using world = await createConnected();
  const { anna } = world;
  const list = async (token: string) => {
    const [message] = await messagesOf(await world.rpc(token, "tools/list"));
    return List.parse(message?.["result"]).tools.map(({ name }) => name);
  };
  const { access } = await connect(world, anna, { profile: "people" });
  const shown = await list(access);
  assert.ok(shown.includes("contacts_search") && !shown.includes("notes_create"), String(shown));
  assert.equal((await world.call(access, "notes_create", { title: "n" })).status, 200);
});

const List = z.looseObject({ tools: z.array(z.looseObject({ name: z.string() })) });
