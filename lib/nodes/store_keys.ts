// Under which names the store keeps its values: keyed pseudonyms. Whoever reads the store learns no id, name or tool from a key,
// and cannot try guesses without NODE_SECRET.
import { createHmac } from "node:crypto";
import { createBoundedCache } from "../kit/bounded_cache.ts";
import type { NodeKeys } from "./node_keys.ts";

/** Names of values and channels in the store. */
export interface StoreKeys {
  /**
   * The key of one value of an owner (a person, a grant, one call's state): `mm1:{owner}:purpose` or
   * `mm1:{owner}:purpose:parts`. All keys of one owner lie on one node of a cluster (the hash tag in braces).
   */
  keyOf(purpose: StorePurpose, owner: string, ...parts: readonly string[]): string;
  /**
   * The same for a value about something that was made under the secret of this id, such as a session's id: every gateway that opens it
   * has that secret, and may have another newest one.
   */
  keyUnder(kid: string, purpose: StorePurpose, owner: string, ...parts: readonly string[]): string;
  /** Ids of the secrets, newest first: whoever has another newest one keeps under that what this gateway keeps under its own. */
  readonly kids: readonly string[];
  /** The channels between gateways, one for each secret, newest first: told on the first, heard on all. */
  readonly channels: readonly string[];
}

/** What a value in the store is for; a word of ours, in the clear. */
export type StorePurpose = "rate" | "spent" | "reads" | "taint" | "ended";

/** Pseudonyms that are remembered, so that no call computes its own: two for each person and tool in use. About 2 MB. */
const MAX_CACHED = 10_000;
/** Of 256 bits, so many characters of base64url are shown: 132 bits, so that no two owners ever meet. */
const CHARS = 22;

/** Creates the names under the newest secret: while a new secret is rolled out, gateways with the old one count apart. */
export function createStoreKeys(nodeKeys: NodeKeys): StoreKeys {
  const keys = nodeKeys.derive("store-key");
  const cache = createBoundedCache<string>(MAX_CACHED);
  const pseudonym: Pseudonym = (kind, parts) => {
    const text = JSON.stringify([kind, ...parts]);
    const known = cache.get(text);
    if (known !== undefined) return known;
    const made = pseudonymOf(keys[0].bytes, text);
    cache.set(text, made);
    return made;
  };
  return Object.freeze({
    keyOf: (purpose: StorePurpose, owner: string, ...parts: readonly string[]) =>
      nameOf(pseudonym, purpose, owner, parts),
    keyUnder(kid: string, purpose: StorePurpose, owner: string, ...parts: readonly string[]): string {
      const { bytes } = keys.find((key) => key.kid === kid) ?? keys[0];
      const older: Pseudonym = (kind, texts) => pseudonymOf(bytes, JSON.stringify([kind, ...texts]));
      return nameOf(bytes === keys[0].bytes ? pseudonym : older, purpose, owner, parts);
    },
    kids: Object.freeze(keys.map(({ kid }) => kid)),
    channels: Object.freeze(keys.map(({ bytes }) => `mm1:${pseudonymOf(bytes, '["channel"]')}`)),
  });
}

type Pseudonym = (kind: string, parts: readonly string[]) => string;

function nameOf(
  pseudonym: Pseudonym,
  purpose: StorePurpose,
  owner: string,
  parts: readonly string[],
): string {
  return `mm1:{${pseudonym("owner", [owner])}}:${purpose}${
    parts.length === 0 ? "" : `:${pseudonym(purpose, parts)}`
  }`;
}

function pseudonymOf(key: Uint8Array, text: string): string {
  return createHmac("sha256", key).update(text).digest("base64url").slice(0, CHARS);
}
