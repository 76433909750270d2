/** A token with scopes deletes only with the scope for it, and is asked all the same. */
import assert from "node:assert/strict";
import { exportJWK, generateKeyPair, SignJWT } from "@panva/jose";
import { recordOf } from "../_support/listed.ts";
import { callOk, rpc } from "../_support/mcp.ts";
import { AUTH_URL } from "../_support/test_backend.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";
import { asked, nothingPushed, send, YES } from "./_asking.ts";

/** The person with a token of these scopes, which the services take for the person's own. */
async function scoped(world: World, person: Person, scope: string): Promise<Person> {
  const { publicKey, privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  const kid = crypto.randomUUID();
  const jwk = { ...await exportJWK(publicKey), kid, alg: "EdDSA" };
  const seconds = Math.floor(world.clock.now / 1000);
  const claims = { sub: person.id, role: "user", iss: AUTH_URL, aud: "mana", scope };
  const token = await new SignJWT({ ...claims, iat: seconds, exp: seconds + 900 })
    .setProtectedHeader({ alg: "EdDSA", kid }).sign(privateKey);
  world.clock.now += 11_000; // past the pause between two looks at the key set
  world.intercept = (request) => {
    if (request.url.endsWith("/jwks")) return Response.json({ keys: [jwk] });
    if (request.headers.get("authorization") !== `Bearer ${token}`) return undefined;
    const own = new Request(request, {
      headers: { ...Object.fromEntries(request.headers), authorization: `Bearer ${person.token}` },
    });
    const service = new URL(request.url).host === "sync.test" ? world.backend.sync : world.backend.auth;
    return service.fetch(own);
  };
  return { ...person, token };
}

for (const scope of ["todo:destructive todo:read", "mana:destructive"]) {
  Deno.test(`${scope}: asked, and the yes deletes`, async () => {
    await using world = await createWorld();
    const anna = await world.person("anna");
    const { id } = recordOf(await callOk(world, anna, "todo_create", { title: "Buy milk" }), "task");
    const agent = await scoped(world, anna, scope);
    const { state } = await asked(world, agent, "todo_delete", { id });
    const done = await send(world, agent, "todo_delete", { id }, { state, answer: YES });
    assert.deepEqual(done.structuredContent, { ok: true, id });
  });
}

Deno.test("without the scope there is neither a tool nor a question, opted in or not", async () => {
  for (const env of [{}, { DESTRUCTIVE_TOOLS: "todo.delete" }]) {
    await using world = await createWorld({ env });
    const anna = await world.person("anna");
    const { id } = recordOf(await callOk(world, anna, "todo_create", { title: "Buy milk" }), "task");
    for (const scope of ["todo:write todo:read", "mana:write mana:read", "notes:destructive", ""]) {
      const agent = await scoped(world, anna, scope);
      await nothingPushed(world, async () => {
        const answer = await rpc(world, agent, "tools/call", { name: "todo_delete", arguments: { id } });
        assert.equal(answer.status, 403, scope);
        assert.match(answer.headers.get("www-authenticate") ?? "", /insufficient_scope.*todo:destructive/);
        assert.ok(!(await rpc(world, agent, "tools/list")).text.includes("todo_delete"), scope);
      });
    }
  }
});
