import assert from "node:assert/strict";
import { exportJWK, generateKeyPair, SignJWT } from "@panva/jose";
import { describeRefusal } from "../../lib/kit/errors.ts";
import { CLOCK_TOLERANCE_SECONDS } from "../../lib/kit/limits.ts";
import { bench, ISSUER, NOW, refusedFor, token } from "./_verifier.ts";

const CLIENT = { aud: "http://gateway.test/mcp", client_id: "c1", jti: "t1", scope: "todo:read", gid: "g1" };

Deno.test("verify() gives the principal of a good token", async () => {
  const { verifier, publish } = bench();
  const key = await publish("k1");
  const principal = await verifier.verify(await token(key));
  assert.deepEqual(principal, {
    issuer: ISSUER,
    subject: "usr_1",
    role: "user",
    scopes: null,
    client: null,
    expiresAt: NOW / 1000 + 900,
  });
  assert.ok(Object.isFrozen(principal));
});

Deno.test("verify() accepts every issuer of the list and no other", async () => {
  const { verifier, publish } = bench();
  const key = await publish("k1");
  const second = await verifier.verify(await token(key, { claims: { iss: "https://second.test" } }));
  assert.equal(second.issuer, "https://second.test");
  const foreign = await token(key, { claims: { iss: "https://evil.test" } });
  assert.equal(await refusedFor(verifier, foreign), "token-issuer");
  assert.equal(await refusedFor(verifier, await token(key, { claims: { iss: undefined } })), "token-issuer");
});

Deno.test("verify() refuses a token for another audience", async () => {
  const { verifier, publish } = bench();
  const key = await publish("k1");
  assert.equal(await refusedFor(verifier, await token(key, { claims: { aud: "other" } })), "token-audience");
  assert.equal(
    await refusedFor(verifier, await token(key, { claims: { aud: undefined } })),
    "token-audience",
  );
  assert.ok(await verifier.verify(await token(key, { claims: { aud: ["other", "mana"] } })));
});

Deno.test("verify() refuses a token from its end on, to the millisecond, as the services do", async () => {
  const { verifier, publish, clock } = bench();
  const key = await publish("k1");
  const jwt = await token(key);
  clock.now = NOW + 900_000 - 1;
  assert.ok(await verifier.verify(jwt));
  clock.now = NOW + 900_000;
  assert.equal(await refusedFor(verifier, jwt), "token-expired");
});

Deno.test("verify() forgives a clock that is behind the issuer's by a little and no more", async () => {
  const { verifier, publish } = bench();
  const key = await publish("k1");
  assert.ok(
    await verifier.verify(await token(key, { claims: { nbf: NOW / 1000 + CLOCK_TOLERANCE_SECONDS - 1 } })),
  );
  const early = await token(key, { claims: { nbf: NOW / 1000 + CLOCK_TOLERANCE_SECONDS + 1 } });
  assert.equal(await refusedFor(verifier, early), "token-not-yet-valid");
});

Deno.test("verify() refuses a token without an end or without a person", async () => {
  const { verifier, publish } = bench();
  const key = await publish("k1");
  assert.equal(await refusedFor(verifier, await token(key, { claims: { exp: undefined } })), "token-expired");
  assert.equal(await refusedFor(verifier, await token(key, { claims: { sub: undefined } })), "token-subject");
  assert.equal(await refusedFor(verifier, await token(key, { claims: { sub: "" } })), "token-subject");
  assert.equal(await refusedFor(verifier, await token(key, { claims: { sub: ".." } })), "token-subject");
});

Deno.test("verify() refuses alg none and HS256 signed with the public key", async () => {
  const { verifier, publish, jwks } = bench();
  await publish("k1");
  const payload = btoa(JSON.stringify({ sub: "usr_1", iss: ISSUER, aud: "mana", exp: NOW / 1000 + 900 }));
  const none = `${btoa(JSON.stringify({ alg: "none", kid: "k1" })).replace(/=+$/, "")}.${
    payload.replace(/=+$/, "")
  }.AA`;
  assert.equal(await refusedFor(verifier, none), "token-algorithm");
  const secret = new TextEncoder().encode(JSON.stringify(jwks.keys[0]));
  const hs256 = await new SignJWT({ sub: "usr_1", iss: ISSUER, aud: "mana", exp: NOW / 1000 + 900 })
    .setProtectedHeader({ alg: "HS256", kid: "k1" }).sign(secret);
  assert.equal(await refusedFor(verifier, hs256), "token-algorithm");
});

