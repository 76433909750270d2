// Tokens live for a quarter of an hour and nobody can take them back: what is left of a deleted persona must open nothing, and store nothing.
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { bearer, createTestBackend, post, signIn } from "../../_support/test_backend.ts";
import { makeFolder } from "../_folder.ts";
import { push } from "../_sync.ts";
import { ANNA, createPersonaBackend } from "./_personas.ts";

const ROW = { table: "tasks", id: "late", op: "insert", data: { title: "enc:1:x" } };

Deno.test("a token of a deleted persona opens nothing after a restart either", async () => {
  await using folder = await makeFolder();
  const data = folder.path;
  const first = await createPersonaBackend({ data });
  const id = await first.make();
  const anna = await signIn(first, ANNA.email);
  const human = await first.person("carla");
  assert.equal((await first.admin(`/${id}`, { method: "DELETE" })).status, 200);
  await first[Symbol.asyncDispose]();

  // Personas may have been switched off meanwhile.
  await using second = await createTestBackend({ data });
  assert.equal(await push(second, anna, [ROW]), 401);
  const vault = await second.auth("/api/v1/me/encryption-vault/init", {
    method: "POST",
    headers: bearer(anna),
  });
  assert.equal(vault.status, 401, await vault.text());
  const valid = await second.auth("/api/v1/auth/validate", post({ token: anna.token }));
  assert.equal((await valid.json()).valid, false);
  assert.equal(await push(second, human, [ROW]), 200, "other people's tokens are as good as before");
});

Deno.test("a push whose body is still under way while its persona is deleted stores nothing", async () => {
  await using folder = await makeFolder();
  const data = folder.path;
  await using test = await createPersonaBackend({ data });
  const id = await test.make();
  const anna = await signIn(test, ANNA.email);
  const text = JSON.stringify({ clientId: "slow", appId: "todo", changes: [ROW] });
  const asked = Promise.withResolvers<void>();
  const rest = Promise.withResolvers<void>();
  const body = new ReadableStream({
    async pull(controller) {
      asked.resolve();
      await rest.promise;
      controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  }, { highWaterMark: 0 });
  const pushing = test.sync("/sync/todo", { method: "POST", headers: bearer(anna), body });
  await asked.promise; // the token has passed
  assert.equal((await test.admin(`/${id}`, { method: "DELETE" })).status, 200);
  rest.resolve();
  const answer = await pushing;
  assert.equal(answer.status, 401, await answer.text());
  using mana = new DatabaseSync(`${data}/mana.sqlite`);
  assert.deepEqual(mana.prepare("SELECT record_id FROM changes WHERE user_id = ?").all(id), []);
});
