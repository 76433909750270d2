import assert from "node:assert/strict";
import { lastChange, pushInsert, type WireTable, withoutPush } from "../../_support/device.ts";
import { listed, notFound } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";

const MISSIONS: WireTable = { app: "ai", table: "aiMissions" };
const ITERATIONS = [
  {
    id: "i1",
    startedAt: "2026-02-27T08:00:00.000Z",
    plan: [{ id: "s1", summary: "secret plan" }],
    summary: "Drei Rezepte gefunden",
    overallStatus: "awaiting-review",
    source: "server",
  },
  { id: "i2", startedAt: "2026-02-28T08:00:00.000Z", plan: [], overallStatus: "running" },
];

/** The app stores a mission's texts in clear, although they are listed as sealed. */
async function pushMission(world: World, person: Person): Promise<void> {
  await pushInsert(world, person, MISSIONS, "m1", {
    title: "Rezepte sammeln",
    conceptMarkdown: "",
    objective: "Jede Woche drei",
    inputs: [],
    cadence: { kind: "manual" },
    state: "active",
    iterations: ITERATIONS,
    grant: { wrappedKey: "never shown" },
  });
}

Deno.test("missions.list: texts in clear are read, and neither plan nor key grant is shown", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushMission(world, anna);
  const { rows: [mission] } = await listed(world, anna, "missions_list");
  assert.deepEqual([mission?.title, mission?.objective, mission?.state], [
    "Rezepte sammeln",
    "Jede Woche drei",
    "active",
  ]);
  const [first, second] = ITERATIONS;
  assert.deepEqual(mission?.iterations, [
    { id: "i1", startedAt: first?.startedAt, status: "awaiting-review", summary: "Drei Rezepte gefunden" },
    { id: "i2", startedAt: second?.startedAt, status: "running" },
  ]);
  assert.doesNotMatch(JSON.stringify(mission), /secret plan|never shown/);
  assert.deepEqual((await listed(world, anna, "missions_list", { state: "done" })).rows, []);
});

Deno.test("missions.list: texts in clear are read where sealing is required as well, and are no finding; garbage stays closed", async () => {
  await using world = await createWorld({ env: { REQUIRE_SEALED: "true" } });
  const anna = await world.person("anna");
  await pushMission(world, anna);
  await pushInsert(world, anna, MISSIONS, "m2", { title: "enc:2:x", objective: "", state: "paused" });
  const { rows, unreadable } = await listed(world, anna, "missions_list");
  const titleOf = (id: string) => rows.find((row) => row.id === id)?.title;
  assert.deepEqual([titleOf("m1"), titleOf("m2"), unreadable], ["Rezepte sammeln", undefined, 1]);
  const metrics = await (await world.gateway.fetch(new Request("http://gateway.test/metrics"))).text();
  const findings = metrics.split("\n").filter((line) => line.startsWith("mana_mcp_record_findings_total{"));
  assert.deepEqual(findings, [
    'mana_mcp_record_findings_total{service="mana-mcp",kind="unreadable",table="ai/aiMissions"} 1',
  ]);
});

Deno.test("missions.feedback: one iteration gets the words, everything else of the mission stays", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushMission(world, anna);
  const args = { id: "m1", iterationId: "i1", feedback: "Bitte vegetarisch" };
  assert.deepEqual(await callOk(world, anna, "missions_feedback", args), { ok: true, changed: true });
  const { fields } = await lastChange(world, anna, MISSIONS, "m1");
  assert.deepEqual(Object.keys(fields ?? {}).sort(), ["iterations", "updatedAt"]);
  const [first, second] = ITERATIONS;
  assert.deepEqual(fields?.iterations?.value, [{ ...first, userFeedback: "Bitte vegetarisch" }, second]);
  assert.deepEqual(await callOk(world, anna, "missions_feedback", args), { ok: true, changed: false });
});

Deno.test("missions.feedback: unknown missions and iterations are refused, and nothing is written", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushMission(world, anna);
  const refused = (id: string, iterationId: string) =>
    callRefused(world, anna, "missions_feedback", { id, iterationId, feedback: "x" });
  await withoutPush(world, async () => {
    assert.equal(await refused("no", "i1"), notFound("mission", "no"));
    assert.match(
      await refused("m1", "i9"),
      /iterationId: this mission has no such iteration; missions_list shows/,
    );
  });
});
