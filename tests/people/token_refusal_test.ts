import assert from "node:assert/strict";
import { rpc } from "../_support/mcp.ts";
import { legacyHeaders, legacyRequest, MCP_URL, openSession } from "../_support/mcp_request.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";

/** The path of a request's era and way in: usual ones are answered in front of the SDK, the others by it. */
const WORDS = "The sync service refused your token: sign in again and repeat the call.";

/** A legacy call outside of a session, which the SDK answers on a stream. */
async function legacyCall(
  world: World,
  person: Person,
  headers: Record<string, string> = {},
): Promise<Response> {
  const params = { name: "habits_list", arguments: {} };
  return await world.gateway.fetch(legacyRequest(person.token, "tools/call", params, { headers }));
}

function refusing(world: World, path: string): void {
  world.intercept = ({ url }) =>
    new URL(url).pathname.startsWith(path)
      ? Response.json({ error: "unauthorized" }, { status: 401 })
      : undefined;
}

Deno.test("a service that refuses the caller's token makes the answer 401 with a challenge, in both eras and on both paths", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  refusing(world, "/sync/");
  const modern = (params: Record<string, unknown>, method = "tools/call") => rpc(world, anna, method, params);
  const answers = [
    await modern({ name: "habits_list", arguments: {} }),
    await modern({ name: "habits_list", arguments: {}, unusual: 1 }),
    await modern({ uri: `mana://spaces/${anna.personalSpace}/habits` }, "resources/read"),
    await legacyCall(world, anna),
    await legacyCall(world, anna, { accept: "application/json" }),
  ];
  for (const [index, answer] of answers.entries()) {
    assert.equal(answer.status, 401, String(index));
    assert.match(
      answer.headers.get("www-authenticate") ?? "",
      /^Bearer realm="mana", error="invalid_token", error_description="The sync service refused your token/,
    );
    const body: unknown = answer instanceof Response ? await answer.json() : answer.body;
    assert.ok(JSON.stringify(body).includes(WORDS), String(index));
  }
  world.intercept = null;
  assert.equal((await modern({ name: "habits_list", arguments: {} })).status, 200);
});

Deno.test("a vault that refuses the caller's token makes the answer 401", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  refusing(world, "/api/v1/me/encryption-vault");
  const answer = await rpc(world, anna, "tools/call", {
    name: "todo_create",
    arguments: { title: "Water the plants" },
  });
  assert.equal(answer.status, 401);
  assert.match(answer.text, /The key vault refused your token/);
});

Deno.test("a stream for news ends with the token that opened it, in both eras", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await openSession(world.gateway.fetch, anna.token);
  // A second and a half before the end; the clock of a world adds up to a second.
  world.clock.now += 15 * 60_000 - 1_500;
  const session = new Request(MCP_URL, {
    headers: { ...legacyHeaders(anna.token, id), accept: "text/event-stream" },
  });
  const [stream, listening] = await Promise.all([
    world.gateway.fetch(session),
    rpc(world, anna, "subscriptions/listen", {
      notifications: { resourceSubscriptions: [`mana://spaces/${anna.personalSpace}/habits`] },
    }),
  ]);
  assert.equal(stream.status, 200);
  assert.equal(await stream.text(), "");
  assert.equal(listening.status, 200);
  assert.match(listening.text, /notifications\/subscriptions\/acknowledged/);
  world.clock.now += 1_500;
  assert.equal((await rpc(world, anna, "tools/list")).status, 401);
});
