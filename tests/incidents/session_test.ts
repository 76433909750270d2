import assert from "node:assert/strict";
import { pushesOf } from "../_support/device.ts";
import { callOk, sendRaw } from "../_support/mcp.ts";
import { legacyHeaders, message, openSession } from "../_support/mcp_request.ts";
import { createWorld } from "../_support/world.ts";

Deno.test("session replay with another principal: 403, nothing done, and the owner goes on", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const eve = await world.person("eve");
  const session = await openSession(world.gateway.fetch, anna.token);
  const create = JSON.stringify(
    message("tools/call", { name: "todo_create", arguments: { title: "planted" } }),
  );
  for (const method of ["POST", "GET", "DELETE"]) {
    const response = await world.gateway.fetch(
      new Request("http://gateway.test/mcp", {
        method,
        headers: legacyHeaders(eve.token, session),
        ...(method === "POST" ? { body: create } : {}),
      }),
    );
    assert.equal(response.status, 403, method);
    assert.match(await response.text(), /The session belongs to another person/);
  }
  assert.equal(pushesOf(world).length, 0);
  const own = await sendRaw(world, legacyHeaders(anna.token, session), create);
  assert.equal(own.status, 200, own.text);
  assert.equal(pushesOf(world).length, 1);
});

Deno.test("server object reused across people: each request works with its own person, token and name", async () => {
  await using world = await createWorld();
  const people = await Promise.all(["anna", "ben", "cleo"].map((name) => world.person(name)));
  const rounds = await Promise.all(
    [0, 1, 2].flatMap((round) =>
      people.map(async (person, index) => {
        const title = `of ${index}, ${round}`;
        await callOk(world, person, "todo_create", { title });
        const session = await openSession(world.gateway.fetch, person.token);
        const listed = await sendRaw(
          world,
          legacyHeaders(person.token, session),
          JSON.stringify(message("tools/call", { name: "todo_list", arguments: {} })),
        );
        return { index, text: JSON.stringify(await callOk(world, person, "todo_list")) + listed.text };
      })
    ),
  );
  for (const { index, text } of rounds) {
    assert.ok(text.includes(`of ${index},`));
    for (const other of [0, 1, 2].filter((each) => each !== index)) assert.ok(!text.includes(`of ${other},`));
  }
  const tokens = new Set(people.map(({ token }) => `Bearer ${token}`));
  for (const { url, headers } of world.upstreamCalls) {
    if (!url.endsWith("/jwks")) assert.ok(tokens.has(headers.get("authorization") ?? ""), url);
  }
});
