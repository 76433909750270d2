import assert from "node:assert/strict";
import { pushesOf, pushInsert, TASKS } from "../_support/device.ts";
import { callOk, callRefused, rpc } from "../_support/mcp.ts";
import { inSpace, makeTeam } from "../_support/team.ts";
import { createWorld } from "../_support/world.ts";

Deno.test("IDOR across spaces: a known id of another space or person can be neither read nor changed", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const ben = await world.person("ben");
  const team = await makeTeam(world, anna, ben);
  const { task: personal } = await callOk(world, anna, "todo_create", { title: "personal" });
  const shared = { id: "shared" };
  await pushInsert(world, anna, TASKS, shared.id, { title: "shared", spaceId: team });
  const idOf = (task: unknown) => String(Reflect.get(Object(task), "id"));
  const before = pushesOf(world).length;
  for (
    const [person, id, headers] of [
      [ben, idOf(personal), {}],
      [ben, idOf(personal), inSpace(team)],
      [ben, idOf(shared), {}],
      [anna, idOf(shared), {}],
      [anna, idOf(personal), inSpace(team)],
    ] as const
  ) {
    const words = await callRefused(world, person, "todo_complete", { id }, headers);
    assert.equal(words, `No task with id ${JSON.stringify(id)} exists in this space: list them first.`);
  }
  assert.equal(pushesOf(world).length, before);
  const foreign = await rpc(world, ben, "tools/call", { name: "todo_list", arguments: {} }, {
    headers: inSpace(anna.personalSpace),
  });
  assert.equal(foreign.status, 403);
  const sentinel = await rpc(world, ben, "tools/call", { name: "todo_list", arguments: {} }, {
    headers: inSpace(`_personal:${anna.id}`),
  });
  assert.equal(sentinel.status, 403);
});

Deno.test("token passthrough: no answer of a service makes the gateway send a token to another host", async () => {
  const evil = "http://evil.test/collect";
  const answers = [
    ...[301, 302, 303, 307, 308].map((status) => () =>
      new Response("", {
        status,
        headers: { location: evil, link: `<${evil}>; rel=next`, refresh: `0; url=${evil}` },
      })
    ),
    () =>
      Response.json({
        next: evil,
        url: evil,
        jwks_uri: evil,
        keys: [{ jku: evil }],
        changes: [],
        hasMore: true,
      }),
    () =>
      new Response("", {
        status: 401,
        headers: { "www-authenticate": `Bearer resource_metadata="${evil}"` },
      }),
  ];
  for (const part of ["/jwks", "/organization/list", "/pull?", "/encryption-vault/", "/sync/"]) {
    await using world = await createWorld({ env: { POLICY_MODE: "off" } });
    const anna = await world.person("anna");
    for (const answer of answers) {
      // Nothing of one answer may be remembered in the next: caches and tokens run out in between.
      world.clock.now += 16 * 60_000;
      await anna.refresh();
      world.upstreamCalls.length = 0;
      world.intercept = ({ url }) => url.includes(part) ? answer() : undefined;
      await rpc(world, anna, "tools/call", { name: "todo_create", arguments: { title: "x" } });
      for (const { url } of world.upstreamCalls) {
        assert.ok(["auth.test", "sync.test"].includes(new URL(url).host), url);
      }
      assert.ok(world.upstreamCalls.some(({ url }) => url.includes(part)));
    }
  }
});
