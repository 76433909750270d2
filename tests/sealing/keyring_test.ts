import { clockOf } from "../_support/fake_clock.ts";
import assert from "node:assert/strict";
import { principalKey } from "../../lib/people/principal.ts";
import { describeRefusal } from "../../lib/kit/errors.ts";
import { ZeroKnowledgeUserError } from "../../lib/kit/errors.ts";
import { KEY_CACHE_ENTRIES, KEY_CACHE_MS, VAULT_BELIEF_MS, VAULT_RENEWAL_MS } from "../../lib/kit/limits.ts";
import { createCipher } from "../../lib/sealing/cipher.ts";
import { createKeyring, KEY_RECHECK_MS } from "../../lib/sealing/keyring.ts";
import { createVaultClient } from "../../lib/sealing/vault_client.ts";
import { createServiceClient } from "../../lib/services/service_client.ts";
import { createFakeServices, VAULT_URL } from "../records/_fake_services.ts";
import { callerOf, KEY_A, KEY_B, refusalOf } from "../records/_harness.ts";

const anna = callerOf("anna");
const signal = new AbortController().signal;

function setUp() {
  const services = createFakeServices();
  services.vault.set("anna", { key: KEY_A });
  const time = { now: 1_000_000 };
  const client = createServiceClient({ fetch: services.fetch, clock: clockOf(() => time.now) });
  const vault = createVaultClient({ services: client, vaultUrl: VAULT_URL });
  const keyring = createKeyring({ vault, clock: clockOf(() => time.now) });
  return { services, time, keyring };
}

/** Holds the vault's answer back until it is released. */
function gate(services: ReturnType<typeof createFakeServices>) {
  const { promise, resolve } = Promise.withResolvers<void>();
  services.intercept = async (_, inner) => {
    await Promise.race([
      promise,
      new Promise((_, reject) => inner.addEventListener("abort", () => reject(inner.reason), { once: true })),
    ]);
    return undefined;
  };
  return resolve;
}

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

Deno.test("zero-knowledge is told by the recovery code or by the absence of a key", async () => {
  for (
    const body of [{ requiresRecoveryCode: true, masterKey: KEY_A.toBase64(), formatVersion: 1 }, {}, {
      masterKey: null,
    }]
  ) {
    const { services, keyring } = setUp();
    services.intercept = () => Response.json(body);
    await assert.rejects(keyring.key(anna, signal), ZeroKnowledgeUserError);
    const refusal = await refusalOf(keyring.key(anna, signal));
    assert.match(describeRefusal(refusal).message, /zero-knowledge mode/);
  }
});

Deno.test("what is not a key is refused", async () => {
  const good = { masterKey: KEY_A.toBase64(), formatVersion: 1 };
  for (
    const body of [
      { ...good, formatVersion: 2 },
      { ...good, formatVersion: "1" },
      { masterKey: good.masterKey },
      { ...good, masterKey: 5 },
      { ...good, masterKey: "" },
      { ...good, masterKey: new Uint8Array(16).toBase64() },
      { ...good, masterKey: `${good.masterKey}\n` },
      { ...good, masterKey: KEY_B.toBase64({ alphabet: "base64url" }) },
      [],
      null,
      "key",
    ]
  ) {
    const { services, keyring } = setUp();
    services.intercept = () => Response.json(body);
    const refusal = await refusalOf(keyring.key(anna, signal));
    assert.deepEqual(refusal, { reason: "vault-key-invalid" }, JSON.stringify(body));
    assert.match(describeRefusal(refusal).message, /not a key: ask your operator/);
  }
});

