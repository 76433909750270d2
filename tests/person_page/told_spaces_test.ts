/** The spaces of the person come with each request of their pages, since an auth service need not tell the gateway those of a token. */
import assert from "node:assert/strict";
import { hash } from "node:crypto";
import type { Caller } from "../../lib/people/principal.ts";
import type { World } from "../_support/world.ts";
import { GATEWAY_ACTIONS } from "../../sign_in/gateway/actions.ts";
import { createPages, pageClaims, publishKey, send } from "./_pages.ts";

const PAGE = { typ: "mana-page+jwt" };
const SHOW_LIST = GATEWAY_ACTIONS.activity;

/** A page world that keeps who asked, and sends bodies of a test's choice with a token that is good for them. */
async function createTold() {
  const world = await createPages();
  const anna = await world.person("anna");
  const sign = await publishKey(world);
  const callers: Caller[] = [];
  world.played.act = ({ caller }) => void callers.push(caller);
  const ask = async (members: Record<string, unknown>) => {
    const body = JSON.stringify({ word: "hello", ...members });
    const pageToken = await sign(pageClaims(world, anna, { body: hash("sha256", body, "base64url") }), PAGE);
    return await send(world, { person: anna, pageToken, body });
  };
  return { world, anna, callers, ask, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

Deno.test("told spaces: they are the person's in this request alone, and no member of the question", async () => {
  await using told = await createTold();
  const spaces = [{ id: "org-1", name: "Anna", type: "personal" }, { id: "org-2" }];
  assert.equal((await told.ask({ spaces })).status, 200);
  assert.equal((await told.ask({})).status, 200);
  assert.deepEqual(told.callers.map(({ toldSpaces }) => toldSpaces), [spaces, undefined]);
});

Deno.test("told spaces: in another form they are refused, and nothing is done", async () => {
  await using told = await createTold();
  for (
    const spaces of [null, {}, "org-1", ["org-1"], [{ id: "" }], [{ name: "Anna" }], [{
      id: "a",
      role: "owner",
    }]]
  ) {
    const answer = await told.ask({ spaces });
    assert.equal(answer.status, 400, JSON.stringify(spaces));
    assert.match(answer.text, /"input"/);
  }
  assert.deepEqual(told.callers, []);
});

Deno.test("told spaces: the door of the sign-in server sends them, so that nobody else is asked for them", async () => {
  await using told = await createTold();
  const { world, anna } = told;
  const { pages } = world.backend;
  assert.ok(pages);
  const lists = () => listRequests(world);
  const before = lists();
  const shown = await pages.show({ userId: anna.id, sessionId: "hers" }, SHOW_LIST, {
    apps: [],
    modules: null,
    since: new Date(world.clock.now - 1000).toISOString(),
    until: new Date(world.clock.now).toISOString(),
  });
  assert.ok(shown.ok, JSON.stringify(shown));
  assert.equal(lists(), before);
});

function listRequests({ upstreamCalls }: World): number {
  return upstreamCalls.filter(({ url }) => url.endsWith("/organization/list")).length;
}
