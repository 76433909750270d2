/** "Ask me before it changes anything": ticked at consent or with the page of apps, told to the gateway, kept until it is unticked. */
import assert from "node:assert/strict";
import type { GatewayDoor } from "../../sign_in/gateway/gateway_door.ts";
import { createFlow } from "../_support/flow.ts";
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
import { fieldsOf } from "../_support/browser.ts";

/** A gateway with nothing to show. */
const EMPTY: GatewayDoor = { ask: () => Promise.resolve({ isOk: true, body: { approvals: [] } }) };
const WORDS = /Ask me before it changes anything/;

Deno.test("ask first: ticked at consent, told to the gateway, kept by a step-up and by fewer rights", async () => {
  await using flow = await createFlow({ door: EMPTY });
  const anna = await flow.personWithBrowser("anna");
  const plain = await connect(flow, anna);
  assert.equal("ask_first" in await introspect(flow, plain.access), false, "nobody ticked it");

  const { client_id } = await register(flow, { client_name: "Other app" });
  const page = await anna.open(authorizeUrl(client_id));
  assert.match(page.html, WORDS);
  assert.equal(fieldsOf(page, "/consent").has("ask"), false, "it is not ticked beforehand");
  const code = returned(await allow(anna, page, { ask: "first" })).get("code") ?? "";
  const mine = await tokensOf(await redeem(flow, client_id, code));
  assert.equal((await introspect(flow, mine.access)).ask_first, "write");

  flow.clock.now += 1000;
  const step = await anna.open(authorizeUrl(client_id));
  assert.equal(fieldsOf(step, "/consent").get("ask"), "first");
  const next = returned(await allow(anna, step)).get("code") ?? "";
  const kept = await tokensOf(await redeem(flow, client_id, next));
  assert.equal((await introspect(flow, kept.access)).ask_first, "write");

  await anna.submit(await anna.open("/apps"), "/apps", { only: "read" });
  const narrow = await tokensOf(await refresh(flow, client_id, kept.refresh));
  assert.equal((await introspect(flow, narrow.access)).ask_first, "write");
});

Deno.test("ask first: switched on and off with the page of apps, in force for the token that the app has", async () => {
  await using flow = await createFlow({ door: EMPTY });
  const anna = await flow.personWithBrowser("anna");
  const { clientId, access, refresh: first } = await connect(flow, anna);
  let token = first;
  const change = async (ask: string | undefined) => {
    const page = await anna.open("/apps");
    assert.match(page.html, WORDS);
    await anna.submit(page, "/apps", { save: "yes", ask });
    const tokens = await tokensOf(await refresh(flow, clientId, token));
    token = tokens.refresh;
    return (await introspect(flow, tokens.access)).ask_first;
  };
  assert.equal(await change("first"), "write");
  const told = await introspect(flow, access);
  assert.deepEqual([told.active, told.ask_first], [true, "write"], "the scopes are the same: no token ends");
  assert.equal(fieldsOf(await anna.open("/apps"), "/apps").get("ask"), "first");
  assert.equal(await change(undefined), undefined);
  assert.equal(await change("always"), undefined, "a word of another form is none");
});

Deno.test("ask first: not offered to an app that can change nothing, nor where there is no page to ask on", async () => {
  await using flow = await createFlow({ door: EMPTY });
  const anna = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  const reading = await anna.open(authorizeUrl(client_id, { scope: "mana:read offline_access" }));
  assert.doesNotMatch(reading.html, WORDS);
  await using without = await createFlow();
  const ben = await without.personWithBrowser("ben");
  const other = await register(without);
  assert.doesNotMatch((await ben.open(authorizeUrl(other.client_id))).html, WORDS);
  const { access } = await connect(without, ben, { ask: "first" });
  // Nobody offered it, but whoever asks to be asked is asked: it only narrows.
  assert.equal((await introspect(without, access)).ask_first, "write");
  assert.equal(
    fieldsOf(await ben.open("/apps"), "/apps").get("ask"),
    "first",
    "saving something else keeps it",
  );
});
