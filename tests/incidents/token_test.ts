import assert from "node:assert/strict";
import { exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from "@panva/jose";
import { sendRaw } from "../_support/mcp.ts";
import { callHeaders, callMessage } from "../_support/mcp_request.ts";
import { createWorld, type World } from "../_support/world.ts";

const BODY = JSON.stringify(callMessage("todo_create", { title: "x" }));

/** A world whose auth service publishes a key that this test signs with. */
async function createForge(world: World) {
  const { publicKey, privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  const jwk = { ...await exportJWK(publicKey), kid: "k1", alg: "EdDSA", use: "sig" };
  world.intercept = ({ url }) => url.endsWith("/jwks") ? Response.json({ keys: [jwk] }) : undefined;
  const seconds = Math.floor(world.clock.now / 1000);
  const claims = { sub: "usr_1", iss: "http://auth.test", aud: "mana", iat: seconds, exp: seconds + 900 };
  return {
    jwk,
    claims,
    privateKey,
    sign: (
      changes: Record<string, unknown> = {},
      header: Partial<JWTHeaderParameters> = {},
      key = privateKey,
    ) =>
      new SignJWT({ ...claims, ...changes }).setProtectedHeader({ alg: "EdDSA", kid: "k1", ...header }).sign(
        key,
      ),
  };
}

async function reasonFor(world: World, token: string): Promise<string> {
  const answer = await sendRaw(world, callHeaders(token, "todo_create"), BODY);
  assert.equal(answer.status, 401, answer.text);
  assert.match(answer.headers.get("www-authenticate") ?? "", /^Bearer realm="mana", error="invalid_token"/);
  return JSON.parse(answer.text).error.data.reason;
}

function encoded(value: unknown): string {
  return new TextEncoder().encode(JSON.stringify(value)).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
}

Deno.test("token of another audience or issuer: 401, although the signature is good", async () => {
  await using world = await createWorld();
  const { sign } = await createForge(world);
  assert.equal(await reasonFor(world, await sign({ aud: "other" })), "token-audience");
  assert.equal(await reasonFor(world, await sign({ aud: ["other", "another"] })), "token-audience");
  assert.equal(await reasonFor(world, await sign({ aud: undefined })), "token-audience");
  assert.equal(await reasonFor(world, await sign({ iss: "http://auth.test.evil.test" })), "token-issuer");
  assert.equal(await reasonFor(world, await sign({ iss: "http://auth.test/" })), "token-issuer");
});

Deno.test("token of another algorithm: none and HS256 with the public key are 401 before a key is looked up", async () => {
  await using world = await createWorld();
  const { claims, jwk } = await createForge(world);
  const none = (alg: string) => `${encoded({ alg, kid: "k1" })}.${encoded(claims)}.AA`;
  for (const alg of ["none", "None", "NONE", "HS256", "RS256", "ES256", "Ed25519 "]) {
    assert.equal(await reasonFor(world, none(alg)), "token-algorithm", alg);
  }
  for (const secret of [String(jwk.x), JSON.stringify(jwk)]) {
    const hs256 = await new SignJWT(claims).setProtectedHeader({ alg: "HS256", kid: "k1" })
      .sign(new TextEncoder().encode(secret));
    assert.equal(await reasonFor(world, hs256), "token-algorithm");
  }
  assert.equal(world.upstreamCalls.length, 0);
});

Deno.test("key confusion via jku, x5u or embedded jwk: the key comes from the auth service only", async () => {
  await using world = await createWorld();
  const { sign } = await createForge(world);
  const own = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  const jwk = await exportJWK(own.publicKey);
  for (
    const header of [
      { jku: "http://evil.test/jwks" },
      { x5u: "http://evil.test/cert" },
      { jwk },
      { jwk, kid: "http://evil.test/jwks" },
      { kid: "../../evil" },
      { kid: "k1", x5c: ["AAAA"] },
    ]
  ) {
    const reason = await reasonFor(world, await sign({}, header, own.privateKey));
    assert.ok(["token-signature", "token-key-unknown"].includes(reason), reason);
  }
  for (const { url } of world.upstreamCalls) assert.equal(new URL(url).host, "auth.test");
});
