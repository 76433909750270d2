// Marks: what gateways call somebody or something in what they tell each other. Keyed pseudonyms, the same at every gateway with the
// secret; who reads a message learns no id, and cannot try guesses.
import { createHmac } from "node:crypto";
import type { NodeKeys } from "./node_keys.ts";

/** Makes marks. */
export interface Marks {
  /** Under the newest secret: by this a gateway finds what it has itself. */
  own(kind: MarkKind, ...parts: readonly string[]): string;
  /** Under every secret, newest first: these are told, since another gateway may have another newest secret while one is replaced. */
  all(kind: MarkKind, ...parts: readonly string[]): readonly string[];
}

/** What a mark stands for. */
export type MarkKind = "person" | "person-app" | "space-app";

/** Characters of base64url of a mark: 132 bits, so that no two ever meet. */
const CHARS = 22;

/** Creates the maker, whose keys are derived once. */
export function createMarks(nodeKeys: NodeKeys): Marks {
  const keys = nodeKeys.derive("mark");
  return Object.freeze({
    own: (kind: MarkKind, ...parts: readonly string[]) => markOf(keys[0].bytes, kind, parts),
    all: (kind: MarkKind, ...parts: readonly string[]) => keys.map(({ bytes }) => markOf(bytes, kind, parts)),
  });
}

/** Whether a value is a list of marks of one thing, as {@link Marks.all} makes it. */
export function areMarks(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length <= MAX_MARKS &&
    value.every((mark) => typeof mark === "string" && mark.length === CHARS);
}

/** Secrets that a gateway has at most. */
const MAX_MARKS = 4;

function markOf(key: Uint8Array, kind: MarkKind, parts: readonly string[]): string {
  return createHmac("sha256", key).update(JSON.stringify([kind, ...parts])).digest("base64url").slice(
    0,
    CHARS,
  );
}
