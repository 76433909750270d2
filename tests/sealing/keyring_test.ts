import assert from "node:assert/strict";
import { KEY_CACHE_MS, VAULT_BELIEF_MS, VAULT_RENEWAL_MS } from "../../lib/kit/limits.ts";
import { createCipher } from "../../lib/sealing/cipher.ts";
import { VAULT_URL } from "../records/_fake_services.ts";
import { callerOf, KEY_B, refusalOf } from "../records/_harness.ts";
import { anna, gate, setUp } from "./_keyring.ts";

const signal = new AbortController().signal;

Deno.test("key() asks the vault with the caller's token and imports a key that opens the person's values", async () => {
  const { services, keyring } = setUp();
  const key = await keyring.key(anna, signal);
  assert.equal(services.requests[0]?.url.href, `${VAULT_URL}/api/v1/me/encryption-vault/key`);
  assert.equal(services.requests[0]?.headers.get("authorization"), "Bearer token-anna");
  assert.equal(key.extractable, false);
  const opened = await createCipher().open(key, "enc:1:oKGio6Slpqeoqaqr.1gd7Rgt4CCAPoObL4+UxTas=");
  assert.deepEqual(opened, { ok: true, value: 0 });
});

Deno.test("a key is kept for its time and no longer", async () => {
  const { services, time, keyring } = setUp();
  const key = await keyring.key(anna, signal);
  time.now += KEY_CACHE_MS - 1;
  assert.equal(await keyring.key(callerOf("anna", "refreshed"), signal), key);
  assert.equal(services.keyFetches(), 1);
  time.now += 1;
  assert.notEqual(await keyring.key(anna, signal), key);
  assert.equal(services.keyFetches(), 2);
});

Deno.test("a key that seals was given within fifteen seconds, and stays the same object where it is the same key", async () => {
  const { services, time, keyring } = setUp();
  const key = await keyring.sealingKey(anna, signal);
  const dropped: string[] = [];
  keyring.onDropped((person) => dropped.push(person));
  time.now += VAULT_BELIEF_MS - 1;
  assert.equal(await keyring.sealingKey(anna, signal), key);
  assert.equal(services.keyFetches(), 1);
  time.now += 1;
  assert.equal(await keyring.sealingKey(anna, signal), key);
  assert.equal(services.keyFetches(), 2);
  assert.deepEqual(dropped, [], "what it has opened stays");
  services.vault.set("anna", { key: KEY_B });
  time.now += VAULT_BELIEF_MS;
  assert.notEqual(await keyring.sealingKey(anna, signal), key);
  assert.equal(dropped.length, 1);
  assert.equal(services.vaultChecks(), 0, "an answer with the key is an answer about it");
});

Deno.test("a key that opens was allowed within fifteen seconds: zero-knowledge, a vault that is gone and no answer end it", async () => {
  const cases = [
    [Response.json({ vaultExists: true, zeroKnowledge: true }), { reason: "zero-knowledge" }],
    [Response.json({ vaultExists: false, zeroKnowledge: false }), { reason: "vault-not-initialised" }],
    [new Response(null, { status: 401 }), { reason: "upstream-token-refused", upstream: "vault" }],
    [new Response(null, { status: 503 }), {
      reason: "upstream-failed",
      upstream: "vault",
      fault: "failed",
      status: 503,
    }],
    [Response.json({ vaultExists: true }), {
      reason: "upstream-failed",
      upstream: "vault",
      fault: "malformed",
    }],
  ] as const;
  for (const [answer, expected] of cases) {
    const { services, time, keyring } = setUp();
    const key = await keyring.key(anna, signal);
    services.intercept = () => answer.clone();
    time.now += VAULT_BELIEF_MS - VAULT_RENEWAL_MS - 1;
    assert.equal(await keyring.key(anna, signal), key);
    time.now += VAULT_RENEWAL_MS + 1;
    assert.deepEqual(await refusalOf(keyring.key(anna, signal)), expected);
    const isWithdrawn = expected.reason !== "upstream-failed";
    assert.equal(keyring.holds(anna.principal, key), !isWithdrawn);
    assert.equal(services.requests.at(-1)?.url.pathname, "/api/v1/me/encryption-vault/status");
    services.intercept = () => undefined;
    assert.equal(await keyring.key(anna, signal) === key, !isWithdrawn);
    assert.equal(services.keyFetches(), isWithdrawn ? 2 : 1);
  }
});

