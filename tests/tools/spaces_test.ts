import assert from "node:assert/strict";
import { callOk, callRefused } from "../_support/mcp.ts";
import { inSpace, makeTeam } from "../_support/team.ts";
import { createWorld } from "../_support/world.ts";

Deno.test("spaces.list: the person's spaces with their types, and the personal one is active by default", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const ben = await world.person("ben");
  const team = await makeTeam(world, ben, anna);
  const { spaces, activeSpaceId, note } = await callOk(world, anna, "spaces_list");
  assert.ok(Array.isArray(spaces));
  assert.deepEqual(spaces.map(({ id, type }) => [id, type]), [
    [anna.personalSpace, "personal"],
    [team, "team"],
  ]);
  for (const space of spaces) {
    assert.deepEqual(Object.keys(space).sort(), ["id", "name", "slug", "type"]);
  }
  assert.equal(activeSpaceId, anna.personalSpace);
  assert.equal(note, undefined);
});

Deno.test("spaces.list: the header chooses the active space, under each of its names", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const team = await makeTeam(world, anna);
  const active = async (headers: Record<string, string>) =>
    (await callOk(world, anna, "spaces_list", {}, headers)).activeSpaceId;
  assert.equal(await active(inSpace(team)), team);
  assert.equal(await active(inSpace(anna.personalSpace)), anna.personalSpace);
  assert.equal(await active(inSpace(`_personal:${anna.id}`)), anna.personalSpace);
});

Deno.test("spaces.list: takes no argument, reads no record and needs no key", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna", { vault: false });
  await callOk(world, anna, "spaces_list");
  assert.match(await callRefused(world, anna, "spaces_list", { type: "team" }), /unknown argument "type"/);
  const hosts = new Set(world.upstreamCalls.map(({ url }) => new URL(url).pathname));
  assert.deepEqual([...hosts].sort(), ["/api/auth/jwks", "/api/auth/organization/list"]);
});

Deno.test("spaces.list: a space joined a moment ago is known to whoever names it", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await callOk(world, anna, "spaces_list");
  const team = await makeTeam(world, anna);
  world.clock.now += 6_000;
  const { activeSpaceId } = await callOk(world, anna, "spaces_list", {}, inSpace(team));
  assert.equal(activeSpaceId, team);
});

Deno.test("spaces.list: metadata as JSON text, of an unknown type or missing is read without a guess", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const list = [
    { id: "text", name: "Text", slug: "t", metadata: JSON.stringify({ type: "personal" }) },
    { id: "object", metadata: { type: "family", tier: "beta" } },
    { id: "odd", slug: null, metadata: { type: "castle" } },
    { id: "none", metadata: "{" },
  ];
  world.intercept = ({ url }) => url.endsWith("/organization/list") ? Response.json(list) : undefined;
  const output = await callOk(world, anna, "spaces_list");
  assert.deepEqual(output, {
    spaces: [
      { id: "text", name: "Text", slug: "t", type: "personal" },
      { id: "object", type: "family" },
      { id: "odd" },
      { id: "none" },
    ],
    activeSpaceId: "text",
    note: "The auth service does not tell the type of every space.",
  });
});
