// The keys of what a gateway makes and opens later, maybe at another gateway: for each purpose its own, out of NODE_SECRET, or of
// a random secret that ends with the process. Derived where they are used, once, never per request.
import { hkdfSync } from "node:crypto";
import { hide, type Secret } from "../kit/secret.ts";
import type { NodeSecret } from "../settings/node_settings.ts";

/**
 * Creates the keys: HKDF-SHA-256 (RFC 5869) of each secret, so that a key for one purpose tells nothing about another, nor about
 * the secret.
 *
 * @param secrets of NODE_SECRET, newest first; with none, the process makes a secret of its own
 * @param random as many random bytes as it is told
 */
export function createNodeKeys(
  secrets: readonly NodeSecret[],
  random: (count: number) => Uint8Array<ArrayBuffer>,
): NodeKeys {
  const [newest, ...older] = secrets.map(({ kid, secret }): Root => ({ kid, secret: secret.map(decode) }));
  const first: Root = newest ?? { kid: OWN_KID, secret: hide(random(SECRET_BYTES)) };
  return Object.freeze({
    isShared: newest !== undefined,
    derive(purpose: NodePurpose): PurposeKeys {
      return [deriveKey(first, purpose), ...older.map((root) => deriveKey(root, purpose))];
    },
  });
}

/** The keys of one gateway. */
export interface NodeKeys {
  /** Whether other gateways have the same keys, and this gateway has them again after its next start. */
  readonly isShared: boolean;
  derive(purpose: NodePurpose): PurposeKeys;
}

/** The keys for one purpose, newest first: the first one makes, each of them opens. */
export type PurposeKeys = readonly [PurposeKey, ...PurposeKey[]];

/** A key for one purpose, out of one secret. */
export interface PurposeKey {
  /** The secret's id in NODE_SECRET. */
  readonly kid: string;
  /** 32 bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What a key is for. */
export type NodePurpose =
  | "cursor"
  | "confirmation"
  | "session"
  | "pseudonym"
  | "store-key"
  | "unfinished-write"
  | "node-message"
  | "mark";

interface Root {
  readonly kid: string;
  readonly secret: Secret<Uint8Array<ArrayBuffer>>;
}

/** Id of the secret that a process makes for itself. */
const OWN_KID = "0";
const SECRET_BYTES = 32;
const KEY_BYTES = 32;
/** No secret, and the same everywhere: RFC 5869 section 3.1. */
const SALT = "mana-mcp node keys";

function deriveKey({ kid, secret }: Root, purpose: NodePurpose): PurposeKey {
  const info = `mana-mcp node ${purpose} v1`;
  return { kid, bytes: new Uint8Array(hkdfSync("sha256", secret.reveal(), SALT, info, KEY_BYTES)) };
}

function decode(secret: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(secret, { alphabet: "base64url" });
}
