import assert from "node:assert/strict";
import { describeRefusal } from "../../lib/kit/errors.ts";
import { ZeroKnowledgeUserError } from "../../lib/kit/errors.ts";
import { KEY_RECHECK_MS } from "../../lib/sealing/keyring.ts";
import { KEY_A, KEY_B, refusalOf } from "../records/_harness.ts";
import { anna, setUp } from "./_keyring.ts";

const signal = new AbortController().signal;

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
