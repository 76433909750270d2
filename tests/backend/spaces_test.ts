import assert from "node:assert/strict";
import { z } from "zod";
import {
  type Account,
  bearer,
  createTestBackend,
  ORIGIN,
  post,
  SERVICE_KEY,
  type TestBackend,
} from "../_support/test_backend.ts";
import { makeTeam } from "../_support/team.ts";

const Refusal = z.object({ code: z.string() });
const Spaces = z.array(z.object({ id: z.string(), metadata: z.object({ type: z.string() }) }));

const act = (test: TestBackend, who: Account, action: string, body: unknown) =>
  test.auth(`/api/auth/organization/${action}`, post(body, { cookie: who.cookie, ...ORIGIN }));

async function codeOf(response: Response) {
  return [response.status, Refusal.parse(await response.json()).code];
}

async function spacesOf(test: TestBackend, who: Account) {
  const answer = await test.auth("/api/auth/organization/list", { headers: bearer(who) });
  return Spaces.parse(await answer.json());
}

Deno.test("space: only a valid type makes one, and nobody gets a second personal one", async () => {
  await using test = await createTestBackend();
  const anna = await test.person("anna");
  for (const metadata of [undefined, {}, { type: "castle" }, { type: "personal" }, { type: ["team"] }]) {
    const answer = await act(test, anna, "create", { name: "X", slug: crypto.randomUUID(), metadata });
    assert.deepEqual(await codeOf(answer), [400, "SPACE_METADATA_INVALID"]);
  }
  for (const type of ["brand", "club", "family", "team", "practice"]) {
    const answer = await act(test, anna, "create", { name: type, slug: type, metadata: { type } });
    assert.equal(answer.status, 200);
  }
  const types = (await spacesOf(test, anna)).map((space) => space.metadata.type);
  assert.deepEqual(types, ["personal", "brand", "club", "family", "team", "practice"]);
});

Deno.test("space: the personal one cannot be deleted, left, shared or turned into another type", async () => {
  await using test = await createTestBackend();
  const anna = await test.person("anna");
  const ben = await test.person("ben");
  const [personal] = await spacesOf(test, anna);
  assert.ok(personal);
  const organizationId = personal.id;
  assert.deepEqual(await codeOf(await act(test, anna, "delete", { organizationId })), [
    403,
    "SPACE_PERSONAL_UNDELETABLE",
  ]);
  const invite = await act(test, anna, "invite-member", { organizationId, email: ben.email, role: "member" });
  assert.deepEqual(await codeOf(invite), [403, "SPACE_PERSONAL_NOT_SHAREABLE"]);
  for (const metadata of [{ type: "team" }, {}]) {
    const update = await act(test, anna, "update", { organizationId, data: { metadata } });
    assert.deepEqual(await codeOf(update), [400, "SPACE_METADATA_INVALID"]);
  }
  assert.equal((await act(test, anna, "leave", { organizationId })).status, 400);
  const renamed = await act(test, anna, "update", { organizationId, data: { name: "Mine" } });
  assert.equal(renamed.status, 200);
  assert.deepEqual((await spacesOf(test, anna)).map((space) => space.metadata.type), ["personal"]);
});

Deno.test("space: a team cannot become personal", async () => {
  await using test = await createTestBackend();
  const anna = await test.person("anna");
  const organizationId = await makeTeam(test, anna);
  const update = await act(test, anna, "update", {
    organizationId,
    data: { metadata: { type: "personal" } },
  });
  assert.deepEqual(await codeOf(update), [400, "SPACE_METADATA_INVALID"]);
  assert.equal((await act(test, anna, "delete", { organizationId })).status, 200);
});

Deno.test("internal endpoints: every wrong, missing or empty service key is 401 and tells nothing", async () => {
  const refusal = { statusCode: 401, message: "Invalid or missing service key" };
  for (const serviceKey of [SERVICE_KEY, undefined]) {
    await using test = await createTestBackend({ serviceKey });
    const anna = await test.person("anna");
    const [space] = await spacesOf(test, anna);
    const wrong = [
      "",
      "undefined",
      SERVICE_KEY.slice(1),
      SERVICE_KEY + "x",
      ...(serviceKey ? [] : [SERVICE_KEY]),
    ];
    const paths = [
      `users/${anna.id}/memberships`,
      `org/${space?.id}/member/${anna.id}`,
      "users/nobody/memberships",
    ];
    for (const path of paths) {
      const ask = (headers: Record<string, string>) => test.auth(`/api/v1/internal/${path}`, { headers });
      for (const headers of [{}, bearer(anna), ...wrong.map((key) => ({ "x-service-key": key }))]) {
        const answer = await ask(headers);
        assert.equal(answer.status, 401);
        assert.deepEqual(await answer.json(), refusal);
      }
      const right = await ask({ "x-service-key": SERVICE_KEY });
      assert.equal(right.status, serviceKey ? 200 : 401);
      await right.body?.cancel();
    }
  }
});
