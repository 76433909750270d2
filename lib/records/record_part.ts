import { MAX_PART_CHARS, MAX_RESULT_TOKENS } from "../limits.ts";
import { estimatedTokens } from "../token_estimate.ts";
import { clipValues } from "./clip.ts";
import { type Draft, toStored } from "./draft.ts";
import type { RecordPart } from "./records.ts";
import type { Shape, Table } from "./table.ts";
import { safeEnd } from "./text_cut.ts";

/** Of the other fields this much is given beside a long text. */
const MAX_OTHER_FIELD_CHARS = 1_000;
/** The rest of a result is for the other fields. */
const MAX_PART_TOKENS = 0.75 * MAX_RESULT_TOKENS;

/**
 * A record with as much of its text `field` from `offset` on as fits into a result beside the other fields. Parts that
 * are put together are the text again.
 */
export function partOf<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  draft: Draft,
  field: keyof S & string,
  offset: number,
): RecordPart<S> {
  const { [field]: whole, ...others } = draft.values;
  const text = typeof whole === "string" ? whole : "";
  const start = safeEnd(text, Math.min(offset, text.length));
  let part = "";
  let end = start;
  for (let size = MAX_PART_CHARS;; size = Math.floor(size * 0.8)) {
    end = safeEnd(text, Math.min(text.length, start + size));
    part = text.slice(start, end);
    if (estimatedTokens(JSON.stringify(part)) <= MAX_PART_TOKENS) break;
  }
  const { values, clipped } = clipValues(
    typeof whole === "string" ? others : draft.values,
    MAX_OTHER_FIELD_CHARS,
  );
  if (typeof whole === "string") values[field] = part;
  return {
    record: toStored(table, { ...draft, values }, clipped),
    chars: text.length,
    ...(end < text.length ? { nextOffset: end } : {}),
  };
}
