import { clockOf } from "../_support/fake_clock.ts";
import assert from "node:assert/strict";
import { principalKey } from "../../lib/people/principal.ts";
import { KEY_CACHE_ENTRIES, KEY_CACHE_MS } from "../../lib/kit/limits.ts";
import { createKeyring, KEY_RECHECK_MS } from "../../lib/sealing/keyring.ts";
import { createMasterKeys } from "../../lib/sealing/master_key.ts";
import { createVaultClient } from "../../lib/sealing/vault_client.ts";
import { createServiceClient } from "../../lib/services/service_client.ts";
import { createFakeServices, VAULT_URL } from "../records/_fake_services.ts";
import { callerOf, KEY_A, KEY_B, refusalOf } from "../records/_harness.ts";
import { anna, gate, setUp } from "./_keyring.ts";

const signal = new AbortController().signal;

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
      masterKeys: createMasterKeys(),
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
