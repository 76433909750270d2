import { MAX_PART_BYTES, MAX_ROWS_BYTES, MAX_ROWS_TOKENS } from "../kit/limits.ts";
import { estimateModelTokens } from "./estimate_tokens.ts";
import { type ClipLimits, clipTo } from "./clip_row.ts";
import { type Draft, toStored } from "./row.ts";
import type { RecordPart } from "./records.ts";
import type { Shape, Table } from "./table.ts";
import { safeEnd } from "../kit/safe_text_end.ts";
import { utf8Bytes } from "../kit/utf8_bytes.ts";

/** The rest of a result is for the other fields. */
const MAX_PART_TOKENS = 0.75 * MAX_ROWS_TOKENS;
/** What the other fields take beside a long text. */
const OTHERS: ClipLimits = Object.freeze({
  rowBytes: MAX_ROWS_BYTES - MAX_PART_BYTES,
  rowTokens: MAX_ROWS_TOKENS - MAX_PART_TOKENS,
  fieldChars: 1_000,
});

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
  const isText = typeof whole === "string";
  const text = isText ? whole : "";
  const start = safeEnd(text, Math.min(offset, text.length));
  const end = endOfPart(text, start);
  const part = isText ? { [field]: text.slice(start, end) } : {};
  const { row: kept } = clipTo(
    OTHERS,
    isText ? others : draft.values,
    (values, clipped) => ({ values, clipped }),
  );
  return {
    record: toStored(table, { ...draft, values: { ...kept.values, ...part } }, kept.clipped),
    chars: text.length,
    ...(end < text.length ? { nextOffset: end } : {}),
  };
}

/** The greatest place, or nearly, up to which the text fits as JSON: an escape takes up to six characters for one. */
function endOfPart(text: string, start: number): number {
  for (let size = MAX_PART_BYTES;;) {
    const end = safeEnd(text, Math.min(text.length, start + size));
    const json = JSON.stringify(text.slice(start, end));
    const overfull = Math.max(
      (utf8Bytes(json) - 2) / MAX_PART_BYTES,
      estimateModelTokens(json) / MAX_PART_TOKENS,
    );
    if (overfull <= 1) return end;
    // At least 2 % less, so that it comes to an end where what escapes most stands at the beginning.
    size = Math.floor((end - start) * Math.min(0.98, 1 / overfull));
  }
}
