// Own records without a key, with a replaced key, without a service, and with names and texts that cannot be kept.
import assert from "node:assert/strict";
import { KEY_RECHECK_MS } from "../../lib/sealing/keyring.ts";
import { callerFor } from "../_support/request_context.ts";
import { SYNC_URL } from "../_support/test_backend.ts";
import { KEY_B, refusalOf } from "../records/_harness.ts";
import { createGateways, signal, textsOf } from "./_gateways.ts";

const table = "approvals";
const at = Date.parse("2026-05-01T12:00:00.000Z");

Deno.test("names and texts that could not be read again are never stored", async () => {
  await using gateways = await createGateways();
  const anna = await gateways.person("anna");
  const own = gateways.gateway();
  const write = (id: string, fields: Record<string, string>) =>
    own.write(anna.caller, { table, id, isNew: true, at, fields }, signal);
  for (const name of ["createdAt", "deletedAt", "id", "spaceId", "a.b", "", "a\0b", "\ud800"]) {
    await assert.rejects(write("a", { [name]: "text" }), TypeError, JSON.stringify(name));
  }
  for (const id of ["", "a\0b", "\udc00"]) await assert.rejects(write(id, { ask: "text" }), TypeError);
  await assert.rejects(write("a", { ask: "half \ud83d" }), TypeError);
  await assert.rejects(write("a", {}), TypeError);
  assert.deepEqual(await own.list(anna.caller, table, signal), []);
});

Deno.test("without a vault nothing is listed or written; what is there can be removed", async () => {
  await using gateways = await createGateways();
  const account = await gateways.services.person("carl");

  const carl = callerFor(account.id, account.token);
  const own = gateways.gateway();
  const none = { reason: "vault-not-initialised" };
  assert.deepEqual(await refusalOf(own.list(carl, table, signal)), none);
  const row = { table, id: "a", isNew: true, at, fields: { ask: "text" } } as const;
  assert.deepEqual(await refusalOf(own.write(carl, row, signal)), none);
  await own.remove(carl, { table, id: "a", at }, signal);
});

Deno.test("a gateway whose kept key was replaced asks for the new key once, and reads what another gateway sealed with it", async () => {
  await using gateways = await createGateways();
  const anna = await gateways.person("anna");
  const [one, other] = [gateways.gateway(), gateways.gateway()];
  await one.write(anna.caller, { table, id: "old", isNew: true, at, fields: { ask: "old key" } }, signal);
  let fetches = 0;
  gateways.intercept = (request) => {
    if (!request.url.endsWith("/encryption-vault/key")) return undefined;
    fetches += 1;
    return Response.json({ masterKey: KEY_B.toBase64(), formatVersion: 1, kekId: "env-v1" });
  };
  await other.write(anna.caller, { table, id: "new", isNew: true, at, fields: { ask: "new key" } }, signal);
  gateways.services.clock.now += KEY_RECHECK_MS;
  // What the kept key opens was readable before, and stays so until the key is gone.
  assert.deepEqual(textsOf(await one.list(anna.caller, table, signal)), {
    new: { ask: "new key" },
    old: { ask: "old key" },
  });
  assert.deepEqual(gateways.counted, []);
  for (let times = 0; times < 3; times++) {
    const texts = textsOf(await one.list(anna.caller, table, signal));
    assert.deepEqual(texts, { new: { ask: "new key" }, old: {} });
  }
  assert.deepEqual(gateways.counted, Array(3).fill("unreadable mcp/approvals 1"));
  assert.equal(fetches, 2);
});

Deno.test("a person whose vault is in zero-knowledge mode has no own records, and what the service refuses is told as it is", async () => {
  await using gateways = await createGateways();
  const anna = await gateways.person("anna");
  const own = gateways.gateway();
  const row = { table, id: "a", isNew: true, at, fields: { ask: "text" } } as const;
  gateways.intercept = (request) =>
    request.url.startsWith(SYNC_URL) ? Response.json({ error: "sync_inactive" }, { status: 402 }) : undefined;
  for (const call of [own.list(anna.caller, table, signal), own.write(anna.caller, row, signal)]) {
    assert.deepEqual(await refusalOf(call), { reason: "sync-inactive" });
  }
  assert.deepEqual(await refusalOf(own.remove(anna.caller, row, signal)), { reason: "sync-inactive" });
  gateways.intercept = (request) =>
    request.url.endsWith("/encryption-vault/key")
      ? Response.json({
        requiresRecoveryCode: true,
        recoveryWrappedMk: "eA==",
        recoveryIv: "eA==",
        formatVersion: 1,
      })
      : undefined;
  const fresh = gateways.gateway();
  for (const call of [fresh.list(anna.caller, table, signal), fresh.write(anna.caller, row, signal)]) {
    assert.deepEqual(await refusalOf(call), { reason: "zero-knowledge" });
  }
  assert.deepEqual(gateways.counted, []);
});

Deno.test("two people of one gateway never see each other's records, and who gave up gets no answer", async () => {
  await using gateways = await createGateways();
  const [anna, ben] = [await gateways.person("anna"), await gateways.person("ben")];
  const own = gateways.gateway();
  await Promise.all(
    [anna, ben].map(({ caller, email }) =>
      own.write(caller, { table, id: "same", isNew: true, at, fields: { ask: email } }, signal)
    ),
  );
  for (const { caller, email } of [anna, ben]) {
    assert.deepEqual(textsOf(await own.list(caller, table, signal)), { same: { ask: email } });
  }
  const row = { table, id: "b", isNew: true, at, fields: { ask: "text" } } as const;
  const gone = AbortSignal.abort();
  for (const call of [own.list(anna.caller, table, gone), own.write(anna.caller, row, gone)]) {
    assert.deepEqual(await refusalOf(call), { reason: "cancelled" });
  }
});