Deno.test("verify() never uses a key that the token brings or points to", async () => {
  const { verifier, publish, fetched } = bench();
  await publish("k1");
  const { privateKey, publicKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  const jwk = await exportJWK(publicKey);
  for (const header of [{ jwk }, { jku: "https://evil.test/jwks" }, { x5u: "https://evil.test/cert" }]) {
    assert.equal(await refusedFor(verifier, await token(privateKey, { header })), "token-signature");
  }
  assert.equal(fetched(), 1);
});

Deno.test("verify() refuses a changed payload", async () => {
  const { verifier, publish } = bench();
  const key = await publish("k1");
  const [header, payload, signature] = (await token(key)).split(".");
  const changed = btoa(atob(payload ?? "").replace("usr_1", "usr_2")).replace(/=+$/, "");
  assert.equal(await refusedFor(verifier, `${header}.${changed}.${signature}`), "token-signature");
});

Deno.test("verify() refuses nonsense as malformed", async () => {
  const { verifier, publish } = bench();
  await publish("k1");
  for (const jwt of ["a.b.c", "e30.e30.AA", ""]) {
    assert.match(await refusedFor(verifier, jwt), /^token-(malformed|algorithm)$/);
  }
});

Deno.test("every token refusal is a 401 in words of its own", () => {
  const refusals = [
    { reason: "token-missing" },
    { reason: "token-malformed" },
    { reason: "token-algorithm" },
    { reason: "token-key-unknown", publisher: "auth" },
    { reason: "token-signature" },
    { reason: "token-expired" },
    { reason: "token-not-yet-valid" },
    { reason: "token-issuer" },
    { reason: "token-audience" },
    { reason: "token-subject" },
  ] as const;
  const answers = refusals.map(describeRefusal);
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([401]));
  assert.equal(new Set(answers.map(({ message }) => message)).size, refusals.length);
});

Deno.test("verify() reads scopes, and refuses a claim that is no list of words", async () => {
  const { verifier, publish } = bench();
  const key = await publish("k1");
  const scoped = await verifier.verify(await token(key, { claims: { scope: "todo:read  notes:read" } }));
  assert.deepEqual(scoped.scopes, new Set(["todo:read", "notes:read"]));
  const none = await verifier.verify(await token(key, { claims: { scope: "" } }));
  assert.deepEqual(none.scopes, new Set(), "an empty claim allows nothing, it is not an absent one");
  for (const scope of [["todo:read"], 7, null, "x".repeat(5_000)]) {
    assert.equal(await refusedFor(verifier, await token(key, { claims: { scope } })), "token-malformed");
  }
});

Deno.test("verify() knows a connected client's token by its type, and what it allows", async () => {
  const { verifier, publish } = bench();
  const key = await publish("k1");
  const principal = await verifier.verify(await token(key, { header: { typ: "at+jwt" }, claims: CLIENT }));
  assert.deepEqual(principal.client, {
    id: "c1",
    name: "",
    appKey: "c1",
    tokenId: '["http://auth.test","t1"]',
    grantId: "g1",
  });
  assert.deepEqual(principal.scopes, new Set(["todo:read"]));
});

Deno.test("verify() lets neither kind of token pass for the other", async () => {
  const { verifier, publish } = bench();
  const key = await publish("k1");
  for (
    const [variation, reason] of [
      [{ claims: CLIENT }, "token-audience"],
      [{ header: { typ: "JWT" }, claims: CLIENT }, "token-audience"],
      [{ header: { typ: "at+jwt" } }, "token-audience"],
      [{ header: { typ: "at+jwt" }, claims: { ...CLIENT, aud: "http://other.test/mcp" } }, "token-audience"],
      [{ header: { typ: "at+jwt" }, claims: { ...CLIENT, scope: undefined } }, "token-malformed"],
      [{ header: { typ: "at+jwt" }, claims: { ...CLIENT, client_id: undefined } }, "token-malformed"],
      [{ header: { typ: "at+jwt" }, claims: { ...CLIENT, jti: "" } }, "token-malformed"],
      [{ header: { typ: "logout+jwt" }, claims: CLIENT }, "token-malformed"],
    ] as const
  ) assert.equal(await refusedFor(verifier, await token(key, variation)), reason, JSON.stringify(variation));
});
