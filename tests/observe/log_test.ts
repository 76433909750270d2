import assert from "node:assert/strict";
import { callOk } from "../_support/mcp.ts";
import { createWorld } from "../_support/world.ts";

Deno.test("one JSON log line per call, without any value", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await callOk(world, anna, "notes_create", { title: "SENTINEL-title", content: "SENTINEL-content" });
  const lines = world.logLines.filter((line) => line.includes('"event":"call"'));
  assert.equal(lines.length, 1);
  const line = JSON.parse(lines[0] ?? "{}");
  assert.equal(line.tool, "notes.create");
  assert.equal(line.access, "write");
  assert.equal(line.outcome, "success");
  assert.match(line.traceId, /^[0-9a-f]{32}$/);
  assert.equal(world.logLines.join("\n").includes("SENTINEL"), false);
  assert.equal(world.logLines.join("\n").includes(anna.token), false);
});
