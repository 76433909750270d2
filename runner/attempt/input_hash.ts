// What a row tells of the arguments of a call: a keyed hash, by which equal calls are seen to be equal and short texts cannot be guessed.
import { canonicalJson } from "../kit/canonical_json.ts";
import { hmac } from "../kit/hmac.ts";

/** Creates the hash, under a key of its own that follows from the secret. */
export function createInputHash(secret: string): InputHash {
  let key: Promise<string> | null = null;
  return async (args) => {
    key ??= hmac(secret, "runner input hash").then((bytes) => bytes.toHex());
    return (await hmac(await key, canonicalJson(args))).toHex().slice(0, HASH_DIGITS);
  };
}

/** 16 hex digits for the arguments of a call. */
export type InputHash = (args: unknown) => Promise<string>;

const HASH_DIGITS = 16;