Deno.test("who keeps reading waits for no answer of the vault, however slow, and one request is under way", async () => {
  const { services, time, keyring } = setUp();
  const key = await keyring.key(anna, signal);
  for (let round = 1; round <= 4; round++) {
    time.now += VAULT_BELIEF_MS - VAULT_RENEWAL_MS;
    const release = gate(services);
    for (let call = 0; call < 5; call++) {
      keyring.prepare(anna);
      assert.equal(await keyring.key(anna, signal), key);
    }
    time.now += VAULT_RENEWAL_MS - 1;
    assert.equal(await keyring.key(anna, signal), key);
    assert.equal(services.vaultChecks(), round);
    const late = [1, 2, 3].map(() => (time.now += 1, keyring.key(anna, signal)));
    release();
    for (const given of late) assert.equal(await given, key);
    assert.equal(services.vaultChecks(), round, "who comes too late waits for the one under way");
    services.intercept = () => undefined;
    // It counts from when it was asked, not from when it was answered.
    time.now += VAULT_BELIEF_MS - VAULT_RENEWAL_MS - 4;
    assert.equal(await keyring.key(anna, signal), key);
    time.now -= VAULT_BELIEF_MS - VAULT_RENEWAL_MS - 4;
  }
  assert.equal(services.keyFetches(), 1);
});

Deno.test("prepare() asks only where a key is held, and its failure harms nobody who is still believed", async () => {
  const { services, time, keyring } = setUp();
  keyring.prepare(anna);
  assert.equal(services.requests.length, 0);
  const key = await keyring.key(anna, signal);
  time.now += VAULT_BELIEF_MS - VAULT_RENEWAL_MS;
  services.intercept = () => new Response(null, { status: 503 });
  keyring.prepare(anna);
  assert.equal(services.vaultChecks(), 1);
  assert.equal(await keyring.key(anna, signal), key);
});

Deno.test("confirm() asks the vault unless it was asked since, and a request that began before does not count", async () => {
  const { services, time, keyring } = setUp();
  const release = gate(services);
  const early = keyring.key(anna, signal);
  const since = time.now;
  const confirmed = keyring.confirm(anna, signal, since);
  time.now += 1;
  services.vault.set("anna", { key: KEY_B });
  release();
  services.intercept = () => undefined;
  await early;
  const key = await confirmed;
  assert.equal(services.keyFetches(), 2);
  assert.equal(keyring.confirmedAt(anna.principal), time.now);
  assert.equal(await keyring.confirm(anna, signal, since), key);
  assert.equal(services.keyFetches(), 2);
  await keyring.confirm(anna, signal, time.now);
  assert.equal(services.keyFetches(), 3);
});

Deno.test("keys are of one person: another subject or issuer asks for its own", async () => {
  const { services, keyring } = setUp();
  services.vault.set("ben", { key: KEY_B });
  const ours = await keyring.key(anna, signal);
  assert.notEqual(await keyring.key(callerOf("ben"), signal), ours);
  const other = { ...anna, principal: { ...anna.principal, issuer: "https://other.test" } };
  assert.notEqual(await keyring.key(other, signal), ours);
  assert.equal(services.keyFetches(), 3);
});

Deno.test("concurrent callers share one fetch, and one that leaves does not end it", async () => {
  const { services, keyring } = setUp();
  const release = gate(services);
  const leaver = new AbortController();
  const left = refusalOf(keyring.key(anna, leaver.signal));
  const [first, second] = [keyring.key(anna, signal), keyring.key(callerOf("anna", "b"), signal)];
  leaver.abort();
  assert.deepEqual(await left, { reason: "cancelled" });
  release();
  assert.equal(await first, await second);
  assert.equal(services.keyFetches(), 1);
});

Deno.test("a fetch that everyone has left is stopped, and the next caller starts another", async () => {
  const { services, keyring } = setUp();
  gate(services);
  const leaver = new AbortController();
  const left = refusalOf(keyring.key(anna, leaver.signal));
  leaver.abort();
  services.intercept = () => undefined;
  const next = keyring.key(anna, signal);
  assert.deepEqual(await left, { reason: "cancelled" });
  assert.equal((await next).algorithm.name, "AES-GCM");
  assert.equal(services.keyFetches(), 2);
  assert.deepEqual(await refusalOf(keyring.key(anna, AbortSignal.abort())), { reason: "cancelled" });
});

Deno.test("a refused token of one caller does not refuse another caller of the same person", async () => {
  const { services, keyring } = setUp();
  services.intercept = ({ headers }) =>
    headers.get("authorization")?.endsWith("expired") ? new Response(null, { status: 401 }) : undefined;
  const stale = refusalOf(keyring.key(callerOf("anna", "expired"), signal));
  const fresh = keyring.key(anna, signal);
  assert.deepEqual(await stale, { reason: "upstream-token-refused", upstream: "vault" });
  assert.ok(await fresh);
});
