// The key pair that signs every token of this service, of which kind it is, and how its public half is found.
// better-auth makes and keeps the private half, in auth.sqlite. Contract: auth-vault, section 1.
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "@panva/jose";
import { SIGNING_KEYS_MS } from "../kit/limits.ts";

/** Ed25519. Session tokens and the tokens of apps are signed with it, and no other algorithm is accepted. */
export const SIGNING_KEY = { alg: "EdDSA", crv: "Ed25519" } as const;

/**
 * Finds the public key that a token names. Keys are cached for {@link SIGNING_KEYS_MS}; a key id that the cache lacks
 * has them read again.
 */
export function createSigningKeys(
  readKeys: () => Promise<JSONWebKeySet>,
  now: () => number,
): JWTVerifyGetKey {
  let cached: { readonly keys: JWTVerifyGetKey; readonly until: number } | undefined;
  const load = async (): Promise<JWTVerifyGetKey> => {
    const keys = createLocalJWKSet(await readKeys());
    cached = { keys, until: now() + SIGNING_KEYS_MS };
    return keys;
  };
  return async (header, token) => {
    const current = cached !== undefined && cached.until > now() ? cached.keys : await load();
    try {
      return await current(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      return await (await load())(header, token); // the key may have been made since
    }
  };
}
