// What a grant allowed, as the ledger tells it: an entry names it by its hash, and each chain holds it once, before the first entry
// that names it. So a long document costs nothing per call, and nobody can say later that something else was allowed.
import { hash } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "../kit/canonical_json.ts";

/** What a grant allowed: its scopes, and its document (`mana_records`), null where scopes alone rule. */
export interface Allowed {
  /** Parted by spaces, in the order of their names. */
  readonly scope: string;
  /** JSON text as introspection gave it; "" where it could not be read. */
  readonly document: string | null;
}

/** The hash by which entries name it, 64 hex digits. */
export function hashAllowed({ scope, document }: Allowed): string {
  return hash("sha256", `mana-mcp allowed v1\0${canonicalJson([scope, document])}`, "hex");
}

/** As rows hold it: whole, or a piece of its text ({@link joinAllowed}) where it would fill a row. */
export type AllowedPart = z.infer<typeof AllowedPart>;

/** Reads {@link AllowedPart}. */
export const AllowedPart = z.union([
  z.strictObject({ scope: z.string(), document: z.string().nullable() }),
  z.strictObject({ part: z.int().min(0), of: z.int().min(2).max(100), text: z.string() }),
]);

/** The parts, one row each at most. */
export function allowedParts({ scope, document }: Allowed): AllowedPart[] {
  const text = canonicalJson([scope, document]);
  if (text.length <= MAX_PART_CHARS) return [{ scope, document }];
  const of = Math.ceil(text.length / MAX_PART_CHARS);
  return Array.from({ length: of }, (_, part) => ({
    part,
    of,
    text: text.slice(part * MAX_PART_CHARS, (part + 1) * MAX_PART_CHARS),
  }));
}

/** Characters of a part. JSON in JSON doubles its quotation marks, and a row takes 15,000. */
const MAX_PART_CHARS = 5_000;

/** Puts together what rows hold under one hash; null where something is missing or is of another hash. */
export function joinAllowed(hashed: string, parts: readonly AllowedPart[]): Allowed | null {
  for (const part of parts) if ("scope" in part && hashAllowed(part) === hashed) return part;
  const pieces = new Map<number, string>();
  for (const part of parts) if ("part" in part) pieces.set(part.part, part.text);
  const text = [...pieces.keys()].sort((a, b) => a - b).map((number) => pieces.get(number)).join("");
  const pair = parsePair(text);
  return pair !== null && hashAllowed(pair) === hashed ? pair : null;
}

const Pair = z.tuple([z.string(), z.string().nullable()]);

function parsePair(text: string): Allowed | null {
  try {
    const { data } = Pair.safeParse(JSON.parse(text));
    return data === undefined ? null : { scope: data[0], document: data[1] };
  } catch {
    return null;
  }
}
