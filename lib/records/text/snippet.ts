// Cuts a snippet out of a text, to show why a search has found it.

import { SNIPPET_CHARS } from "../../kit/limits.ts";
import { safeEnd } from "../../kit/safe_end.ts";

/**
 * About {@link SNIPPET_CHARS} characters of a text around the match from `start` to `end`, with `…` where the text goes on
 * and white space as single spaces. Cut at a space where one is near, never inside what readers see as one character.
 */
export function snippetOf(text: string, match: { readonly start: number; readonly end: number }): string {
  if (text.length <= SNIPPET_CHARS) return oneLine(text);
  const characters = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text);
  const start = alignedStart(text, characters, match.start);
  const matched = Math.min(match.end - start, SNIPPET_CHARS);
  const lead = Math.floor((SNIPPET_CHARS - matched) / 3);
  const from = Math.max(0, Math.min(start - lead, text.length - SNIPPET_CHARS));
  const to = Math.min(text.length, from + SNIPPET_CHARS);
  const cutFrom = from === 0 ? 0 : startNear(text, characters, from, start);
  const cutTo = to === text.length ? to : endNear(text, characters, to, start + matched);
  return `${cutFrom > 0 ? "…" : ""}${oneLine(text.slice(cutFrom, cutTo))}${cutTo < text.length ? "…" : ""}`;
}

/** A cut moves at most this many characters to a space, so that it splits no word. */
const WORD_REACH = 24;
/** A cut moves at most this many to the edge of what readers see as one character; a longer character is no writing. */
const GRAPHEME_REACH = 64;

/** After the next space, or at the start of a character; not beyond `latest`. */
function startNear(text: string, characters: Intl.Segments, from: number, latest: number): number {
  for (let at = from; at <= Math.min(from + WORD_REACH, latest); at++) if (isSpaceAt(text, at - 1)) return at;
  const aligned = alignedStart(text, characters, from);
  if (aligned === from) return from;
  const next = aligned + (characters.containing(from)?.segment.length ?? 0);
  return next - from <= GRAPHEME_REACH && next <= latest ? next : safeEnd(text, Math.min(from, latest));
}

/** Before the last space, or at the end of a character; not before `earliest`. */
function endNear(text: string, characters: Intl.Segments, to: number, earliest: number): number {
  for (let at = to; at >= Math.max(to - WORD_REACH, earliest); at--) if (isSpaceAt(text, at)) return at;
  return alignedStart(text, characters, to);
}

/** The start of the character that `at` is in. */
function alignedStart(text: string, characters: Intl.Segments, at: number): number {
  const index = characters.containing(at)?.index ?? at;
  return at - index <= GRAPHEME_REACH ? index : safeEnd(text, at);
}

function isSpaceAt(text: string, at: number): boolean {
  return /\s/.test(text.charAt(at));
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
