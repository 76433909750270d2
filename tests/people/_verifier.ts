// A verifier with signing keys of the test, and tokens that differ from a good one in one thing.
import { clockOf } from "../_support/fake_clock.ts";
import assert from "node:assert/strict";
import { exportJWK, generateKeyPair, SignJWT } from "@panva/jose";
import type { Principal } from "../../lib/people/principal.ts";
import { createVerifier } from "../../lib/people/verifier.ts";
import { Refused } from "../../lib/kit/errors.ts";
import { Secret } from "../../lib/kit/secret.ts";
import { createServiceClient } from "../../lib/services/service_client.ts";

export const ISSUER = "http://auth.test";

/** Where the keys of the sign-in server are, and what it calls itself. */
const SIGN_IN_URL = "http://sign-in.test";
export const SIGN_IN_ISSUER = "https://sign-in.mana.test";

export const NOW = Date.parse("2026-03-01T12:00:00.000Z");

/** The verifier by tokens as text. */
export interface TextVerifier {
  verify(token: string): Promise<Principal>;
}

export interface Bench {
  readonly verifier: TextVerifier;
  readonly clock: { now: number };
  /** Times the auth service's key set was asked for. */
  fetched(): number;
  /** A new key of the auth service. */
  publish(kid: string): Promise<CryptoKey>;
  jwks: { down: boolean; keys: unknown[] };
  /** The sign-in server's part, where there is such a server. */
  readonly signIn: { fetched(): number; publish(kid: string): Promise<CryptoKey> };
}

/** A verifier that trusts the auth service alone, or a sign-in server too. */
export function bench({ hasSignInServer = false } = {}): Bench {
  const clock = { now: NOW };
  const jwks = { down: false, keys: [] as unknown[] };
  const signInKeys: unknown[] = [];
  const asked: string[] = [];
  const services = createServiceClient({
    clock: clockOf(() => clock.now),
    fetch: (input) => {
      asked.push(String(input));
      if (String(input) === `${SIGN_IN_URL}/api/auth/jwks`) {
        return Promise.resolve(Response.json({ keys: signInKeys }));
      }
      return jwks.down
        ? Promise.reject(new TypeError("refused"))
        : Promise.resolve(Response.json({ keys: jwks.keys }));
    },
  });
  const fetched = (url: string) => asked.filter((one) => one === `${url}/api/auth/jwks`).length;
  const server = { services, name: "auth", url: ISSUER, clock: clockOf(() => clock.now) } as const;
  const ofPeople = { server, issuers: [ISSUER, "https://second.test"] };
  const verifier = createVerifier({
    ofPeople,
    ofClients: hasSignInServer
      ? { server: { ...server, name: "sign-in", url: SIGN_IN_URL }, issuers: [SIGN_IN_ISSUER] }
      : ofPeople,
    audience: "mana",
    isOurs: (audience) => audience === "http://gateway.test/mcp",
    clock: clockOf(() => clock.now),
  });
  return {
    verifier: { verify: (jwt) => verifier.verify(new Secret(jwt, "throw")) },
    clock,
    jwks,
    fetched: () => fetched(ISSUER),
    publish: (kid) => publishIn(jwks.keys, kid),
    signIn: { fetched: () => fetched(SIGN_IN_URL), publish: (kid) => publishIn(signInKeys, kid) },
  };
}

/** Makes a key, puts its public half into the set, and returns its private half. */
async function publishIn(keys: unknown[], kid: string): Promise<CryptoKey> {
  const { publicKey, privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  keys.push({ ...await exportJWK(publicKey), kid, alg: "EdDSA" });
  return privateKey;
}

export interface Variation {
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
}

export function token(key: CryptoKey, { header, claims }: Variation = {}): Promise<string> {
  const seconds = Math.floor(NOW / 1000);
  return new SignJWT({
    sub: "usr_1",
    role: "user",
    iss: ISSUER,
    aud: "mana",
    iat: seconds,
    exp: seconds + 900,
    ...claims,
  })
    .setProtectedHeader({ alg: "EdDSA", kid: "k1", ...header })
    .sign(key);
}

export async function refusedFor(verifier: TextVerifier, jwt: string): Promise<string> {
  try {
    await verifier.verify(jwt);
  } catch (error) {
    assert.ok(error instanceof Refused, String(error));
    return error.refusal.reason;
  }
  return assert.fail("the token was expected to be refused");
}
