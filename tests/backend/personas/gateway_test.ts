import assert from "node:assert/strict";
import { bearer, signIn } from "../../_support/test_backend.ts";
import { callOk } from "../../_support/mcp.ts";
import { modernRequest } from "../../_support/mcp_request.ts";
import { createWorld } from "../../_support/world.ts";
import { ANNA, KEY, OPERATOR } from "./_personas.ts";

Deno.test("a persona works through the gateway as anybody, with a key of its own from the first call on; the personas' key opens nothing there", async () => {
  await using world = await createWorld({
    backend: { personas: { key: KEY, operatorPassword: OPERATOR.password } },
  });
  const operator = await world.auth("/api/v1/auth/login", {
    method: "POST",
    body: JSON.stringify(OPERATOR),
  });
  const { accessToken: token } = await operator.json();
  const made = await world.auth("/api/v1/personas/admin", {
    method: "POST",
    headers: bearer({ token }),
    body: JSON.stringify(ANNA),
  });
  assert.equal(made.status, 200, await made.text());
  const anna = await signIn(world, ANNA.email);
  const person = { ...anna, personalSpace: "" };
  await callOk(world, person, "todo_create", { title: "buy milk" });
  assert.match(JSON.stringify(await callOk(world, person, "todo_list", {})), /buy milk/);
  for (const headers of [{}, { "x-service-key": KEY }]) {
    const request = modernRequest(KEY, "tools/list", {}, { headers });
    const answer = await world.gateway.fetch(request);
    assert.equal(answer.status, 401);
    await answer.body?.cancel();
  }
});
