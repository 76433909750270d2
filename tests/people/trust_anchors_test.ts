// Which server may issue which kind of token, where a sign-in server stands in front of the auth service. Each refusal is of a
// token that is good in everything but one.
import assert from "node:assert/strict";
import { describeRefusal, Refused } from "../../lib/kit/errors.ts";
import {
  type Bench,
  bench,
  ISSUER,
  NOW,
  refusedFor,
  SIGN_IN_ISSUER,
  token,
  type Variation,
} from "./_verifier.ts";

const CLIENT = {
  header: { typ: "at+jwt" },
  claims: {
    iss: SIGN_IN_ISSUER,
    aud: "http://gateway.test/mcp",
    client_id: "c1",
    jti: "t1",
    scope: "todo:read",
    gid: "g1",
  },
};
/** As the auth service itself would issue it, if it signed clients in. */
const OF_AUTH = { ...CLIENT, claims: { ...CLIENT.claims, iss: ISSUER } };
const PERSON = { claims: { iss: ISSUER } };
const OF_SIGN_IN = { claims: { iss: SIGN_IN_ISSUER } };

/** Both servers with a key; by default their keys have different ids. */
async function servers(ids: readonly [auth: string, signIn: string] = ["auth", "sign-in"]) {
  const both = bench({ hasSignInServer: true });
  const [authKey, signInKey] = [await both.publish(ids[0]), await both.signIn.publish(ids[1])];
  return { both, authKey, signInKey };
}

const withKid = (variation: Variation, kid: string): Variation => ({
  ...variation,
  header: { ...variation.header, kid },
});

async function refusal({ verifier }: Bench, jwt: string) {
  try {
    await verifier.verify(jwt);
  } catch (error) {
    assert.ok(error instanceof Refused, String(error));
    return error.refusal;
  }
  return assert.fail("the token was expected to be refused");
}

Deno.test("a client's token comes from the sign-in server, a person's own from the auth service", async () => {
  const { both, authKey, signInKey } = await servers();
  const client = await both.verifier.verify(await token(signInKey, withKid(CLIENT, "sign-in")));
  assert.equal(client.issuer, SIGN_IN_ISSUER);
  assert.equal(client.subject, "usr_1");
  assert.equal(client.client?.grantId, "g1");
  assert.equal(both.fetched(), 0, "the auth service is not asked for the keys of clients");
  const person = await both.verifier.verify(await token(authKey, withKid(PERSON, "auth")));
  assert.deepEqual([person.issuer, person.subject, person.client], [ISSUER, "usr_1", null]);
  assert.deepEqual([both.fetched(), both.signIn.fetched()], [1, 1]);
});

Deno.test("a client's token that the auth service signed is refused, under either issuer", async () => {
  const { both, authKey } = await servers();
  for (const variation of [CLIENT, OF_AUTH]) {
    const refused = await refusal(both, await token(authKey, withKid(variation, "auth")));
    assert.deepEqual(refused, { reason: "token-key-unknown", publisher: "sign-in" });
    assert.equal(
      describeRefusal(refused).message,
      "The bearer token is signed with a key the sign-in server does not publish: sign in again.",
    );
  }
});

Deno.test("a person's own token that the sign-in server signed is refused, under either issuer", async () => {
  const { both, signInKey } = await servers();
  for (const variation of [PERSON, OF_SIGN_IN]) {
    const refused = await refusal(both, await token(signInKey, withKid(variation, "sign-in")));
    assert.deepEqual(refused, { reason: "token-key-unknown", publisher: "auth" });
  }
});

Deno.test("a key id that both servers use names two keys: the other server's signature is refused", async () => {
  const { both, authKey, signInKey } = await servers(["k1", "k1"]);
  // Whichever set was fetched first.
  assert.equal(await refusedFor(both.verifier, await token(authKey, CLIENT)), "token-signature");
  assert.equal(await refusedFor(both.verifier, await token(signInKey, PERSON)), "token-signature");
  assert.ok(await both.verifier.verify(await token(signInKey, CLIENT)));
  assert.ok(await both.verifier.verify(await token(authKey, PERSON)));
});

Deno.test("a server's token under the other server's issuer is refused, though its own key signed it", async () => {
  const { both, authKey, signInKey } = await servers();
  const client = await token(signInKey, withKid(OF_AUTH, "sign-in"));
  assert.equal(await refusedFor(both.verifier, client), "token-issuer");
  const person = await token(authKey, withKid(OF_SIGN_IN, "auth"));
  assert.equal(await refusedFor(both.verifier, person), "token-issuer");
});

Deno.test("a client's token without a signature, or with the public key as a secret, is refused before a key is fetched", async () => {
  const { both } = await servers();
  const encode = (value: unknown) => btoa(JSON.stringify(value)).replace(/=+$/, "");
  const claims = encode({ ...CLIENT.claims, sub: "usr_1", exp: NOW / 1000 + 900 });
  for (const alg of ["none", "HS256"]) {
    const jwt = `${encode({ alg, typ: "at+jwt", kid: "sign-in" })}.${claims}.AA`;
    assert.equal(await refusedFor(both.verifier, jwt), "token-algorithm", alg);
  }
  assert.deepEqual([both.fetched(), both.signIn.fetched()], [0, 0]);
});

Deno.test("a client's token has to name a grant that a path can hold", async () => {
  const { both, signInKey } = await servers();
  for (const gid of [undefined, "", ".", ".."]) {
    const jwt = await token(signInKey, withKid({ ...CLIENT, claims: { ...CLIENT.claims, gid } }, "sign-in"));
    assert.equal(await refusedFor(both.verifier, jwt), "token-malformed", gid);
  }
});

Deno.test("without a sign-in server both kinds come from the auth service, and its keys are fetched once", async () => {
  const { verifier, publish, fetched, signIn } = bench();
  const key = await publish("k1");
  const { gid: _, ...claims } = OF_AUTH.claims;
  assert.equal((await verifier.verify(await token(key, { ...OF_AUTH, claims }))).client?.grantId, "");
  assert.ok(await verifier.verify(await token(key, PERSON)));
  assert.deepEqual([fetched(), signIn.fetched()], [1, 0]);
  assert.equal(await refusedFor(verifier, await token(key, CLIENT)), "token-issuer");
});
