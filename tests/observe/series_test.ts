import assert from "node:assert/strict";
import { METRIC_TABLE } from "../../lib/observe/metric_table.ts";
import { call, callOk, rpc } from "../_support/mcp.ts";
import { recordOf } from "../_support/listed.ts";
import { RESOURCE } from "../_support/oauth_flow.ts";
import { createWorld, type World } from "../_support/world.ts";
import { callTool, createAppWorld, done, linkIn, onlyOpen, pageOf } from "../approvals/_approvals.ts";

/** What `/metrics` counts, and that a dashboard may trust it: series that begin at 0, causes that are told apart, ages that are true. */

async function scrape(world: World, url = "http://gateway.test/metrics"): Promise<string> {
  return await (await world.gateway.fetch(new Request(url))).text();
}

const scrapeApps = (world: World) => scrape(world, new URL("/metrics", RESOURCE).href);

/** The value of the series that begins like this; undefined where there is none. */
function valueOf(text: string, series: string): number | undefined {
  const line = text.split("\n").find((one) => one.startsWith(series));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(" ") + 1));
}

Deno.test("docs/observability.md names every metric with what it says", async () => {
  const page = await Deno.readTextFile("docs/observability.md");
  const section = page.slice(page.indexOf("## Metrics"), page.indexOf("## Traces"));
  for (const name of Object.keys(METRIC_TABLE)) assert.ok(section.includes(`\`${name}\``), name);
  for (const [name] of section.matchAll(/mana_mcp_[a-z_]+[a-z]/g)) assert.ok(name in METRIC_TABLE, name);
});

Deno.test("before the first call, the series that rates and alerts are made of are there, at 0, with help and type", async () => {
  await using world = await createWorld();
  const text = await scrape(world);
  for (
    const series of [
      'mana_mcp_tool_invocations_total{service="mana-mcp",tool="todo.create",outcome="success"}',
      'mana_mcp_tool_invocations_total{service="mana-mcp",tool="todo.create",outcome="handler-error"}',
      'mana_mcp_refusals_total{service="mana-mcp",at="call",reason="internal",cause="gateway"}',
      'mana_mcp_refusals_total{service="mana-mcp",at="call",reason="upstream-failed",cause="service"}',
      'mana_mcp_http_answers_total{service="mana-mcp",route="/mcp",status="5xx"}',
      'mana_mcp_upstream_requests_total{service="mana-mcp",upstream="sync",outcome="ok"}',
      'mana_mcp_ledger_total{service="mana-mcp",what="gaps"}',
      'mana_mcp_approvals_total{service="mana-mcp",event="expired"}',
      'mana_mcp_taint_questions_total{service="mana-mcp",known="no"}',
      'mana_mcp_introspections_total{service="mana-mcp",answer="failed"}',
    ]
  ) assert.equal(valueOf(text, series), 0, series);
  assert.equal(valueOf(text, 'mana_mcp_build_info{service="mana-mcp",version="0.0.0-test"}'), 1);
  assert.ok(text.includes("# HELP mana_mcp_tool_invocations_total Tool calls"), text);
  const typed = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name]) => name);
  assert.equal(new Set(typed).size, typed.length, "each name has one type");
  for (const [, name] of text.matchAll(/^([a-z_]+)\{/gm)) {
    assert.ok(typed.includes(name?.replace(/_(bucket|sum|count)$/, "") ?? "") || typed.includes(name), name);
  }
});

