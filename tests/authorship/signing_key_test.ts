/** With which key a change is signed and verified, and how long it waits for a key: the keyring is made up here. */
import assert from "node:assert/strict";
import { createAuthorship, SIGNING_WAIT_MS } from "../../lib/authorship/authorship.ts";
import { Refused, ZeroKnowledgeUserError } from "../../lib/kit/errors.ts";
import { hideStrictly } from "../../lib/kit/secret.ts";
import { createMasterKeys } from "../../lib/sealing/master_key.ts";
import { refusalOf } from "../records/_harness.ts";
import { clockOf } from "../_support/fake_clock.ts";
import { callerFor } from "../_support/request_context.ts";
import { readChange } from "./_log.ts";

const caller = callerFor("anna", "t");
const actor = { tool: "todo.update", clientName: "Claude", callId: "0123456789abcdef0123456789abcdef" };
const TABLE = { app: "todo", name: "tasks" };
const CHANGE = { id: "task-1", op: "insert" as const, spaceId: "org_1", data: { id: "task-1" } };
const SIGNED = /^[0-9a-f]{32}\.[0-9a-f]{32}$/;

type GiveKey = (signal: AbortSignal) => Promise<CryptoKey>;
const noKey: GiveKey = () =>
  Promise.reject(new Refused({ reason: "upstream-failed", upstream: "vault", fault: "timeout" }));

/** Authorship over two master keys, of which a keyring gives what a test says. */
async function setUp(
  keyring: (one: CryptoKey, other: CryptoKey) => {
    readonly held?: CryptoKey;
    readonly key?: GiveKey;
    readonly sealingKey?: GiveKey;
  },
) {
  const masterKeys = createMasterKeys();
  const [one, other] = await Promise.all(
    [0, 1].map((byte) => masterKeys.import(hideStrictly(new Uint8Array(32).fill(byte).toBase64()))),
  );
  assert.ok(one && other);
  const { held, key = noKey, sealingKey = noKey } = keyring(one, other);
  const timers: { readonly ms: number; readonly run: () => void }[] = [];
  const authorship = createAuthorship({
    masterKeys,
    keyring: {
      held: () => held ?? null,
      key: (_, signal) => key(signal),
      sealingKey: (_, signal) => sealingKey(signal),
    },
    clock: clockOf(() => 0, {
      after(ms, run) {
        timers.push({ ms, run });
        return () => {};
      },
    }),
  });
  const sign = (signal = new AbortController().signal) =>
    authorship.sign({ caller, actor, signal }, TABLE, CHANGE);
  return { authorship, sign, timers };
}

/** The key is given when `signal` ends: never. */
const silent: GiveKey = (signal) =>
  new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(new Refused({ reason: "cancelled" })), { once: true })
  );

Deno.test("a key that is held signs without a word to the vault", async () => {
  const { sign, timers } = await setUp((held) => ({ held }));
  assert.match((await sign()).iterationId, SIGNED);
  assert.equal(timers.length, 0);
});

Deno.test("a change waits two seconds for a key that does not come, and then goes unsigned", async () => {
  const { sign, timers } = await setUp(() => ({ key: silent }));
  const signing = sign();
  assert.deepEqual(timers.map(({ ms }) => ms), [SIGNING_WAIT_MS]);
  timers[0]?.run();
  assert.equal((await signing).iterationId, actor.callId);
});

Deno.test("a call that was cancelled while it waited for its key is not pushed, and holds up no later change", async () => {
  const { sign, timers } = await setUp(() => ({ key: silent }));
  const leaving = new AbortController();
  const signing = sign(leaving.signal);
  leaving.abort();
  assert.deepEqual(await refusalOf(signing), { reason: "cancelled" });
  // The next call asks again: nothing was learnt of the key.
  const next = sign();
  assert.equal(timers.length, 2);
  timers[1]?.run();
  assert.equal((await next).iterationId, actor.callId);
});

Deno.test("what is wrong in the program is no reason to leave a change unsigned", async () => {
  const { sign } = await setUp(() => ({ key: () => Promise.reject(new TypeError("a mistake")) }));
  await assert.rejects(sign(), TypeError);
});

Deno.test("changes are verified with the key that the vault gave just now, not with one that was replaced", async () => {
  const { authorship, sign } = await setUp((held, given) => ({
    held,
    sealingKey: () => Promise.resolve(given),
  }));
  const verifier = await authorship.verifierFor(caller, new AbortController().signal);
  const { signal } = new AbortController();
  const entry = { table: "tasks", ...CHANGE, actor: await sign(signal) };
  assert.equal(verifier.writerOf("todo", "tasks", readChange(entry)).kind, "unverified");
  const current = await setUp((_, given) => ({ held: given }));
  const newer = { ...entry, actor: await current.sign(signal) };
  assert.equal(verifier.writerOf("todo", "tasks", readChange(newer)).kind, "own");
});

Deno.test("who has no key that a server may use has no pseudonyms, and nothing is proved; a vault that is down is said", async () => {
  const { signal } = new AbortController();
  for (const refused of [new ZeroKnowledgeUserError(), new Refused({ reason: "vault-not-initialised" })]) {
    const none: GiveKey = () => Promise.reject(refused);
    const { authorship } = await setUp(() => ({ key: none, sealingKey: none }));
    assert.equal(await authorship.pseudonymOf(caller, "app-key", signal), null);
    const verifier = await authorship.verifierFor(caller, signal);
    const signer = await setUp((held) => ({ held }));
    const entry = { table: "tasks", ...CHANGE, actor: await signer.sign() };
    assert.equal(verifier.writerOf("todo", "tasks", readChange(entry)).kind, "unverified");
  }
  const { authorship } = await setUp(() => ({}));
  const down = { reason: "upstream-failed", upstream: "vault", fault: "timeout" };
  assert.deepEqual(await refusalOf(authorship.pseudonymOf(caller, "app-key", signal)), down);
  assert.deepEqual(await refusalOf(authorship.verifierFor(caller, signal)), down);
});
