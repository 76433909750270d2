// The ids of records in an entry of the ledger, written short: most ids are UUIDs, of which 16 bytes tell everything, and which nothing
// makes shorter. Above MAX_IDS the root of a Merkle tree stands beside the list, so that one id can be proved without the others.
import { Buffer } from "node:buffer";
import { hash } from "node:crypto";
import { z } from "zod";

/** Ids that are listed without a root. */
export const MAX_IDS = 200;

/** Writes ids down, in their order. */
export function packIds(ids: readonly string[]): PackedIds {
  const bytes = bytesOf(ids);
  if (ids.length <= MAX_IDS) return { ids: bytes?.toString("base64url") ?? [...ids] };
  const list = bytes ?? Buffer.from(JSON.stringify(ids));
  return { root: merkleRoot(ids), count: ids.length, list: list.toString("base64url") };
}

/** Reads ids that {@link packIds} wrote; null for anything else, and where the root is of other ids. */
export function unpackIds(packed: PackedIds): readonly string[] | null {
  if (!("list" in packed)) {
    return typeof packed.ids === "string" ? uuidsOf(fromBase64Url(packed.ids)) : packed.ids;
  }
  const { list, count, root } = packed;
  const bytes = fromBase64Url(list);
  if (bytes === null) return null;
  // Both spellings are tried, and the root decides: no JSON is taken for UUIDs, nor the other way round.
  for (const ids of [uuidsOf(bytes), textsOf(bytes)]) {
    if (ids !== null && ids.length === count && merkleRoot(ids) === root) return ids;
  }
  return null;
}

/**
 * Ids as an entry has them. `ids`: base64url of 16 bytes for each, or the ids themselves where any of them is no UUID. `list`:
 * base64url of the same 16 bytes, or of the JSON of the ids in UTF-8.
 */
export type PackedIds =
  | { readonly ids: string | readonly string[] }
  | { readonly root: string; readonly count: number; readonly list: string };

/** The root of the Merkle tree over ids (RFC 9162 section 2.1.1 with SHA-256): 64 hex digits. */
export function merkleRoot(ids: readonly string[]): string {
  return rootOf(ids, 0, ids.length).toString("hex");
}

const BASE64URL = z.string().max(20_000).regex(/^[A-Za-z0-9_-]*$/);

/** The members of a list that is written as it is. */
export const SHORT_LIST = { ids: z.union([BASE64URL, z.array(z.string()).max(MAX_IDS)]) };
/** The members of a list with a root. */
export const LONG_LIST = {
  root: z.string().regex(/^[0-9a-f]{64}$/),
  count: z.int().min(MAX_IDS + 1).max(100_000),
  list: BASE64URL,
};

const UUID_CHARS = 36;
const UUID_BYTES = 16;

/** 16 bytes for each id; null where an id is no UUID in its usual spelling. By hand: patterns and hex of many ids take three times as long. */
function bytesOf(ids: readonly string[]): Buffer | null {
  const bytes = Buffer.alloc(UUID_BYTES * ids.length);
  let end = 0;
  for (const id of ids) {
    if (id.length !== UUID_CHARS) return null;
    for (let at = 0; at < UUID_CHARS; at += 2) {
      if (at === 8 || at === 13 || at === 18 || at === 23) {
        if (id.charCodeAt(at) !== DASH) return null;
        at += 1;
      }
      const high = digitOf(id.charCodeAt(at));
      const low = digitOf(id.charCodeAt(at + 1));
      if (high === -1 || low === -1) return null;
      bytes[end++] = high << 4 | low;
    }
  }
  return bytes;
}

const DASH = 45;

/** The value of a small hex digit; -1 for every other character. */
function digitOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  return code >= 97 && code <= 102 ? code - 87 : -1;
}

function uuidsOf(bytes: Buffer | null): readonly string[] | null {
  if (bytes === null || bytes.length % UUID_BYTES !== 0) return null;
  const ids: string[] = [];
  for (let at = 0; at < bytes.length; at += UUID_BYTES) {
    const hex = bytes.toString("hex", at, at + UUID_BYTES);
    ids.push(
      `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`,
    );
  }
  return ids;
}

const Texts = z.array(z.string());

function textsOf(bytes: Buffer): readonly string[] | null {
  try {
    return Texts.safeParse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))).data ?? null;
  } catch {
    return null;
  }
}

/** The bytes of a text that this file would write in exactly this way; null for anything else. */
function fromBase64Url(text: string): Buffer | null {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : null;
}

/** The hash of the ids from `start` on and before `end`. */
function rootOf(ids: readonly string[], start: number, end: number): Buffer {
  const count = end - start;
  if (count === 0) return sha256(Buffer.alloc(0));
  if (count === 1) return sha256(Buffer.concat([LEAF, Buffer.from(ids[start] ?? "", "utf8")]));
  // The left part is the largest power of two below the count.
  const left = 2 ** (31 - Math.clz32(count - 1));
  return sha256(Buffer.concat([NODE, rootOf(ids, start, start + left), rootOf(ids, start + left, end)]));
}

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

function sha256(bytes: Buffer): Buffer {
  return hash("sha256", bytes, "buffer");
}
