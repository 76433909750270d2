import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "@panva/jose";
import { SIGNING_KEYS_MS } from "../../kit/limits.ts";

/** Finds the public key that a token names. Keys are kept for a while; an unknown one has them read again. */
export function createKeySet(
  signingKeys: () => Promise<JSONWebKeySet>,
  now: () => number,
): JWTVerifyGetKey {
  let cached: { readonly keys: JWTVerifyGetKey; readonly until: number } | undefined;
  const load = async (): Promise<JWTVerifyGetKey> => {
    const keys = createLocalJWKSet(await signingKeys());
    cached = { keys, until: now() + SIGNING_KEYS_MS };
    return keys;
  };
  return async (header, token) => {
    const known = cached !== undefined && cached.until > now() ? cached.keys : await load();
    try {
      return await known(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      return await (await load())(header, token); // a key made since
    }
  };
}