Deno.test("a failed call is answered 200 and counted by the side on which its cause lies", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await callOk(world, anna, "todo_list");
  await call(world, anna, "todo_complete", { id: "none" });
  world.clock.now += 120_000;
  world.intercept = ({ url }) =>
    url.startsWith("http://sync.test") ? new Response("", { status: 500 }) : undefined;
  await call(world, anna, "todo_list");
  await rpc(world, null, "tools/list");
  const foreign = { headers: { origin: "https://elsewhere.test" } };
  await world.gateway.fetch(new Request("http://gateway.test/mcp", foreign));
  for (const host of ["elsewhere.test", "gateway.test:70000"]) {
    await world.gateway.fetch(new Request("http://gateway.test/mcp", { headers: { host } }));
  }
  const text = await scrape(world);
  const refusals = (labels: string) => valueOf(text, `mana_mcp_refusals_total{service="mana-mcp",${labels}}`);
  assert.equal(refusals('at="call",reason="record-not-found",cause="caller"'), 1);
  assert.equal(refusals('at="call",reason="upstream-failed",cause="service"'), 1);
  assert.equal(refusals('at="edge",reason="token-missing",cause="caller"'), 1);
  assert.equal(refusals('at="edge",reason="host-not-allowed",cause="caller"'), 2);
  assert.equal(refusals('at="edge",reason="origin-not-allowed",cause="caller"'), 1);
  const answers = (labels: string) =>
    valueOf(text, `mana_mcp_http_answers_total{service="mana-mcp",${labels}}`);
  assert.equal(answers('route="/mcp",status="2xx"'), 3);
  assert.equal(answers('route="/mcp",status="4xx"'), 1);
  assert.equal(answers('route="_OTHER",status="4xx"'), 3);
  assert.equal(answers('route="/mcp",status="5xx"'), 0);
});

Deno.test("questions on a person's page are counted when they are asked, answered, and cleared away unanswered", async () => {
  await using world = await createAppWorld();
  const ask = async (title: string) => {
    const { id } = recordOf(await done(callTool(world, world.app, "notes_create", { title })), "note");
    await linkIn(callTool(world, world.app, "notes_delete", { id }));
  };
  const page = pageOf(world, world.owner);
  await ask("one");
  const one = await onlyOpen(world, world.owner);
  assert.ok((await page.decide(one, "no")).ok);
  assert.ok((await page.decide(one, "no")).ok, "twice is no other answer");
  await ask("two");
  const two = await onlyOpen(world, world.owner);
  assert.ok((await page.decide(two, "yes")).ok);
  assert.ok((await page.decide(two, "yes")).ok);
  await ask("three");
  const counted = async () => {
    const text = await scrapeApps(world);
    return ["asked", "yes", "no", "expired"].map((event) =>
      valueOf(text, `mana_mcp_approvals_total{service="mana-mcp",event="${event}"}`)
    );
  };
  assert.deepEqual(await counted(), [3, 1, 1, 0]);
  world.clock.now += 25 * 3_600_000;
  await page.list();
  assert.deepEqual(await counted(), [3, 1, 1, 1]);
});

Deno.test("how long nobody can say whether access stands grows while it is asked in vain, and ends with an answer", async () => {
  await using world = await createAppWorld();
  const list = () => world.call(world.app, "notes_list");
  const unanswered = async () =>
    valueOf(await scrapeApps(world), "mana_mcp_introspection_unanswered_seconds{");
  assert.equal((await list()).status, 200);
  assert.equal(await unanswered(), 0);
  world.intercept = ({ url }) =>
    url.endsWith("/oauth/introspect") ? new Response("", { status: 500 }) : undefined;
  for (let second = 0; second < 3; second++) {
    world.clock.now += 3_000;
    assert.equal((await list()).status, 503);
  }
  assert.equal(await unanswered(), 6);
  const failed = 'mana_mcp_introspections_total{service="mana-mcp",answer="failed"}';
  assert.equal(valueOf(await scrapeApps(world), failed), 3);
  world.clock.now += 61_000;
  assert.equal(await unanswered(), 0, "nobody asks any more");
  world.intercept = null;
  assert.equal((await list()).status, 200);
  assert.equal(await unanswered(), 0);
});

Deno.test("the age of signing keys is that of the keys a token was last verified with, and passes their usual five minutes in an outage", async () => {
  await using world = await createWorld({ isStill: true });
  const anna = await world.person("anna");
  await callOk(world, anna, "todo_list");
  const age = async () =>
    valueOf(await scrape(world), 'mana_mcp_key_set_age_seconds{service="mana-mcp",publisher="auth"}');
  assert.equal(await age(), 0);
  world.intercept = ({ url }) => url.endsWith("/jwks") ? new Response("", { status: 500 }) : undefined;
  world.clock.now += 7 * 60_000;
  assert.equal(await age(), 0, "nobody needed the keys");
  await callOk(world, anna, "todo_list");
  assert.equal(await age(), 420);
  world.intercept = null;
  world.clock.now += 61_000;
  await callOk(world, anna, "todo_list");
  assert.equal(await age(), 0);
});
