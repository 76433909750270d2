// The values of a field in words, before and after a change, as long as a page shows them.
import { visibleCharacters } from "./visible_characters.ts";

/** Characters that are shown of one value. */
export const MAX_SHOWN_CHARS = 500;

/** Both values in words, null for what holds nothing. Of two long texts that begin alike, the part from their first difference on. */
export function fieldTexts(before: unknown, after: unknown): FieldTexts {
  const [one, other] = [wordsOf(before), wordsOf(after)];
  const start = one === null || other === null ? 0 : differenceOf(one, other);
  return { before: cutFrom(one, start), after: cutFrom(other, start) };
}

/** The texts of a field. */
export interface FieldTexts {
  readonly before: string | null;
  readonly after: string | null;
}

/** A value in words, uncut; null for one that holds nothing. */
export function wordsOf(value: unknown): string | null {
  if (value === undefined || value === null || value === "") return null;
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return String(value);
  if (Array.isArray(value) && value.length === 0) return null;
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value.join(", ");
  return JSON.stringify(value);
}

/** Where the shown part of two texts begins: an app could write what matters behind the end of what is shown. */
function differenceOf(one: string, other: string): number {
  if (one === other) return 0;
  let at = 0;
  while (at < one.length && at < other.length && one[at] === other[at]) at++;
  return at < MAX_SHOWN_CHARS - LEAD_CHARS ? 0 : at - LEAD_CHARS;
}

function cutFrom(text: string | null, start: number): string | null {
  if (text === null) return null;
  const shown = visibleCharacters(text.slice(start), MAX_SHOWN_CHARS);
  return start === 0 ? shown : `…${shown}`;
}

/** What is kept of a long text in front of its first difference. */
const LEAD_CHARS = 40;
