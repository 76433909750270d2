import assert from "node:assert/strict";
import { isOnPostgres, openTestDatabase, type ProviderTables } from "../_support/test_database.ts";
import { DatabaseSync } from "node:sqlite";
import { sha256 } from "../../sign_in/kit/sha256.ts";
import { makeFolder } from "../backend/_folder.ts";
import { createFlow } from "../_support/flow.ts";
import { connect, introspect, refresh, refusalOf, tokensOf } from "../_support/oauth_flow.ts";

Deno.test("refresh: shown again within a minute, a token gets the same successor, and the grant lives on", async () => {
  await using flow = await createFlow();
  const { clientId, refresh: first } = await connect(flow, await flow.personWithBrowser("anna"));
  const answers = [
    await tokensOf(await refresh(flow, clientId, first)),
    await tokensOf(await refresh(flow, clientId, first)), // the first answer was lost
    await tokensOf(await refresh(flow, clientId, first)),
  ];
  assert.equal(new Set(answers.map(({ refresh: successor }) => successor)).size, 1);
  for (const { access } of answers) assert.equal((await introspect(flow, access)).active, true);
  const next = await tokensOf(await refresh(flow, clientId, answers[0]?.refresh ?? ""));
  assert.equal((await introspect(flow, next.access)).active, true);
});

Deno.test("refresh: six windows at once get one successor, and one living grant is left", async () => {
  await using flow = await createFlow();
  const { clientId, refresh: first } = await connect(flow, await flow.personWithBrowser("anna"));
  const answers = await Promise.all(
    Array.from({ length: 6 }, async () => await tokensOf(await refresh(flow, clientId, first))),
  );
  assert.equal(new Set(answers.map(({ refresh: successor }) => successor)).size, 1);
  for (const { access } of answers) assert.equal((await introspect(flow, access)).active, true);
});

Deno.test("refresh: a token before the last ends the grant, also within its minute", async () => {
  await using flow = await createFlow();
  const { clientId, refresh: first } = await connect(flow, await flow.personWithBrowser("anna"));
  const second = await tokensOf(await refresh(flow, clientId, first));
  const third = await tokensOf(await refresh(flow, clientId, second.refresh));
  assert.equal(await refusalOf(await refresh(flow, clientId, first)), "400 invalid_grant");
  assert.deepEqual(await introspect(flow, third.access), { active: false });
  assert.equal(await refusalOf(await refresh(flow, clientId, third.refresh)), "400 invalid_grant");
});

Deno.test("refresh: a minute later a used token ends the grant, and its sealed answer is gone", async () => {
  await using folder = await makeFolder();
  await using flow = await createFlow({ data: folder.path });
  const { clientId, refresh: first } = await connect(flow, await flow.personWithBrowser("anna"));
  const second = await tokensOf(await refresh(flow, clientId, first));
  // better-auth goes by the machine's clock, so that the minute is taken off what it wrote.
  const signIn = await openTestDatabase(folder.path);
  const db = signIn.db.withTables<ProviderTables>();
  await db.updateTable("oauthRefreshToken").set({ rotationReplayExpiresAt: "2026-01-01T00:00:00.000Z" })
    .where("revoked", "is not", null).execute();
  const third = await tokensOf(await refresh(flow, clientId, second.refresh));
  const answerOf = async (token: string) => {
    const row = await db.selectFrom("oauthRefreshToken").select("rotationReplayResponse")
      .where("token", "=", await sha256(token)).where("revoked", "is not", null).executeTakeFirstOrThrow();
    return row.rotationReplayResponse;
  };
  assert.equal(await answerOf(first), null);
  assert.notEqual(await answerOf(second.refresh), null);
  await signIn.close();
  assert.equal((await introspect(flow, third.access)).active, true);
  assert.equal(await refusalOf(await refresh(flow, clientId, first)), "400 invalid_grant");
  assert.deepEqual(await introspect(flow, third.access), { active: false });
});

Deno.test("refresh: the kept answer survives a restart, and is sealed in the file", {
  ignore: isOnPostgres(),
}, async () => {
  await using folder = await makeFolder();
  let given: { clientId: string; first: string; second: string };
  {
    await using flow = await createFlow({ data: folder.path });
    const { clientId, refresh: first } = await connect(flow, await flow.personWithBrowser("anna"));
    given = { clientId, first, second: (await tokensOf(await refresh(flow, clientId, first))).refresh };
    using db = new DatabaseSync(`${folder.path}/auth.sqlite`);
    const rows = JSON.stringify(db.prepare("SELECT * FROM oauthRefreshToken").all());
    assert.match(rows, /"rotationReplayResponse":"[^"]/);
    for (const token of [given.first, given.second]) assert.ok(!rows.includes(token));
  }
  await using flow = await createFlow({ data: folder.path });
  const again = await tokensOf(await refresh(flow, given.clientId, given.first));
  assert.equal(again.refresh, given.second);
  assert.equal((await introspect(flow, again.access)).active, true);
});