Deno.test("each status of the vault has its refusal", async () => {
  const failed = (fault: string, status: number) => ({
    reason: "upstream-failed",
    upstream: "vault",
    fault,
    status,
  });
  const table: readonly [number, unknown, unknown][] = [
    [401, { message: "expired" }, { reason: "upstream-token-refused", upstream: "vault" }],
    [404, { code: "VAULT_NOT_INITIALISED", error: "vault not initialised" }, {
      reason: "vault-not-initialised",
    }],
    [404, { message: "Not Found" }, failed("rejected", 404)],
    [403, {}, failed("rejected", 403)],
    [500, {}, failed("failed", 500)],
    [503, {}, failed("failed", 503)],
  ];
  for (const [status, body, expected] of table) {
    const { services, keyring } = setUp();
    services.intercept = () => Response.json(body, { status });
    assert.deepEqual(await refusalOf(keyring.key(anna, signal)), expected);
    services.intercept = () => undefined;
    assert.ok(await keyring.key(anna, signal), "failures are not kept");
  }
});

Deno.test("renew() gives a rotated key once, and null while asking again would tell nothing", async () => {
  const { services, time, keyring } = setUp();
  const old = await keyring.key(anna, signal);
  const blob = "enc:1:AAAAAAAAAAAAAAAA.x";
  assert.equal(await keyring.renew(anna, old, [blob], signal), null, "just fetched");
  time.now += KEY_RECHECK_MS;
  services.vault.set("anna", { key: KEY_B });
  const renewed = await keyring.renew(anna, old, [blob], signal);
  assert.ok(renewed !== null && renewed !== old);
  assert.equal(await keyring.renew(anna, old, [blob], signal), renewed, "another call has renewed already");
  assert.equal(services.keyFetches(), 2);
  time.now += KEY_RECHECK_MS;
  assert.equal(await keyring.renew(anna, renewed, [blob], signal), null, "known to stay closed");
  assert.equal(services.keyFetches(), 2);
  const another = [blob, "enc:1:BBBBBBBBBBBBBBBB.x"];
  assert.equal(await keyring.renew(anna, renewed, another, signal), null, "asked, and the same key given");
  assert.equal(services.keyFetches(), 3);
});

Deno.test("a key is dropped when the vault refuses the token or the person chose zero-knowledge meanwhile", async () => {
  for (
    const answer of [
      () => new Response(null, { status: 401 }),
      () => Response.json({ requiresRecoveryCode: true }),
    ]
  ) {
    const { services, time, keyring } = setUp();
    const old = await keyring.key(anna, signal);
    time.now += KEY_RECHECK_MS;
    services.intercept = answer;
    await refusalOf(keyring.renew(anna, old, ["enc:1:A"], signal));
    await refusalOf(keyring.key(anna, signal));
    assert.equal(services.keyFetches(), 3);
  }
});

Deno.test("a vault that is down does not take away the key that is held", async () => {
  const { services, time, keyring } = setUp();
  const old = await keyring.key(anna, signal);
  time.now += KEY_RECHECK_MS;
  services.intercept = () => new Response(null, { status: 503 });
  await refusalOf(keyring.renew(anna, old, ["enc:1:A"], signal));
  assert.equal(await keyring.key(anna, signal), old);
});

Deno.test("forget() drops the key, also one that is on its way", async () => {
  const { services, keyring } = setUp();
  await keyring.key(anna, signal);
  keyring.forget(anna.principal);
  const release = gate(services);
  const waiting = keyring.key(anna, signal);
  keyring.forget(anna.principal);
  release();
  await waiting;
  await keyring.key(anna, signal);
  assert.equal(services.keyFetches(), 3);
});

Deno.test("the number of keys is bounded: the least recently used goes", async () => {
  const { services, keyring } = setUp();
  services.intercept = () => Response.json({ masterKey: KEY_A.toBase64(), formatVersion: 1 });
  const people = Array.from({ length: KEY_CACHE_ENTRIES }, (_, index) => callerOf(`p${index}`));
  for (const person of people) await keyring.key(person, signal);
  const [first, second] = people;
  assert.ok(first && second);
  await keyring.key(first, signal);
  await keyring.key(callerOf("one-more"), signal);
  const before = services.keyFetches();
  await keyring.key(first, signal);
  assert.equal(services.keyFetches(), before);
  await keyring.key(second, signal);
  assert.equal(services.keyFetches(), before + 1);
});

