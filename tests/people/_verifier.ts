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

export const NOW = Date.parse("2026-03-01T12:00:00.000Z");

/** The verifier by tokens as text. */
export interface TextVerifier {
  verify(token: string): Promise<Principal>;
}

export interface Bench {
  readonly verifier: TextVerifier;
  readonly clock: { now: number };
  /** Times the key set was asked for. */
  fetched(): number;
  publish(kid: string): Promise<CryptoKey>;
  jwks: { down: boolean; keys: unknown[] };
}

export function bench(): Bench {
  const clock = { now: NOW };
  const jwks = { down: false, keys: [] as unknown[] };
  let fetched = 0;
  const verifier = createVerifier({
    services: createServiceClient({
      clock: clockOf(() => clock.now),
      fetch: () => {
        fetched += 1;
        return jwks.down
          ? Promise.reject(new TypeError("refused"))
          : Promise.resolve(Response.json({ keys: jwks.keys }));
      },
    }),
    authUrl: ISSUER,
    issuers: [ISSUER, "https://second.test"],
    audience: "mana",
    isOurs: (audience) => audience === "http://gateway.test/mcp",
    clock: clockOf(() => clock.now),
  });
  return {
    verifier: { verify: (jwt) => verifier.verify(new Secret(jwt, "throw")) },
    clock,
    jwks,
    fetched: () => fetched,
    async publish(kid) {
      const { publicKey, privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
      jwks.keys.push({ ...await exportJWK(publicKey), kid, alg: "EdDSA" });
      return privateKey;
    },
  };
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
