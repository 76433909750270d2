import assert from "node:assert/strict";
import { callOk, rpc } from "../_support/mcp.ts";
import { createWorld } from "../_support/world.ts";

Deno.test("a missing token is 401 with a challenge and plain words", async () => {
  await using world = await createWorld();
  const answer = await rpc(world, null, "tools/list");
  assert.equal(answer.status, 401);
  assert.equal(
    answer.headers.get("www-authenticate"),
    'Bearer realm="mana", scope="mana:read mana:write mana:destructive offline_access", ' +
      'resource_metadata="http://gateway.test/.well-known/oauth-protected-resource/mcp"',
  );
  assert.equal(
    answer.body.error?.message,
    "A bearer token is missing: send `Authorization: Bearer <token>`.",
  );
});

for (
  const [name, header] of [
    ["another scheme", "Basic YTpi"],
    ["nothing after the scheme", "Bearer"],
    ["two tokens", "Bearer a.b.c d.e.f"],
    ["two headers joined", "Bearer a.b.c, Bearer d.e.f"],
    ["not three parts", "Bearer abc"],
    ["odd characters", "Bearer a.b.c%00"],
    ["a huge token", `Bearer ${"a".repeat(9000)}.b.c`],
  ] as const
) {
  Deno.test(`the Authorization header is refused: ${name}`, async () => {
    await using world = await createWorld();
    const answer = await rpc(world, null, "tools/list", {}, { headers: { authorization: header } });
    assert.equal(answer.status, 401);
    assert.match(answer.headers.get("www-authenticate") ?? "", /^Bearer realm="mana"/);
    assert.equal(
      answer.text.includes(header.slice(7, 30)) && header.length > 8,
      false,
      "the token is not echoed",
    );
    assert.equal(world.upstreamCalls.length, 0);
  });
}

Deno.test("a token that ended is 401 in words, and a fresh one works", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await callOk(world, anna, "habits_list");
  world.clock.now += 20 * 60_000;
  const answer = await rpc(world, anna, "tools/list");
  assert.equal(answer.status, 401);
  assert.match(answer.headers.get("www-authenticate") ?? "", /error="invalid_token"/);
  assert.equal(
    answer.body.error?.message,
    "The bearer token has expired: get a fresh one and repeat the request.",
  );
  await anna.refresh();
  await callOk(world, anna, "habits_list");
});

Deno.test("the scheme is case-insensitive", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const answer = await rpc(world, null, "tools/list", {}, {
    headers: { authorization: `bearer ${anna.token}` },
  });
  assert.equal(answer.status, 200);
});

Deno.test("the auth service down is 503, not 401", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  world.intercept = () => new Response("boom", { status: 500 });
  const answer = await rpc(world, anna, "tools/list");
  assert.equal(answer.status, 503);
  assert.equal(answer.headers.get("www-authenticate"), null);
  assert.equal(answer.headers.get("retry-after"), "5");
  assert.equal(answer.body.error?.message, "The auth service is not available: try again later.");
});