Deno.test("whoever keeps what a key opened is told when the key goes: replaced, forgotten, refused, over, out of room", async () => {
  const { services, time, keyring } = setUp();
  const dropped: string[] = [];
  keyring.onDropped((person) => dropped.push(person));
  const told = () => dropped.splice(0);
  const annas = principalKey({ issuer: "https://auth.test", subject: "anna" });
  const key = await keyring.key(anna, signal);
  assert.ok(keyring.holds(anna.principal, key));
  assert.ok(!keyring.holds(callerOf("ben").principal, key));
  assert.deepEqual(told(), []);
  time.now += 1;
  services.vault.set("anna", { key: KEY_B });
  const next = await keyring.confirm(anna, signal, time.now - 1);
  assert.deepEqual(told(), [annas]);
  assert.deepEqual([keyring.holds(anna.principal, key), keyring.holds(anna.principal, next)], [false, true]);
  time.now += KEY_RECHECK_MS;
  services.vault.set("anna", { key: KEY_A });
  await keyring.renew(anna, next, ["enc:1:x"], signal);
  assert.deepEqual(told(), [annas]);
  keyring.forget(anna.principal);
  keyring.forget(anna.principal);
  assert.deepEqual(told(), [annas]);
  const held = await keyring.key(anna, signal);
  services.vault.set("anna", "none");
  await refusalOf(keyring.confirm(anna, signal, time.now));
  assert.deepEqual(told(), [annas]);
  assert.ok(!keyring.holds(anna.principal, held));
  services.vault.set("anna", { key: KEY_A });
  const last = await keyring.key(anna, signal);
  time.now += KEY_CACHE_MS;
  assert.ok(!keyring.holds(anna.principal, last), "over, though still there");
  services.vault.set("ben", { key: KEY_B });
  await keyring.key(callerOf("ben"), signal);
  assert.deepEqual(told(), [annas]);
  for (let index = 0; index < KEY_CACHE_ENTRIES; index++) {
    services.vault.set(`p${index}`, { key: KEY_A });
    await keyring.key(callerOf(`p${index}`), signal);
  }
  assert.deepEqual(told(), [principalKey({ issuer: "https://auth.test", subject: "ben" })]);
});

Deno.test("with a timer a key leaves memory when its time is over, though nobody asks", async () => {
  const services = createFakeServices();
  const time = { now: 1_000_000 };
  const timers: { readonly run: () => void; readonly at: number }[] = [];
  let cancelled = 0;
  const keyring = createKeyring({
    vault: createVaultClient({
      services: createServiceClient({ fetch: services.fetch, clock: clockOf(() => time.now) }),
      vaultUrl: VAULT_URL,
    }),
    clock: clockOf(() => time.now, {
      after(ms, run) {
        timers.push({ run, at: time.now + ms });
        return () => void (cancelled += 1);
      },
    }),
  });
  const dropped: string[] = [];
  keyring.onDropped((person) => dropped.push(person));
  const start = time.now;
  for (const name of ["anna", "ben"]) {
    services.vault.set(name, { key: KEY_A });
    await keyring.key(callerOf(name), signal);
    time.now += 60_000;
  }
  const ring = () => {
    const { at, run } = timers.shift() ?? assert.fail("no timer");
    time.now = at;
    run();
    return at - start;
  };
  assert.equal(timers.length, 1, "one timer, however many keys");
  assert.equal(ring(), KEY_CACHE_MS);
  assert.deepEqual(dropped, [principalKey({ issuer: "https://auth.test", subject: "anna" })]);
  assert.equal(ring(), KEY_CACHE_MS + 60_000);
  assert.equal(dropped.length, 2);
  assert.equal(timers.length, 0, "no timer without a key");
  await keyring.key(anna, signal);
  keyring.close();
  assert.deepEqual([dropped.length, cancelled], [3, 1]);
});
