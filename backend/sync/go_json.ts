// JSON as the reference's decoder reads it (sync-protocol, section 2): looser than ours about ends and names, never deeper.
import { z } from "zod";
import { JSON_DEPTH } from "../kit/limits.ts";
import { firstObjectEnd } from "./first_object_end.ts";

/** A value, or the reason why the text is refused. The reason never quotes the text. */
export type GoJsonResult =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly reason: string };

/**
 * Parses a text: the first value counts, the text behind it is ignored, numbers are float64. U+0000 is refused with a
 * reason, where the reference fails half-way through the batch with a database error.
 */
export function parseGoJson(text: string): GoJsonResult {
  const parsed = parseFirst(text);
  if (!parsed.ok) return parsed;
  try {
    return { ok: true, value: clean(parsed.value, 0) };
  } catch (error) {
    if (error instanceof RangeError) return { ok: false, reason: error.message };
    throw error;
  }
}

/** A JSON value after {@link parseGoJson}: no U+0000, no lone surrogate, no infinite number. */
export type Json = null | boolean | number | string | Json[] | { readonly [name: string]: Json };

/** Makes a schema see an object's members under their expected names, whatever their case, as Go does. */
export function foldNames<T extends z.ZodType>(names: readonly string[], schema: T) {
  const expected = new Map(names.map((name) => [name.toLowerCase(), name]));
  return z.preprocess((value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    const folded = new Map<string, unknown>();
    for (const [name, member] of Object.entries(value)) {
      const known = expected.get(name.toLowerCase());
      // A null leaves the earlier value, as in Go; later members win.
      if (known !== undefined && member !== null) folded.set(known, member);
    }
    return Object.fromEntries(folded);
  }, schema);
}

function parseFirst(text: string): { ok: true; value: unknown } | { ok: false; reason: string } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (whole) {
    if (!(whole instanceof SyntaxError)) throw whole;
  }
  const end = firstObjectEnd(text);
  if (end === undefined) return { ok: false, reason: text.trim() === "" ? "EOF" : "unexpected EOF" };
  try {
    return { ok: true, value: JSON.parse(text.slice(0, end)) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { ok: false, reason: "invalid character" };
  }
}

function clean(value: unknown, depth: number): Json {
  if (depth > JSON_DEPTH) throw new RangeError("exceeded max depth");
  if (typeof value === "string") return cleanText(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new RangeError("number out of range");
    return value;
  }
  if (value === null || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1));
  if (typeof value !== "object") throw new TypeError("Cannot clean a value that JSON does not know");
  // fromEntries defines members, so a member called __proto__ stays a member.
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [cleanText(name), clean(member, depth + 1)]),
  );
}

function cleanText(text: string): string {
  if (text.includes("\u0000")) throw new RangeError("U+0000 cannot be stored");
  return text.isWellFormed() ? text : text.toWellFormed();
}
